#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * The source fails, PostgreSQL fails, both come back: the status says so, what
 * was known stays, and afterwards the database equals the simulator again.
 */
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const test = require('node:test');

test('faults', async (t) => {
	const { start, sim, query, eventually, pid, startPoller, restart } =
	    await import('./stack.mjs');
	const { assertEqual, assertHistory } = await import('./compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 60 --queues 6 --events 20 --seed 3 --password secret',
	});
	t.after(board.stop);
	const source = async () => (await query(board,
	    'SELECT * FROM cccp_v1.source WHERE source = \'demo\''))[0];
	const log = () => readFileSync(`${board.dir}/log/poller`, 'utf8');

	/** Waits until the poller has logged that, after the first n characters. */
	const logged = (n, what) => eventually(() =>
		assert.ok(what.test(log().slice(n)), `log lacks ${what}`));

	/** In step again since then, and the database with it. */
	async function equalAgain(n) {
		await logged(n, /(demo: down[^]*demo: live|database: connected again)/);
		await eventually(async () =>
			assert.equal((await source()).status, 'live'));
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
		await sim(board, 'thaw');
	}

	for (const kind of ['close', 'huge', 'tiny', 'deep', 'garbage', 'class',
		'type', 'string', 'namespace', 'mode', 'ask', 'restart', 'away',
		'deaf'])
		await t.test(`the server errs: ${kind}`, async () => {
			const before = log().length;

			await sim(board, `misbehave ${kind}`);
			await logged(before, /demo: down: /);
			const [{ n }] = await query(board,
			    'SELECT count(*) AS n FROM cccp.agent WHERE present');

			assert.ok(n >= 60, 'what was known stays');
			await sim(board, 'misbehave none');
			await equalAgain(before);
		});

	await t.test('the server closes all connections', async () => {
		const before = log().length;

		await sim(board, 'drop');
		await logged(before, /demo: down: the server closed the connection/);
		await equalAgain(before);
	});

	await t.test('a silent server: stale, unknown, and back', async () => {
		const before = log().length;

		await sim(board, 'misbehave silent');
		await eventually(async () => {
			const now = await source();

			assert.notEqual(now.status, 'live');
			assert.ok(now.stale, 'stale');
			assert.match(now.error, /no (answer|sign of life)/);
		});
		await eventually(async () => {
			const [{ n }] = await query(board, `SELECT count(*) AS n
			    FROM cccp_v1.user WHERE present AND state <> 'unknown'`);

			assert.equal(n, 0, 'nothing stale looks live');
		});
		await eventually(async () => {
			const [{ n }] = await query(board, `SELECT count(*) AS n
			    FROM cccp.agent_state WHERE until IS NULL AND NOT gap`);

			assert.equal(n, 0, 'no interval stretches over the silence');
		});
		await sim(board, 'misbehave none');
		await equalAgain(before);
		const [{ n }] = await query(board, `SELECT count(*) AS n
		    FROM cccp.agent_state WHERE gap AND until IS NOT NULL`);

		assert.ok(n >= 60, 'the gap stays in the history');
	});

	await t.test('PostgreSQL dies and comes back', async () => {
		const before = log().length;
		const postmaster = pid(board, 'postgres');
		const [{ then }] = await query(board, 'SELECT now() AS then');

		process.kill(postmaster, 'SIGKILL');
		await logged(before, /database: connect/);
		await sim(board, 'step 200');
		restart(board, 'postgres');
		await logged(before, /database: connected again/);
		assert.ok(!/demo: down/.test(log().slice(before)),
		    'the session to the source is kept');
		await equalAgain(before);
		const gaps = await query(board, `SELECT count(*) AS n
		    FROM cccp.agent_state WHERE gap AND since > '${then}'`);

		assert.equal(gaps[0].n, 0, 'the source was live all the time');
	});

	await t.test('a wrong password is refused in words', async () => {
		const poller = startPoller(board,
		    `other=cccp://poller:wrong@127.0.0.1:${board.env.SIM_PORT}`,
		    ['-1']);

		assert.deepEqual(await poller.gone, { code: 1, signal: null });
		assert.ok(/other: down: login refused/.test(poller.log));
		assert.ok(!/wrong/.test(poller.log), 'no password in the log');
		const [row] = await query(board,
		    `SELECT error, url FROM cccp.source WHERE name = 'other'`);

		assert.match(row.url, /^cccp:\/\/127\.0\.0\.1:\d+\/?$/);
	});

	await t.test('-1 writes everything once and says how it went', async () => {
		const poller = startPoller(board,
		    `once=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`,
		    ['-1']);

		assert.deepEqual(await poller.gone, { code: 0, signal: null });
		const [{ n }] = await query(board, `SELECT count(*) AS n
		    FROM cccp.agent JOIN cccp.source USING (source_id)
		    WHERE source.name = 'once' AND present`);

		assert.equal(n, 61);
	});
});
