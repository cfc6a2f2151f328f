#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * 450 agents, 50 changes a second: tables, history and API are what the
 * simulator says, at the beginning and after a while.
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

	/** All users as the API pages them. */
	async function users() {
		const all = [];

		for (let page = 1, pages = 1; page <= pages; page++) {
			const response = await fetch(new URL(
			    `api/v1/users?sort=login&per_page=200&page=${page}`,
			    board.env.URL));

			assert.equal(response.status, 200);
			const { meta, users: rows } = await response.json();

			pages = meta.pages;
			assert.equal(meta.total, 450);
			all.push(...rows);
		}
		return all;
	}

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

	await t.test('the API says the same as the view', async () => {
		const columns = `login, name, kind, profile, team, state, mode,
		    mode_label, interface, task, task_label, queue, queues, phone,
		    phone_uri, logged, session_id, busy_count, total_inbound,
		    managed_inbound, lost_inbound, total_tasks, pause_seconds,
		    contact_seconds, spies, outbound_state, object_id`;
		const rows = await query(board, `SELECT ${columns}
		    FROM cccp_v1.user WHERE present AND NOT hidden
		    ORDER BY login COLLATE "C"`);
		const names = Object.keys(rows[0]);
		const told = (await users()).map((user) => Object.fromEntries(
		    names.map((name) => [name, user[name]])));

		told.sort((a, b) => (a.login < b.login ? -1 : 1));
		assert.equal(told.length, 450);
		assert.deepEqual(told, rows);
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
