#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * A server that answers the greeting seconds after it took its date tells too
 * little about its clock: the poller asks again, or keeps what it knew.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

const SKEW = 7200;

test('a slow greeting', async (t) => {
	const { start, sim, query, eventually, startPoller } =
	    await import('./stack.mjs');
	const board = await start({
		SIM_ARGS: `--agents 20 --queues 2 --events 5 --seed 3
		    --skew ${SKEW}`,
	});

	t.after(board.stop);
	const source = async (name) => (await query(board, `SELECT status,
	    clock_skew_s FROM cccp.source WHERE name = '${name}'`))[0];
	/** A greeting that takes four seconds makes it wrong by two, at least. */
	const isRight = ({ clock_skew_s: skew }) =>
		assert.ok(Math.abs(skew - SKEW) < 1, `${skew} s`);

	await sim(board, 'misbehave slow');

	await t.test('of a server that was not known', async () => {
		const poller = startPoller(board,
		    `new=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`);

		t.after(() => poller.kill('SIGKILL'));
		await eventually(async () => {
			const now = await source('new');

			assert.equal(now?.status, 'live');
			isRight(now);
		});
	});

	await t.test('of one that was', async () => {
		await eventually(async () => isRight(await source('demo')));
		const [{ at }] = await query(board, `SELECT max(generation) AS at
		    FROM cccp.source`);

		await sim(board, 'drop');
		await eventually(async () => {
			const [now] = await query(board, `SELECT status,
			    clock_skew_s FROM cccp.source
			    WHERE name = 'demo' AND generation > ${at}
			    AND status_since > error_at`);

			assert.equal(now?.status, 'live');
			isRight(now);
		});
	});
});
