#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * JSON snapshots by HTTP: what is requested and how often, what is accepted, and
 * what happens when a server misbehaves.
 */
const assert = require('node:assert/strict');
const test = require('node:test');
const zlib = require('node:zlib');

test('url', async (t) => {
	const { eventually } = await import('../../e2e/stack.mjs');
	const { poll, pollOnce, bridge, printed, serve, serveTcp, serveTls,
		authority } = await import('../../e2e/sources.mjs');
	const body = JSON.stringify(bridge(3));

	/** One attempt at an answer; it is refused, and the log says why. */
	async function refused(port, why, path = '/') {
		const { code, log } = await pollOnce(t,
		    `web=http://127.0.0.1:${port}${path}`);

		assert.equal(code, 1);
		assert.match(log, why);
	}

	await t.test('what is asked for, and what is not told', async () => {
		const requests = [];
		const port = await serve(t, (request, response) => {
			requests.push(request);
			response.end(body);
		});
		const { code, log, out } = await pollOnce(t,
		    `web=http://ann:s3cr%40t@127.0.0.1:${port}/a%20b?x=1&interval=7&k=tok3n#f`);

		assert.equal(code, 0, log);
		assert.equal(requests.length, 1);
		assert.equal(requests[0].url, '/a%20b?x=1&k=tok3n');
		assert.equal(requests[0].headers.authorization,
		    `Basic ${Buffer.from('ann:s3cr@t').toString('base64')}`);
		assert.match(requests[0].headers['accept-encoding'], /gzip/);
		assert.deepEqual(printed(out).flat(), ['agent1', 'agent2', 'agent3']);
		assert.match(log, /snapshots are of the bridge's shape/);
		assert.match(log, /in step: 3 users/);
		assert.match(log, /web: live/);
		assert.doesNotMatch(log + out, /s3cr|tok3n|ann:/);
		assert.match(out, /^web\thttp:\/\/127\.0\.0\.1:\d+\/a%20b\tlive\t/m);
		// 2.5 intervals are longer than 15 s.
		assert.match(out, /^web\t.*\t17\.500000\t\[\]\t/m);
	});

	await t.test('gzip, and a bomb of it', async () => {
		const bomb = zlib.gzipSync(Buffer.alloc(300 << 20, ' '));
		const port = await serve(t, (request, response) => {
			response.setHeader('Content-Encoding', 'gzip');
			response.end(request.url === '/bomb' ? bomb :
				zlib.gzipSync(body));
		});
		const { code } = await pollOnce(t, `web=http://127.0.0.1:${port}/`);

		assert.equal(code, 0);
		await refused(port, /web: down: the answer is too large/, '/bomb');
	});

	for (const [validator, value, condition] of [
		['ETag', () => `W/"${process.hrtime.bigint()}"`, 'if-none-match'],
		// In a minute: however slow this test is, that is not old.
		['Last-Modified', () => new Date(Date.now() + 60000).toUTCString(),
			'if-modified-since']])
		await t.test(`only what has changed: ${validator}`, async () => {
			let document = bridge(3), version = value(), same = 0, whole = 0;
			const port = await serve(t, (request, response) => {
				response.setHeader(validator, version);
				if (request.headers[condition] === version) {
					same++;
					response.writeHead(304).end();
				} else {
					whole++;
					response.end(JSON.stringify(document));
				}
			});
			const poller = poll(t, [`web=http://127.0.0.1:${port}/?interval=1`]);

			await eventually(() => assert.ok(same >= 2));
			assert.equal(whole, 1);
			await eventually(() => assert.match(poller.log, /web: live/));
			document = bridge(3, { agent2: { name: 'Ève' } });
			version = value();
			await eventually(() => assert.equal(printed(poller.out).length, 2));
			assert.deepEqual(printed(poller.out)[1], ['agent2']);
			assert.doesNotMatch(poller.log, /down/);
		});

	await t.test('an old document is not alive, an unchanged one may be', async () => {
		const old = new Date(Date.now() - 3600000).toUTCString();
		const port = await serve(t, (request, response) => {
			response.setHeader('Last-Modified', old);
			response.end(body);
		});
		const { code, log, out } = await pollOnce(t,
		    `web=http://127.0.0.1:${port}/`);

		assert.equal(code, 0);
		assert.match(log, /web: stale: its snapshots are older than 25 s/);
		assert.deepEqual(printed(out).flat().length, 3);
	});

	await t.test('the clock of the server is its own', async () => {
		const port = await serve(t, (request, response) => {
			response.setHeader('Date', new Date(Date.now() + 7200000).toUTCString());
			response.setHeader('Last-Modified',
			    new Date(Date.now() + 7199000).toUTCString());
			response.end(body);
		});
		const { log, out } = await pollOnce(t, `web=http://127.0.0.1:${port}/`);

		assert.match(log, /web: live/);
		const [, now] = /^web\t.*\tlive\t\\N\t[^\t]*\t([^\t]*)/m.exec(out);
		const ahead = Date.parse(now.replace(' ', 'T').replace(/\+00$/, 'Z')) -
		    Date.now();

		assert.ok(ahead > 7000000 && ahead < 7210000, now);
	});

	await t.test('a slow answer does not put the clock back', async () => {
		let sent;
		const port = await serve(t, (request, response) => {
			response.setHeader('Date', new Date().toUTCString());
			setTimeout(() => {
				sent = Date.now();
				response.end(body);
			}, 4000);
		});
		const { out } = await pollOnce(t, `web=http://127.0.0.1:${port}/`);
		const [, now] = /^web\t.*\tlive\t\\N\t[^\t]*\t([^\t]*)/m.exec(out);

		assert.ok(Date.parse(now.replace(' ', 'T').replace(/\+00$/, 'Z')) >=
		    sent, now);
	});

	await t.test('a CCCP source that is an HTTP server is named as such',
	    async () => {
		const port = await serve(t, () => {});
		const { code, log } = await pollOnce(t,
		    `prod=cccp://poller:secret@127.0.0.1:${port}`);

		assert.equal(code, 1);
		assert.match(log, /prod: down: this is an HTTP server, not a CCCP/);
	});

	await t.test('damaged values are unknown, their users are not', async () => {
		// Bytes: Node would write no damaged UTF-8.
		const damaged = {
			'/bridge': '{"users":[{"id":1,"login":"paul","name":"Paul\xe9"},' +
			    '{"id":1,"login":"zoe","total_tasks.count(\'0\')":NaN}]}',
			'/monitor': '{"connected":true,"users":[{"login":"paul",' +
			    '"profile":"P\xe9"},{"login":"zoe","login_date":' +
			    '99999999999999999999}]}',
		};
		const fields = { '/bridge': ['name', "total_tasks.count('0')"],
			'/monitor': ['sessions.last.session.login_date',
				'sessions.last.session.profile_name'] };
		const port = await serve(t, (request, response) => {
			response.end(Buffer.from(damaged[request.url], 'latin1'));
		});

		for (const path of Object.keys(damaged)) {
			const { code, log, out } = await pollOnce(t,
			    `web=http://127.0.0.1:${port}${path}`);
			const [, defects] = /^web\t.*\t(\[.*\])\t/m.exec(out);

			assert.equal(code, 0, log);
			assert.deepEqual(printed(out).flat().sort(), ['paul', 'zoe']);
			assert.deepEqual(JSON.parse(defects).map((defect) =>
				[defect.kind, defect.path, defect.count]),
			fields[path].map((field) => ['unreadable', field, 1]));
		}
	});

	await t.test('redirections: few, and only to HTTP', async () => {
		const port = await serve(t, (request, response) => {
			const to = { '/a': '/b', '/b': '/c', '/c': '/d',
				'/loop': '/loop', '/file': 'file:///etc/passwd',
				'/gopher': 'gopher://127.0.0.1/' }[request.url];

			if (to === undefined)
				response.end(body);
			else
				response.writeHead(302, { Location: to }).end('moved');
		});

		assert.equal((await pollOnce(t, `web=http://127.0.0.1:${port}/a`)).code, 0);
		await refused(port, /down: Maximum \(3\) redirects followed/, '/loop');
		await refused(port, /down: Protocol "file"/, '/file');
		await refused(port, /down: Protocol "gopher"/, '/gopher');
	});

	await t.test('the password does not follow to another host', async () => {
		let told = 'nothing came';
		const other = await serve(t, (request, response) => {
			told = request.headers.authorization;
			response.end(body);
		});
		const port = await serve(t, (request, response) => response.writeHead(302,
		    { Location: `http://localhost:${other}/` }).end());
		const { code } = await pollOnce(t, `web=http://u:p@127.0.0.1:${port}/`);

		assert.equal(code, 0);
		assert.equal(told, undefined);
	});

	await t.test('error pages and broken answers', async () => {
		const answers = {
			'/500': [500, body], '/404': [404, 'no'], '/304': [304, ''],
			'/page': [200, '<!doctype html><title>Login</title>'],
			'/empty': [200, ''], '/204': [204, ''],
			'/error': [200, '{"users": [{"login": "a"}], "error": "no server"}'],
			'/lost': [200, '{"connected": false, "users": [{"login": "a"}]}'],
			'/none': [200, '{"users": []}'],
		};
		const port = await serve(t, (request, response) => {
			const [status, text] = answers[request.url];

			response.writeHead(status).end(text);
		});

		for (const [path, why] of [
			['/500', /HTTP status 500/], ['/404', /HTTP status 404/],
			['/304', /HTTP status 304/], ['/204', /HTTP status 204/],
			['/page', /refused: no line of it begins a JSON object: it is a page/],
			['/empty', /refused: it is empty/],
			['/error', /refused: it tells of an error: no server/],
			['/lost', /refused: its producer has lost the server/],
			['/none', /refused: it has no users/]])
			await refused(port, why, path);
	});

	await t.test('answers that do not end as they should', async () => {
		const raw = (text, end) => serveTcp(t, (socket) => {
			socket.once('data', () => {
				socket.write(text);
				if (end)
					socket.end();
			});
		});
		const ok = 'HTTP/1.1 200 OK\r\n';

		await refused(await raw(`${ok}Content-Length: 9999\r\n\r\n${body}`, true),
		    /down: .*(closed|bytes remaining)/);
		await refused(await raw(`${ok}\r\n${body.slice(0, -9)}`, true),
		    /refused: it is cut short after \d+ bytes/);
		await refused(await raw('nonsense\r\n\r\n', true),
		    /down: Received HTTP\/0\.9/);
		await refused(await raw('', true), /down: Empty reply/);
		await refused(await raw(ok + `X: ${'y'.repeat(1000)}\r\n`.repeat(80), false),
		    /down: the answer's headers are too long/);
	});

	await t.test('an endless answer is cut off', async () => {
		const port = await serve(t, (request, response) => {
			const chunk = Buffer.alloc(1 << 20, '{"users": [');
			const more = () => {
				while (!response.destroyed && response.write(chunk))
					;
			};

			response.on('drain', more);
			more();
		});

		await refused(port, /web: down: the answer is too large/);
	});

	await t.test('nobody there', async () => {
		await refused(1, /down: Failed to connect to 127\.0\.0\.1 port 1/);
	});

	await t.test('https: its certificate is checked', async () => {
		const ca = authority(t), other = authority(t, 'other');
		const inner = await serve(t, (request, response) => response.end(body));
		const attempt = async (pair, file, host = 'localhost') => pollOnce(t,
		    `web=https://${host}:${await serveTls(t, pair, inner)}/`,
		    { env: file !== null ? { CCCP_CAFILE: file } : {} });
		const good = await attempt(ca.issue(), ca.file);

		assert.equal(good.code, 0, good.log);
		assert.match(good.log, /web: live/);
		for (const [pair, file, why] of [
			[ca.issue(), other.file, /SSL certificate problem/],
			[ca.issue(), null, /SSL certificate problem/],
			[ca.issue('DNS:other.example'), ca.file, /does not match|no alternative/],
			[ca.issue(undefined, -1), ca.file, /certificate has expired/]]) {
			const { code, log } = await attempt(pair, file);

			assert.equal(code, 1);
			assert.match(log, why);
		}
	});

	await t.test('https is not left for http', async () => {
		const ca = authority(t);
		const plain = await serve(t, (request, response) => response.end(body));
		const inner = await serve(t, (request, response) => response.writeHead(302,
		    { Location: `http://127.0.0.1:${plain}/` }).end());
		const port = await serveTls(t, ca.issue(), inner);
		const { code, log } = await pollOnce(t, `web=https://localhost:${port}/`,
		    { env: { CCCP_CAFILE: ca.file } });

		assert.equal(code, 1);
		assert.match(log, /down: Protocol "http"/);
	});
});
