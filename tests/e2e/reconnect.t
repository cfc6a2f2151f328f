#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * A server keeps the calls of the day.  After a lost connection the poller asks
 * for those that have ended since, and none is missing.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

const CALLS = 20000;

test('reconnect', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('./stack.mjs');
	const { assertEqual } = await import('./compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 40 --queues 4 --events 20 --seed 5 --freeze',
	});

	t.after(board.stop);
	process.kill(pid(board, 'poller'), 'SIGTERM');
	await sim(board, `past ${CALLS}`);
	const asked = async () => JSON.parse(await sim(board, 'stats')).objects;
	const before = await asked();
	const poller = startPoller(board,
	    `demo=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`);

	t.after(() => poller.kill('SIGKILL'));
	/** In step for the nth time, and what it knew then is in the database. */
	const inStep = async (n) => {
		await eventually(() => assert.equal(
		    poller.log.match(/in step/g)?.length, n), 120);
		for (const state of ['paused', 'available']) {
			await sim(board, `agent zmartin ${state === 'paused' ?
			    'pause' : state}`);
			await eventually(async () => assert.equal((await query(board,
			    "SELECT state FROM cccp.agent WHERE login = 'zmartin'"))[0]
			    ?.state, state), 120);
		}
	};
	let first;

	await t.test('at first it asks for all', async () => {
		await inStep(1);
		first = await asked() - before;
		/* Each call is a task and a session. */
		assert.ok(first > 2 * CALLS, `${first} objects`);
		await eventually(() => assertEqual(board), 120);
	});

	await t.test('then for less than a tenth', async () => {
		const known = await asked();

		await sim(board, 'drop');
		await inStep(2);
		const again = await asked() - known;

		t.diagnostic(`${first} objects, then ${again}`);
		assert.ok(again < first / 10, `${again} of ${first} objects`);
		await eventually(() => assertEqual(board), 120);
	});

	await t.test('a call that ended meanwhile is known to have ended', async () => {
		const open = `SELECT ended_at FROM cccp.call WHERE call_key = (
		    SELECT call_key FROM cccp.call WHERE agent_login = 'zmartin'
		    ORDER BY queued_at DESC LIMIT 1)`;

		await sim(board, 'agent zmartin talk');
		await eventually(async () => assert.equal(
		    (await query(board, open))[0]?.ended_at, null));
		await sim(board, 'misbehave away');
		await sim(board, 'agent zmartin end');
		await sim(board, 'misbehave none');
		await inStep(3);
		assert.notEqual((await query(board, open))[0].ended_at, null);
		await eventually(() => assertEqual(board), 120);
	});
});
