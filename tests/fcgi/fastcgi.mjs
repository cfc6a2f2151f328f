/**
 * A FastCGI client for the tests: requests as web servers send them, event
 * streams, and malformed input.
 *
 *	node fastcgi.mjs keep SOCKET PATH N		N on one connection
 *	node fastcgi.mjs load SOCKET PATH N FILE	N at a time, until nobody
 *	    listens any more; writes FILE once a hundred are answered
 *	node fastcgi.mjs later SOCKET PATH	takes the answer only once standard
 *	    input ends; "whole", or "cut" when it has no end
 *	node fastcgi.mjs events SOCKET PATTERN [LAST [NAME=value ...]]	what a
 *	    stream says until the pattern is in it, or it ends; LAST is its
 *	    Last-Event-ID, or empty; then come more variables
 *	node fastcgi.mjs leave SOCKET HOW	a stream that is left once it has
 *	    begun, by `close` or `abort`
 *	node fastcgi.mjs abuse SOCKET			nonsense of many kinds
 *	node fastcgi.mjs hold SOCKET HOW N [PATH]	N connections, until standard
 *	    input ends.  HOW: `silent` says nothing; `half` sends half of a
 *	    request; `body` and `post` announce a body that never comes, and
 *	    `post` does not wait for an answer; `reader` takes
 *	    nothing of the answer.  Prints a line for each once it has begun:
 *	    the status, where there is an answer; with `reader`, in the end one
 *	    more: whole or cut
 */
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
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

export function question(path, keep, more = {}, body = '') {
	const [info, query = ''] = path.split('?');
	const vars = { REQUEST_METHOD: 'GET', PATH_INFO: info, SCRIPT_NAME: '',
		QUERY_STRING: query, ...more };
	const pairs = Object.entries(vars).map(([name, value]) => {
		const [n, v] = [Buffer.from(name), Buffer.from(value)];

		return Buffer.concat([length(n.length), length(v.length), n, v]);
	});

	const records = (type, content) => Array.from(
	    { length: Math.ceil(content.length / 65535) }, (_, i) =>
	    record(type, content.subarray(i * 65535, (i + 1) * 65535)));
	return Buffer.concat([
		record(BEGIN, Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0])),
		...records(PARAMS, Buffer.concat(pairs)),
		record(PARAMS, Buffer.alloc(0)),
		...records(STDIN, Buffer.from(body)),
		record(STDIN, Buffer.alloc(0)),
	]);
}

/** Takes whole records off a connection; -> the answer, null when cut off. */
export function answer(socket, encoding = 'utf8') {
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
					done(Buffer.concat(out).toString(encoding));
					return;
				}
			}
		};

		socket.on('data', take).on('close', cut);
	});
}

/** -> a connected socket, or null when nobody listens. */
export function connect(path, allowHalfOpen = false) {
	return new Promise((resolve) => {
		const socket = net.connect({ allowHalfOpen,
			.../^\d+$/.test(path) ?
			    { port: Number(path), host: '127.0.0.1' } : { path } });

		socket.on('error', () => resolve(null));
		socket.on('connect', () => resolve(socket));
	});
}

async function once(where, path) {
	const socket = await connect(where);

	if (socket === null)
		return undefined;
	socket.write(question(path, false));
	const got = await answer(socket);

	socket.destroy();
	return got;
}

const actions = {
	async keep(where, path, n) {
		const socket = await connect(where);

		for (let i = 0; i < Number(n); i++) {
			socket.write(question(path, true));
			const got = await answer(socket);

			console.log(got === null ? 'closed' : got.split('\r\n')[0]);
		}
		socket.destroy();
	},

	async load(where, path, n, file) {
		const count = { answered: 0, cut: 0 };
		const one = async () => {
			for (;;) {
				const got = await once(where, path);

				if (got === undefined)
					return;
				const [head, body] = (got ?? '').split('\r\n\r\n');
				const len = /Content-Length: (\d+)/.exec(head)?.[1];

				if (/^Status: 200 /.test(head) &&
				    Buffer.byteLength(body) === Number(len))
					count.answered++;
				else
					count.cut++;
				if (count.answered === 100)
					writeFileSync(file, '');
			}
		};

		await Promise.all(Array.from({ length: Number(n) }, one));
		console.log(JSON.stringify(count));
	},

	async later(where, path) {
		const socket = await connect(where);

		socket.write(question(path, false));
		for await (const ignored of process.stdin)
			void ignored;
		console.log(await answer(socket) === null ? 'cut' : 'whole');
		socket.destroy();
	},

	async events(where, pattern, last = '', ...more) {
		const socket = await connect(where);
		const until = new RegExp(pattern);
		let data = Buffer.alloc(0), text = '';

		socket.write(question('/api/v1/events', true, {
			...last === '' ? {} : { HTTP_LAST_EVENT_ID: last },
			...Object.fromEntries(more.map((pair) => pair.split('='))),
		}));
		for await (const piece of socket) {
			data = Buffer.concat([data, piece]);
			while (data.length >= 8) {
				const len = data.readUInt16BE(4);

				if (data.length < 8 + len)
					break;
				const said = data[1] === END ? 'END\n' :
				    data[1] === STDOUT ?
				    data.toString('utf8', 8, 8 + len) : '';

				text += said;
				process.stdout.write(said);
				data = data.subarray(8 + len);
			}
			if (until.test(text))
				break;
		}
		socket.destroy();
	},

	async leave(where, how) {
		const socket = await connect(where);
		const closed = new Promise((resolve) =>
			socket.on('close', resolve));

		socket.write(question('/api/v1/events', true));
		await new Promise((resolve) => socket.once('data', resolve));
		if (how === 'abort')
			socket.write(record(ABORT, Buffer.alloc(0)));
		else
			socket.destroy();
		socket.resume();
		await closed;
		console.log('left');
	},

	async abuse(where) {
		const good = question('/healthz', false);
		const bad = [
			Buffer.from('GET / HTTP/1.0\r\n\r\n'),
			Buffer.alloc(100_000, 0xff),
			Buffer.alloc(8), good.subarray(0, 5), good.subarray(0, 40),
			record(PARAMS, Buffer.alloc(65535, 0xff)),
			Buffer.concat([good.subarray(0, 16),
				record(PARAMS, Buffer.from([0x84, 0xff, 0xff, 0xff, 1]))]),
			Buffer.concat([good.subarray(0, 16),
				record(PARAMS, Buffer.alloc(0)), record(99, good)]),
			record(BEGIN, Buffer.from([0, 9, 0, 0, 0, 0, 0, 0])),
		];

		for (const bytes of bad) {
			const socket = await connect(where);

			socket.on('error', () => {});
			await new Promise((resolve) => {
				socket.on('close', resolve);
				socket.end(bytes);
				socket.resume();
			});
		}
		console.log(`${bad.length} abused`);
	},

	async hold(where, how, n, path = '/healthz') {
		const held = [], whole = question(path, false);

		for (let i = 0; i < Number(n); i++) {
			const socket = await connect(where, true);

			held.push(socket);
			if (how === 'half')
				socket.write(whole.subarray(0, whole.length / 2));
			if (how === 'body' || how === 'post')
				socket.write(question(path, false, {
					REQUEST_METHOD: 'POST', CONTENT_LENGTH: '9' })
				    .subarray(0, -8));
			if (how === 'reader')
				socket.write(whole);
			console.log(how !== 'body' ? how :
			    (await answer(socket))?.split('\r\n')[0]);
		}
		for await (const ignored of process.stdin)
			void ignored;
		for (const socket of held) {
			if (how === 'reader')
				console.log(await answer(socket) === null ?
				    'cut' : 'whole');
			socket.destroy();
		}
	},
};

/* As a program; hostile.mjs takes only what is exported. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , action, ...args] = process.argv;

	/* A test that hangs is a test that fails. */
	setTimeout(() => {
		console.error(`fastcgi.mjs: ${action} takes too long`);
		process.exit(1);
	}, 120_000).unref();

	await actions[action](...args);
}
