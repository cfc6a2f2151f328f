#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Events of a long day: midnight, a server that restarts, users who are added,
 * removed and renamed, connections that flap, clocks that differ.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('day', async (t) => {
	const { start, sim, query, eventually } = await import('./stack.mjs');
	const { assertEqual, assertHistory } = await import('./compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 60 --queues 6 --events 100 --seed 8 --skew 90',
	});
	t.after(board.stop);

	const one = async (sql) => (await query(board, sql))[0];
	const agent = (login) => one(`SELECT a.*, u.state AS shown
	    FROM cccp.agent a JOIN cccp_v1.user u ON u.id = a.agent_id
	    WHERE a.login = '${login}'`);

	const stats = async () => JSON.parse(await sim(board, 'stats'));

	/** Nothing moves, and the database says what the simulator says. */
	async function still() {
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	}

	await t.test('a clock that is ahead: measured, shown, taken out', async () => {
		await still();
		const source = await one('SELECT * FROM cccp_v1.source');

		assert.ok(Math.abs(source.clock_skew_s - 90) < 5,
		    `${source.clock_skew_s} s`);
		assert.ok(source.age_seconds > -2 && source.age_seconds < 10,
		    `age ${source.age_seconds} s`);
		assert.equal(source.stale, false);
		const [first] = await query(board, `SELECT login FROM cccp.agent
		    WHERE kind = 'agent' AND present AND NOT hidden ORDER BY 1 LIMIT 1`);

		const begun = Date.now();

		await sim(board, `agent ${first.login} pause Café`);
		await eventually(async () => {
			const { shown, login } = await agent(first.login);

			assert.equal(`${login} ${shown}`, `${first.login} paused`);
		});
		const { state_seconds } = await one(`SELECT state_seconds
		    FROM cccp_v1.user WHERE login = '${first.login}'`);

		/* A clock that is taken out twice makes it 90 s more. */
		assert.ok(state_seconds >= 0 &&
		    state_seconds < (Date.now() - begun) / 1000 + 30,
		    `${state_seconds} s in a pause that has just begun`);
	});

	await t.test('midnight: nobody is told, so the poller asks again', async () => {
		await sim(board, 'step 500');
		await still();
		const before = await one(`SELECT sum(total_tasks) AS users,
		    (SELECT sum(managed_tasks) FROM cccp.queue) AS queues,
		    (SELECT count(*) FROM cccp.call) AS calls,
		    (SELECT count(*) FROM cccp.agent_state) AS states
		    FROM cccp.agent`);

		assert.ok(before.users > 0 && before.queues > 0, 'a day was worked');
		/* Greeted again, the poller knows when midnight is. */
		const { accepted } = await stats();

		await sim(board, 'midnight 15');
		await sim(board, 'thaw');
		await sim(board, 'drop');
		await eventually(async () => {
			assert.ok((await stats()).accepted > accepted);
			assert.equal((await one('SELECT * FROM cccp.source')).status,
			    'live');
		});
		await eventually(async () => assert.ok((await one(
		    'SELECT sum(total_tasks) AS n FROM cccp.agent')).n <
		    before.users / 4), 120);
		await still();
		const after = await one(`SELECT sum(total_tasks) AS users,
		    (SELECT sum(managed_tasks) FROM cccp.queue) AS queues,
		    (SELECT count(*) FROM cccp.call) AS calls,
		    (SELECT count(*) FROM cccp.agent_state) AS states
		    FROM cccp.agent`);

		assert.ok((after.users ?? 0) < before.users / 2,
		    `${after.users} after ${before.users}`);
		assert.ok((after.queues ?? 0) < before.queues / 2,
		    `${after.queues} after ${before.queues}`);
		assert.ok(after.calls >= before.calls, 'no call is lost');
		assert.ok(after.states >= before.states, 'nor any state');
	});

	await t.test('a server that starts anew: other ids, the same people', async () => {
		const map = async () => Object.fromEntries((await query(board,
		    `SELECT login, agent_id, object_id FROM cccp.agent WHERE present`))
		    .map((row) => [row.login, row]));
		const before = await map();

		await sim(board, 'misbehave restart');
		await eventually(async () => {
			const now = await map();

			assert.ok(Object.values(now).every((row) =>
			    row.object_id !== before[row.login]?.object_id));
		});
		await still();
		const after = await map();

		assert.deepEqual(Object.keys(after).sort(),
		    Object.keys(before).sort());
		for (const [login, row] of Object.entries(after))
			assert.equal(row.agent_id, before[login].agent_id, login);
		assert.deepEqual(await query(board, `SELECT agent_id
		    FROM cccp.agent_state WHERE gap`), [], 'short, so no gap');
	});

	await t.test('deleted and created again: one row, a gap between', async () => {
		await sim(board, 'add zphenix Zoé Phénix');
		await eventually(async () => assert.equal(
		    (await agent('zphenix'))?.present, true));
		const first = await agent('zphenix');

		await sim(board, 'remove zphenix');
		await eventually(async () => assert.equal(
		    (await agent('zphenix')).present, false));
		assert.deepEqual(await query(board, `SELECT * FROM cccp.agent_state
		    WHERE agent_id = ${first.agent_id} AND until IS NULL`), [],
		'who is gone is in no state');
		await sim(board, 'add zphenix Zoé Phénix-Neuve');
		await eventually(async () => {
			const { agent_id, present, name } = await agent('zphenix');

			assert.deepEqual({ agent_id, present, name }, {
				agent_id: first.agent_id, present: true,
				name: 'Zoé Phénix-Neuve',
			});
		});
		const states = await query(board, `SELECT state, gap
		    FROM cccp.agent_state WHERE agent_id = ${first.agent_id}
		    ORDER BY since`);

		assert.equal(states.filter(({ gap }) => gap).length, 1);
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	});

	await t.test('a login that changes: another user', async () => {
		const before = await agent('zphenix');

		await sim(board, 'set zphenix login zaigle');
		await eventually(async () => {
			assert.equal((await agent('zaigle'))?.present, true);
			assert.equal((await agent('zphenix')).present, false);
		});
		const after = await agent('zaigle');

		assert.notEqual(after.agent_id, before.agent_id);
		assert.equal(after.object_id, before.object_id);
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	});

	for (const kind of ['view', 'method', 'bytes'])
		await t.test(`odd, but understood: ${kind}`, async () => {
			await sim(board, 'thaw');
			await sim(board, `misbehave ${kind}`);
			await sim(board, 'step 200');
			await still();
			assert.equal((await one('SELECT * FROM cccp.source')).status,
			    'live');
			await sim(board, 'misbehave none');
		});

	await t.test('connections that flap invent nothing', async () => {
		for (let i = 0; i < 10; i++) {
			await sim(board, 'drop');
			await sim(board, 'step 50');
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		await eventually(async () => assert.equal(
		    (await one('SELECT * FROM cccp.source')).status, 'live'));
		await still();
		assert.deepEqual(await query(board, `SELECT source_id, call_key
		    FROM cccp.call WHERE direction = 'inbound'
		    GROUP BY 1, 2 HAVING count(*) > 1`), []);
	});
});
