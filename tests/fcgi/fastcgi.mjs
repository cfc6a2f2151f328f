/**
 * A FastCGI client for the tests: what a web server says to the handler, and
 * what none should.
 *
 *	node fastcgi.mjs get SOCKET PATH		the answer, as it comes
 *	node fastcgi.mjs keep SOCKET PATH N		N on one connection
 *	node fastcgi.mjs load SOCKET PATH N FILE	N at a time, until nobody
 *	    listens any more; writes FILE once a hundred are answered
 *	node fastcgi.mjs later SOCKET PATH	takes the answer only once standard
 *	    input ends; "whole", or "cut" when it has no end
 *	node fastcgi.mjs events SOCKET PATTERN [LAST]	what a stream says until
 *	    the pattern is in it, or it ends; LAST is its Last-Event-ID
 *	node fastcgi.mjs leave SOCKET HOW	a stream that is left once it has
 *	    begun, by `close` or `abort`
 *	node fastcgi.mjs abuse SOCKET			nonsense of many kinds
 *	node fastcgi.mjs silent SOCKET N PATH		PATH, behind N that say nothing
 */
import { writeFileSync } from 'node:fs';

import { ABORT, BEGIN, END, PARAMS, STDOUT, answer, connect, question, record } from
    './client.mjs';

async function once(where, path) {
	const socket = await connect(where);

	if (socket === null)
		return undefined;
	socket.write(question(path, false));
	const got = await answer(socket);

	socket.destroy();
	return got?.toString() ?? null;
}

const actions = {
	async get(where, path) {
		process.stdout.write(await once(where, path) ?? 'no answer\n');
	},

	async keep(where, path, n) {
		const socket = await connect(where);

		for (let i = 0; i < Number(n); i++) {
			socket.write(question(path, true));
			const got = await answer(socket);

			console.log(got === null ? 'closed' : got.toString().split('\r\n')[0]);
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

	async events(where, pattern, last = '') {
		const socket = await connect(where);
		const until = new RegExp(pattern);
		let data = Buffer.alloc(0), text = '';

		socket.write(question('/api/v1/events', true,
		    last === '' ? {} : { HTTP_LAST_EVENT_ID: last }));
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

	async silent(where, n, path) {
		const idle = [];

		for (let i = 0; i < Number(n); i++)
			idle.push(await connect(where));
		process.stdout.write(await once(where, path) ?? 'no answer\n');
		idle.forEach((socket) => socket.destroy());
	},
};

const [, , action, ...args] = process.argv;

/* A test that hangs is a test that fails. */
setTimeout(() => {
	console.error(`fastcgi.mjs: ${action} takes too long`);
	process.exit(1);
}, 120_000).unref();

await actions[action](...args);
