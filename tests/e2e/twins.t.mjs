#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Keys are not unique over a server: who is at work shows, the others are
 * counted and logged, and so are logins that are none.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { assertEqual } from './compare.mjs';
import { eventually, query, sim, start, truth } from './stack.mjs';

test('twins', async (t) => {
	const board = await start({
		SIM_ARGS: '--agents 20 --queues 5 --twins 3 --seed 3 --freeze',
	});
	t.after(board.stop);
	const counted = async (same, out) => eventually(async () => {
		const [row] = await query(board, `SELECT same_key_objects AS same,
		    left_out_objects AS out FROM cccp_v1.source`);

		assert.deepEqual(row, { same, out });
	});
	const log = () => readFileSync(`${board.dir}/log/poller`, 'utf8');

	await t.test('they are counted and logged', async () => {
		await counted(6, 3);
		assert.match(log(), /3 of users are not shown, as another one/);
		assert.match(log(), /3 of queues are not shown, as another one/);
		assert.match(log(), /3 of users are not shown, as their login is/);
		await eventually(() => assertEqual(board));
	});

	await t.test('who is logged in shows, though it came first', async () => {
		const of = (await truth(board)).users.filter(({ fields }) =>
		    fields.login === 'zmartin');
		const shown = async () => (await query(board, `SELECT object_id
		    FROM cccp.agent WHERE login = 'zmartin'`))[0].object_id;

		assert.equal(of.length, 2);
		await sim(board, 'agent zmartin available');
		await eventually(async () =>
			assert.equal(await shown(), of.find((u) => !u.extra).id));
		const twin = of.find((u) => u.extra).id;

		await sim(board, `set #${twin} sessions.last.session.logged true`);
		await sim(board, 'agent zmartin logout');
		await eventually(async () => assert.equal(await shown(), twin));
		await sim(board, `remove #${twin}`);
		await counted(5, 3);
	});
});
