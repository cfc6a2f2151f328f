#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * An agent goes through calls: page, view and history say one moment for the
 * start of each state, the one that the simulator says where the protocol tells
 * it.  While a call rings its queue is known.
 */
import assert from 'node:assert/strict';
import test from 'node:test';

import { assertHistory } from './compare.mjs';
import { eventually, query, restart, sim, start, truth, pid }
    from './stack.mjs';

let login;
const one = async (board) => (await truth(board)).users
    .find(({ extra, fields }) => !extra && fields.login === login);

/** The agent and its states, as the page has them. */
async function shown(board) {
	const [{ source }] = await query(board,
	    'SELECT name AS source FROM cccp.source');
	const response = await fetch(new URL(
	    `api/v1/users/${source}/${login}`, board.env.URL));

	assert.equal(response.status, 200);
	return response.json();
}

/** Microseconds; trailing zeros of the fraction may be missing. */
const micros = (text) => Date.parse(text.replace(/\.\d+/, '')) * 1000 +
    Number((/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(6, '0'));

/** Waits until the page has the state; checks its moment everywhere. */
async function assertMoment(board, state) {
	const want = await one(board);

	assert.equal(want.state, state);
	await eventually(async () => {
		const { user, states } = await shown(board);
		const last = states.at(-1);

		assert.equal(user.state, state);
		assert.equal(last.state, state);
		assert.equal(last.until, null);
		assert.equal(last.since, user.state_since);
		if (want.state_since_told)
			assert.equal(micros(user.state_since),
			    micros(want.state_since), state);
	});
	await assertHistory(board);
	return want;
}

test('since', async (t) => {
	const board = await start({
		SIM_ARGS: '--agents 30 --queues 4 --seed 5 --freeze',
	});
	t.after(board.stop);
	/* A server does not push a date that moves by less than a second. */
	let last = -Infinity;
	const told = async (verb) => {
		await eventually(async () => {
			assert.ok(micros((await truth(board)).now) - last > 1e6);
		});
		await sim(board, `agent ${login} ${verb}`);
		last = micros((await truth(board)).now);
	};

	/* Not one whose tasks have a name of their own, as «appel». */
	for ({ fields: { login } } of (await truth(board)).users) {
		await told('talk');
		if (['managing', 'contact'].includes(
		    (await one(board)).fields.last_task_name))
			break;
	}
	await told('available');
	for (const [verb, state] of [['talk', 'talking'], ['hold', 'held'],
		['talk', 'talking'], ['wrapup', 'wrapup'], ['end', 'available'],
		['quiet', 'talking'], ['end', 'available'], ['talk', 'talking'],
		['second', 'ringing'], ['dead', 'talking'], ['hold', 'held'],
		['end', 'available'], ['dial', 'outbound'],
		['pause', 'paused'], ['quiet', 'talking']])
		await t.test(`${verb}: ${state}`, async () => {
			await told(verb);
			await assertMoment(board, state);
		});

	await t.test('the queue of a call that is offered, and rings', async () => {
		for (const verb of ['available', 'lock', 'ring']) {
			await told(verb);
			if (verb === 'available')
				continue;
			const { fields } = await assertMoment(board, 'ringing');
			const name = fields['tasks.last.task.queue_name'];
			const [{ label }] = await query(board,
			    `SELECT label FROM cccp.queue WHERE name = '${name}'`);

			await eventually(async () => {
				assert.equal((await shown(board)).user.queue, label);
			});
		}
		await told('available');
		await eventually(async () => {
			assert.equal((await shown(board)).user.queue, null);
		});
	});

	await t.test('a hold and a wrap-up that the poller sees first', async () => {
		for (const [verb, state] of [['hold', 'held'],
			['wrapup', 'wrapup']]) {
			process.kill(pid(board, 'poller'), 'SIGKILL');
			await told('quiet');
			await told(verb);
			await sim(board, 'step 0');
			restart(board, 'poller');
			assert.ok((await assertMoment(board, state))
			    .state_since_told, 'the protocol dates it');
		}
	});
});
