#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Two pollers for one source: one writes, the other waits, and takes over when
 * the first one dies or stops, without losing or doubling anything.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('takeover', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('../../e2e/stack.mjs');
	const { assertEqual, assertHistory } = await import('../../e2e/compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 100 --queues 6 --events 50 --seed 5',
	});
	t.after(board.stop);
	const sources = `demo=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`;
	const logged = (poller, what) => eventually(() =>
		assert.ok(what.test(poller.log), `log lacks ${what}`));
	const holder = async () => (await query(board, `SELECT pid
	    FROM pg_locks WHERE locktype = 'advisory' AND classid = 6735003`));

	const second = startPoller(board, sources);

	t.after(() => second.kill('SIGKILL'));
	await logged(second, /another poller writes this source: waiting/);
	await logged(second, /demo: live/);
	const [first] = await holder();

	await t.test('the second waits', async () => {
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		assert.deepEqual(await holder(), [first]);
		await sim(board, 'thaw');
	});

	await t.test('and takes over when the first is killed', async (own) => {
		const death = performance.now();

		process.kill(pid(board, 'poller'), 'SIGKILL');
		await logged(second, /the other poller has gone: taking over/);
		own.diagnostic(`${Math.round(performance.now() - death)} ms`);
		assert.notDeepEqual(await holder(), [first]);
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
		assert.deepEqual(await query(board, `SELECT call_key
		    FROM cccp.call WHERE direction = 'inbound'
		    GROUP BY source_id, 1 HAVING count(*) > 1`), []);
		assert.deepEqual(await query(board, `SELECT agent_id
		    FROM cccp.agent_state WHERE gap`), []);
		await sim(board, 'thaw');
	});

	await t.test('and hands over when it is asked to stop', async () => {
		const third = startPoller(board, sources);

		t.after(() => third.kill('SIGKILL'));
		await logged(third, /waiting/);
		second.kill('SIGTERM');
		assert.deepEqual(await second.gone, { code: 0, signal: null });
		await logged(third, /taking over/);
		await eventually(async () => assert.deepEqual(await query(board,
		    'SELECT status, error FROM cccp.source'),
		[{ status: 'live', error: null }]));
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
		assert.deepEqual(await query(board, `SELECT agent_id, since
		    FROM cccp.agent_state WHERE gap`), []);
	});

	await t.test('SIGHUP makes all connections again', async () => {
		const [{ pid: before }] = await holder();
		const poller = startPoller(board, sources.replace('demo', 'again'));

		t.after(() => poller.kill('SIGKILL'));
		await logged(poller, /again: live/);
		poller.kill('SIGHUP');
		await logged(poller, /reopening[^]*again: live/);
		poller.kill('SIGTERM');
		assert.deepEqual(await poller.gone, { code: 0, signal: null });
		assert.ok((await holder()).some(({ pid: now }) => now === before));
	});
});
