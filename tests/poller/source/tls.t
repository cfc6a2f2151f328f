#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * cccps: a session works within TLS as it does without, and only with the host
 * that the certificate names.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('tls', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('../../e2e/stack.mjs');
	const { assertEqual, assertHistory } = await import('../../e2e/compare.mjs');
	const { authority, pollOnce, serveTcp, serveTls } =
	    await import('../../e2e/sources.mjs');
	const board = await start({
		SIM_ARGS: '--agents 450 --queues 12 --events 50 --seed 21 --password secret',
	});

	t.after(board.stop);
	const ca = authority(t), other = authority(t, 'other');
	const server = (...args) => serveTls(t, ca.issue(...args),
	    Number(board.env.SIM_PORT));
	const attempt = (port, { host = 'localhost', file = ca.file } = {}) =>
		pollOnce(t, `demo=cccps://poller:secret@${host}:${port}`,
		    { env: file !== null ? { CCCP_CAFILE: file } : {} });

	await t.test('trusted by name and by address', async () => {
		const port = await server();

		for (const host of ['localhost', '127.0.0.1']) {
			const { code, log } = await attempt(port, { host });

			assert.equal(code, 0, log);
			assert.match(log, /demo: in step: 451 users/);
		}
	});

	await t.test('another name', async () => {
		const { code, log } = await attempt(await server('DNS:other.example'));

		assert.equal(code, 1);
		assert.match(log, new RegExp('demo: down: connect to localhost port \\d+: ' +
		    '.*(no alternative certificate subject name matches|does not match)' +
		    '.*\'localhost\''));
		assert.doesNotMatch(log, /secret/);
	});

	await t.test('an authority that nobody knows', async () => {
		const port = await server();

		for (const file of [other.file, null]) {
			const { code, log } = await attempt(port, { file });

			assert.equal(code, 1);
			assert.match(log, /demo: down: connect to .*: SSL certificate problem: .*(issuer|self-signed|verify)/);
		}
	});

	await t.test('expired', async () => {
		const { code, log } = await attempt(await server(undefined, -1));

		assert.equal(code, 1);
		assert.match(log, /demo: down: connect to .*: SSL certificate problem: certificate has expired/);
	});

	await t.test('a server that does not speak TLS', async () => {
		const { code, log } = await attempt(board.env.SIM_PORT);

		assert.equal(code, 1);
		assert.match(log, /demo: down: connect to localhost port \d+: .*SSL/);
		const port = await serveTcp(t, (socket) => socket.end('hello\r\n'));

		assert.match((await attempt(port)).log, /demo: down: connect to .*SSL/);
	});

	await t.test('CCCP_CAFILE that is not there', async () => {
		const { code, log } = await attempt(1, { file: '/nonexistent/ca.pem' });

		assert.equal(code, 2);
		assert.match(log, /CCCP_CAFILE \/nonexistent\/ca\.pem: No such file/);
	});

	await t.test('the database equals the source, through TLS', async () => {
		process.kill(pid(board, 'poller'), 'SIGKILL');
		process.env.CCCP_CAFILE = ca.file;
		const poller = startPoller(board,
		    `demo=cccps://poller:secret@localhost:${await server()}`);

		delete process.env.CCCP_CAFILE;
		t.after(() => poller.kill('SIGKILL'));
		await eventually(() => assert.match(poller.log, /demo: live/));
		await sim(board, 'freeze');
		await sim(board, 'step 500');
		await eventually(() => assertEqual(board));
		await sim(board, 'thaw');
		const [{ generation }] = await query(board,
		    'SELECT generation FROM cccp.clock');

		await eventually(async () => {
			const [now] = await query(board, `SELECT sum(rows_changed) AS rows
			    FROM cccp.sync WHERE generation > ${generation}`);

			assert.ok(now.rows > 200, `${now.rows} rows changed`);
		});
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
		assert.doesNotMatch(poller.log, /down|stale/);
		const [{ url }] = await query(board, 'SELECT url FROM cccp.source');

		assert.match(url, /^cccps:\/\/localhost:\d+\/?$/);
	});
});
