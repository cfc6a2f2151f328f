#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * A server keeps the calls of the day.  After a lost connection the poller asks
 * for those that have ended since, and so does a poller that is started again:
 * the database knows the rest.  None is missing.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

const CALLS = 20000;	/* of eight hours */
/* It is noon there: at night the clocks may change, and the margin is wider. */
const ZONE = (12 - new Date().getUTCHours()) * 3600;

test('reconnect', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('./stack.mjs');
	const { assertEqual } = await import('./compare.mjs');
	const board = await start({
		SIM_ARGS: `--agents 40 --queues 4 --events 20 --seed 5 --freeze
		    --zone ${ZONE}`,
	});

	t.after(board.stop);
	process.kill(pid(board, 'poller'), 'SIGTERM');
	await sim(board, `past ${CALLS}`);
	const asked = async () => JSON.parse(await sim(board, 'stats')).objects;
	const before = await asked();
	/* The board's own poller has read the same server by another address. */
	const [address, other] = ['localhost', '127.0.0.1'].map((host) =>
	    `cccp://poller:secret@${host}:${board.env.SIM_PORT}`);
	let poller = startPoller(board, `demo=${address}`);

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
	const open = `SELECT ended_at FROM cccp.call WHERE call_key = (
	    SELECT call_key FROM cccp.call WHERE agent_login = 'zmartin'
	    ORDER BY queued_at DESC LIMIT 1)`;
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

	/** The poller dies by signal, and after meanwhile() one of url begins. */
	const another = async (signal, url, meanwhile = () => {}) => {
		poller.kill(signal);
		await poller.gone;
		await meanwhile();
		const known = await asked();

		poller = startPoller(board, `demo=${url}`);
		await inStep(1);
		const n = await asked() - known;

		t.diagnostic(`after ${signal}: ${n} objects`);
		await eventually(() => assertEqual(board), 120);
		return n;
	};

	for (const signal of ['SIGTERM', 'SIGKILL'])
		await t.test(`so does a poller that follows one ended by ${signal}`,
		    async () => {
			    await sim(board, 'agent zmartin talk');
			    await eventually(async () => assert.equal((await query(
			        board, open))[0]?.ended_at, null));
			    const n = await another(signal, address, async () => {
				    await sim(board, 'agent zmartin end');
				    await sim(board, 'step 500');
			    });

			    assert.ok(n < first / 10, `${n} of ${first} objects`);
			    assert.notEqual((await query(board, open))[0].ended_at,
			        null);
		    });

	await t.test('another server of that name is asked for all', async () => {
		const n = await another('SIGTERM', other);

		assert.ok(n > 2 * CALLS, `${n} objects`);
	});

	await t.test('also after it did not let a poller in', async () => {
		const n = await another('SIGTERM', address, async () => {
			await sim(board, 'misbehave refuse');
			const refused = startPoller(board, `demo=${address}`);

			t.after(() => refused.kill('SIGKILL'));
			await eventually(async () => assert.match((await query(
			    board, 'SELECT url FROM cccp.source'))[0].url, /local/));
			refused.kill('SIGTERM');
			await refused.gone;
			await sim(board, 'misbehave none');
		});

		assert.ok(n > 2 * CALLS, `${n} objects`);
	});
});
