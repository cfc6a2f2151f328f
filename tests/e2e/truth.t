#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * 450 agents, 50 changes a second: tables and history are what the simulator
 * says, at the beginning and after a while.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('the board is the truth', async (t) => {
	const { start, sim, query, eventually } = await import('./stack.mjs');
	const { assertEqual, assertHistory } = await import('./compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 450 --queues 12 --events 50 --seed 7',
	});
	t.after(board.stop);

	await t.test('the database equals it, frozen at the start', async () => {
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	});

	await t.test('and after hundreds of changes', async () => {
		const [{ generation }] = await query(board,
		    'SELECT generation FROM cccp.clock');

		await sim(board, 'thaw');
		await eventually(async () => {
			const [now] = await query(board,
			    'SELECT sum(rows_changed) AS rows FROM cccp.sync' +
			    ` WHERE generation > ${generation}`);

			assert.ok(now.rows > 500, `${now.rows} rows changed`);
		});
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	});

	await t.test('clock, log and rows agree on the generation', async () => {
		const [row] = await query(board, `SELECT
		    (SELECT generation FROM cccp.clock) AS clock,
		    (SELECT max(generation) FROM cccp.sync) AS sync,
		    (SELECT max(generation) FROM cccp.agent) AS agent`);

		assert.equal(row.clock, row.sync);
		assert.ok(row.agent <= row.clock);
	});

	await t.test('new, gone and renamed users', async () => {
		await sim(board, 'thaw');
		await sim(board, 'add nouvelle Éléonore Essai');
		await eventually(async () => {
			const [row] = await query(board, `SELECT name, present
			    FROM cccp.agent WHERE login = 'nouvelle'`);

			assert.deepEqual(row, { name: 'Éléonore Essai', present: true });
		});
		await sim(board, 'remove nouvelle');
		await eventually(async () => {
			const [row] = await query(board, `SELECT present
			    FROM cccp.agent WHERE login = 'nouvelle'`);

			assert.equal(row.present, false);
		});
		await sim(board, 'freeze');
		await eventually(() => assertEqual(board));
		await assertHistory(board);
	});
});
