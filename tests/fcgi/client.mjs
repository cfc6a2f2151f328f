/** FastCGI as a web server speaks it: records out, records in. */
import net from 'node:net';

export const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

export function record(type, content) {
	const head = Buffer.alloc(8);

	head.writeUInt8(1, 0);
	head.writeUInt8(type, 1);
	head.writeUInt16BE(1, 2);
	head.writeUInt16BE(content.length, 4);
	return Buffer.concat([head, content]);
}

function length(n) {
	const b = Buffer.alloc(4);

	b.writeUInt32BE((n | 0x80000000) >>> 0);
	return n < 128 ? Buffer.from([n]) : b;
}

/** The records of a request; more has further variables, or others. */
export function question(path, keep, more = {}) {
	const [info, query = ''] = path.split('?');
	const vars = { REQUEST_METHOD: 'GET', PATH_INFO: info, SCRIPT_NAME: '',
		QUERY_STRING: query, ...more };
	const pairs = Object.entries(vars).map(([name, value]) => {
		const [n, v] = [Buffer.from(name), Buffer.from(value)];

		return Buffer.concat([length(n.length), length(v.length), n, v]);
	});

	return Buffer.concat([
		record(BEGIN, Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0])),
		record(PARAMS, Buffer.concat(pairs)),
		record(PARAMS, Buffer.alloc(0)),
		record(STDIN, Buffer.alloc(0)),
	]);
}

/** Takes whole records off a connection; -> the answer's
 * bytes, null when cut off. */
export function answer(socket) {
	return new Promise((resolve) => {
		let data = Buffer.alloc(0), out = [];
		const done = (value) => {
			socket.off('data', take).off('close', cut);
			resolve(value);
		};
		const cut = () => done(null);
		const take = (piece) => {
			data = Buffer.concat([data, piece]);
			while (data.length >= 8) {
				const len = data.readUInt16BE(4);
				const all = 8 + len + data[6];

				if (data.length < all)
					return;
				if (data[1] === STDOUT)
					out.push(data.subarray(8, 8 + len));
				const type = data[1];

				data = data.subarray(all);
				if (type === END) {
					done(Buffer.concat(out));
					return;
				}
			}
		};

		socket.on('data', take).on('close', cut);
	});
}

/** -> a connected socket, or null when nobody listens. */
export function connect(path) {
	return new Promise((resolve) => {
		const socket = net.connect(/^\d+$/.test(path) ?
		    { port: Number(path), host: '127.0.0.1' } : { path });

		socket.on('error', () => resolve(null));
		socket.on('connect', () => resolve(socket));
	});
}
