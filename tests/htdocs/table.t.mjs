#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// What the table shows and when it holds still, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { page } from './lib/modules.mjs';

const { ApiError } = await page('js/lib/api.js');
const { Board } = await page('js/page/board.js');
const { listed, moved } = await page('js/parts/narrow/chooser.js');
const { columnsOf } = await page('js/lists/fields.js');
const { LISTS } = await page('js/lists/lists.js');
const { createClock } = await page('js/model/clock.js');
const { translator } = await page('js/lib/i18n.js');
const { defectsWord } = await page('js/parts/sources.js');
const { failureWord, noticesOf, tone } = await page('js/model/sources.js');
const { arrange, differs, receive, settled } = await page('js/model/rows.js');
const fr = await translator('fr');

/* Numbers that look random and are the same each time. */
function dice(seed) {
	let state = seed;

	return (n) => {
		state = (state * 1103515245 + 12345) % 2147483648;
		return Math.floor(state / 2147483648 * n);
	};
}

function shuffled(keys, roll) {
	return keys.map((key) => [roll(1e6), key]).sort(([a], [b]) => a - b)
	    .map(([, key]) => key);
}

/** The length of the longest common subsequence, the slow and sure way. */
function longest(a, b) {
	const row = new Array(b.length + 1).fill(0);

	for (const x of a) {
		let corner = 0;

		b.forEach((y, j) => {
			const above = row[j + 1];

			row[j + 1] = x === y ? corner + 1 :
			    Math.max(above, row[j]);
			corner = above;
		});
	}
	return row[b.length];
}

test('as many rows as possible stay where they are', () => {
	const roll = dice(1);

	for (let round = 0; round < 300; round++) {
		const all = Array.from({ length: roll(14) }, (_, i) => `k${i}`);
		const from = shuffled(all, roll).slice(0, roll(14));
		const to = shuffled(all, roll).slice(0, roll(14));
		const kept = [...settled(from, to)];

		assert.equal(kept.length, longest(from, to));
		for (const list of [from, to])
			assert.deepEqual(list.filter((key) => kept.includes(key))
			    .sort((a, b) => to.indexOf(a) - to.indexOf(b)),
			list.filter((key) => kept.includes(key)));
	}
});

test('while held nothing moves, and what would is counted', () => {
	const is = (shown, next, held) => {
		const { order, departed, pending } = arrange(shown, next, held);

		return [order.join(''), [...departed].join(''), pending];
	};
	const l = (text) => [...text];

	assert.deepEqual(is(l('abcd'), l('bcda'), false), ['bcda', '', 0]);
	assert.deepEqual(is(l('abcd'), l('bcda'), true), ['abcd', '', 1]);
	assert.deepEqual(is(l('abcd'), l('dcba'), true), ['abcd', '', 3]);
	assert.deepEqual(is(l('abcd'), l('abd'), true), ['abcd', 'c', 1]);
	assert.deepEqual(is(l('abcd'), l('abxcd'), true), ['abcd', '', 1]);
	assert.deepEqual(is(l('abcd'), l('abcd'), true), ['abcd', '', 0]);
	assert.deepEqual(is(l('ab'), [], true), ['ab', 'ab', 2]);
	/* Nothing is shown yet: there is nothing to hold. */
	assert.deepEqual(is([], l('ab'), true), ['ab', '', 0]);
});

const { users, queues, calls } = LISTS;

test('columns: the first stays first, unknown ones are left out, none twice',
    () => {
	const keys = (chosen) => columnsOf(users, chosen).map(({ key }) => key);

	assert.deepEqual(keys(null), ['user', ...users.usual]);
	assert.deepEqual(keys(['phone', 'user', 'nonsense', 'state']),
	    ['user', 'phone', 'state']);
	assert.deepEqual(keys([]), ['user']);
	for (const list of [users, queues, calls]) {
		assert.equal(new Set(list.columns.map(({ key }) => key)).size,
		    list.columns.length);
		for (const column of list.columns) {
			assert.equal(typeof column.text, 'function', column.key);
			assert.ok(column.width > 0, column.key);
		}
	}
});

test('the chooser lists all columns and moves the chosen ones', () => {
	const { shown, all } = listed(users, ['phone', 'state']);

	assert.deepEqual(shown, ['phone', 'state']);
	assert.equal(all.length, users.columns.length - 1);
	assert.equal(new Set(all).size, all.length);
	assert.deepEqual(moved(['a', 'b', 'c'], 2, -1), ['a', 'c', 'b']);
	assert.deepEqual(moved(['a', 'b', 'c'], 0, -1), ['a', 'b', 'c']);
	assert.deepEqual(moved(['a', 'b', 'c'], 2, 1), ['a', 'b', 'c']);
});

const NOW = '2026-01-10T09:00:00.000+01:00';
const ada = { source: 's', login: 'ada', name: 'Ada', state: 'talking',
	state_since: 'x', state_seconds: 10, login_at: null,
	login_seconds: null, queues: ['A', 'B'], stale: false };

test('cells are written again only when what they show has changed', () => {
	assert.ok(differs(undefined, ada, ['name']));
	assert.ok(!differs(ada, { ...ada, queues: ['A', 'B'] }, ['queues']));
	assert.ok(differs(ada, { ...ada, queues: ['B', 'A'] }, ['queues']));
	assert.ok(differs(ada, { ...ada, name: null }, ['login', 'name']));
});

test('an unknown value is empty, zero is zero', () => {
	const context = { t: fr, now: () => Date.parse(NOW),
	    today: Date.parse(NOW) };
	const text = (key, user) => users.columns.find((c) => c.key === key)
	    .text(user, context);
	const [row] = receive(users, [ada], NOW).values();

	assert.equal(text('total_inbound', { total_inbound: null }), '');
	assert.equal(text('total_inbound', { total_inbound: 0 }), '0');
	assert.equal(text('pause_seconds', { pause_seconds: null }), '');
	assert.equal(text('pause_seconds', { pause_seconds: 0 }), '0s');
	assert.equal(text('state_seconds', row), '10s');
	assert.equal(text('login_seconds', row), '');
	assert.equal(text('queues', row), 'A, B');
	assert.equal(text('team', { team: null }), '');
	/* The last task is not the current one when there is no call in hand. */
	const task = { task: 'managing', task_label: 'Appel' };

	assert.equal(text('task', { ...task, busy_count: 0 }), '');
	assert.equal(text('task', { ...task, busy_count: null }), '');
	assert.equal(text('task', { ...task, busy_count: 1 }), 'Appel');
	assert.equal(text('task', { task: 'managing', task_label: null,
	    busy_count: 1 }), 'managing');
	assert.equal(text('task', { task: null, task_label: 'libre',
	    busy_count: 1 }), '');
});

/** A board with a hand-driven clock, and answers as the API gives them. */
function bench(search = '') {
	let time = 0;
	const board = new Board(createClock(() => time), search);
	const meta = (ms) => ({ generated_at: new Date(Date.parse(NOW) + ms)
	    .toISOString(), generation: 1, total: 1, filtered: 1, page: 1,
	    per_page: 50, pages: 1 });

	board.t = fr;
	return {
		board,
		wait: (ms) => { time += ms; },
		answer(rows, age = 1, view = board.view) {
			board.answered(view, { body: { meta: meta(time),
			    facets: {}, [LISTS[view.view].name]: rows },
			        fresh: true },
			    { body: { meta: meta(time), sources: [{ source: 's',
			        status: age > 15 ? 'stale' : 'live',
			        stale: age > 15, age_seconds: age, error: null }] },
			    fresh: true });
		},
		notices: () => noticesOf({ contact: board.contact,
		    sources: board.sources, now: board.time(), t: fr }),
	};
}

test('one missed answer is no alarm, two are; time then stands still', () => {
	const { board, wait, answer, notices } = bench();

	answer([ada]);
	assert.equal(board.contact.lost, false);
	const before = board.now(board.rows.get('s/ada'));

	wait(2000);
	board.failed(board.query(), new ApiError(0));
	assert.equal(board.contact.lost, false);
	assert.equal(board.age(ada), '');
	wait(2000);
	board.failed(board.query(), new ApiError(0));
	assert.equal(board.contact.lost, true);
	assert.equal(board.now(ada), before);
	assert.equal(board.age(ada), '4\u00a0s');
	assert.equal(board.rows.size, 1, 'the last rows stay');
	wait(56000);
	assert.equal(board.now(ada), before);
	assert.equal(board.age(ada), '1\u00a0min');
	assert.match(notices()[0].word, /^Contact perdu .*1.min.*pas de réponse/u);
	answer([ada]);
	assert.equal(board.contact.lost, false);
	assert.equal(board.age(ada), '');
	assert.deepEqual(notices(), []);
});

test('what is wrong with the data of a source is said by kind and field', () => {
	const unreadable = (list, field, path, count) => ({ kind: 'unreadable',
		list, field, path, count });

	assert.equal(defectsWord([], fr), '');
	assert.equal(defectsWord([unreadable('users', 'team', 'group.path', 1)],
	    fr), '1 valeur illisible : Équipe (1)');
	assert.equal(defectsWord([
		unreadable('users', 'name', 'name', 2),
		unreadable('queues', 'waiting_tasks', 'waiting_tasks_count', 1),
		unreadable('calls', null, 'connections.last.call_id', 1),
		{ kind: 'left_out', list: 'users', field: 'login', path: 'login',
			count: 1 }], fr),
	'4 valeurs illisibles : Utilisateur : nom et login (2), ' +
	    'Appels en attente (1), connections.last.call_id (1) ; ' +
	    '1 objet écarté, sans clé valable : Login (1)');
});

test('a duration that was shown is not taken back when contact ends', () => {
	const { board, wait, answer } = bench();

	answer([ada]);
	wait(3000);
	const shown = board.now(ada);

	board.failed(board.query(), new ApiError(0));
	board.failed(board.query(), new ApiError(0));
	wait(1000);
	assert.equal(board.now(ada), shown);
	assert.equal(board.age(ada), '4\u00a0s', 'the age is of the answer');
	answer([ada]);
	assert.ok(board.now(ada) > shown);
	/* A source's last sign of life is older than what was shown, too. */
	wait(14_000);
	const last = board.now(ada);

	wait(2000);
	answer([{ ...ada, stale: true }], 17);
	assert.equal(board.now({ ...ada, stale: true }), last);
	assert.equal(board.age({ ...ada, stale: true }), '17\u00a0s');
	/* After minutes asleep what is known outweighs what was shown. */
	wait(300_000);
	board.now({ source: 's' });
	answer([{ ...ada, stale: true }], 317);
	assert.ok(board.now({ ...ada, stale: true }) < last);
});

test('what the server says is said at once and in its words', () => {
	const { board, answer, notices } = bench();
	const away = new ApiError(503, { title: 'Base absente',
	    detail: 'La base de données ne répond pas.' });

	board.failed(board.query(), away);
	assert.match(notices()[0].word,
	    /^Le serveur ne donne pas de données\..* Base absente : La base/);
	answer([ada]);
	board.failed(board.query(), away);
	assert.equal(board.contact.lost, true);
	assert.equal(failureWord(new ApiError(502), fr), '(réponse 502)');
	assert.match(failureWord(new TypeError('x is no function'), fr),
	    /erreur de la page.*x is no function/);
});

test('rows of one question are never shown under another', () => {
	const { board, answer } = bench('?state=talking');
	const asked = board.view;

	answer([ada]);
	board.goTo('?state=paused');
	assert.ok(board.waiting());
	board.failed(board.query(), new ApiError(0));
	assert.equal(board.rows.size, 0);
	assert.equal(board.answer, null);
	assert.equal(board.contact.lost, true);
	board.goTo('?state=talking');
	answer([ada], 1, asked);
	assert.equal(board.rows.size, 1);
});

test('a refused question is not lost contact', () => {
	const { board, answer, notices } = bench('?state=nonsense');
	const refusal = new ApiError(400, { title: 'Paramètre', detail: 'state' });

	board.failed(board.query(), refusal);
	assert.equal(board.refusal, refusal);
	assert.equal(board.contact.lost, false);
	assert.ok(!board.waiting());
	assert.deepEqual(notices(), []);
	board.goTo('');
	answer([ada]);
	assert.equal(board.refusal, null);
	for (const status of [0, 401, 403, 408, 429, 500, 503])
		assert.equal(new ApiError(status).refused, false, `${status}`);
	for (const status of [400, 404, 409, 414])
		assert.equal(new ApiError(status).refused, true, `${status}`);
	for (const [type, refused] of [['too-much', true], ['busy', false]])
		assert.equal(new ApiError(503, { type:
		    `urn:cccp-board:problem:${type}` }).refused, refused, type);
});

test('a stale source stops its own users only, at its last sign of life', () => {
	const { board, wait, answer, notices } = bench();
	const old = { ...ada, state: 'unknown', known_state: 'talking',
	    stale: true };

	answer([old], 40);
	assert.equal(board.age(old), '40\u00a0s');
	assert.equal(board.age({ ...ada, source: 'other' }), '');
	const stopped = board.now(old);

	assert.equal(board.time() - stopped, 40000);
	wait(5000);
	assert.equal(board.now(old), stopped);
	assert.equal(board.age(old), '45\u00a0s');
	assert.match(notices()[0].word, /La source s se tait depuis .*45.s/u);
	assert.equal(notices()[0].tone, 'bad');
});

test('a source is what it says', () => {
	assert.equal(tone({ status: 'live', stale: false }), 'live');
	assert.equal(tone({ status: 'stale', stale: true }), 'stale');
	assert.equal(tone({ status: 'connecting', stale: true }), 'connecting');
	assert.equal(tone({ status: 'down', stale: false }), 'down');
	assert.equal(tone({ status: 'something new', stale: false }), 'down');
	assert.equal(tone({ status: 'live', stale: false }, true), 'lost');
});

test('what one tab has got is not shown in another', () => {
	const { board, answer } = bench();
	const queue = { source: 's', name: 'q', label: 'Q', stale: false,
	    oldest_waiting_at: 'x', longest_wait_seconds: 5 };

	answer([ada]);
	board.goTo('?view=queues');
	assert.equal(board.rows.size, 0);
	assert.equal(board.answer, null);
	assert.ok(board.waiting());
	answer([queue]);
	assert.equal(board.rows.get('s/q').waitStart.start,
	    Date.parse(NOW) - 5000);
	board.goTo('?view=queues&q=x');
	assert.equal(board.rows.size, 1, 'the same tab keeps its last rows');
});

test('the wait of a call ticks while it waits, and not after', () => {
	const context = { t: fr, now: () => Date.parse(NOW) + 3000,
	    today: Date.parse(NOW) };
	const text = (key, row) => calls.columns.find((c) => c.key === key)
	    .text([...receive(calls, [row], NOW).values()][0], context);
	const call = { source: 's', call_key: 'c', direction: 'inbound',
	    stage: 'waiting', active: true, queued_at: 'q', unqueued_at: null,
	    managed_at: null, post_managed_at: null, waiting_seconds: 7,
	    contact_seconds: null, queue: 'acc__A', queue_label: null };

	assert.equal(text('waiting_seconds', call), '10s');
	assert.equal(text('contact_seconds', call), '');
	const taken = { ...call, stage: 'talking', managed_at: 'm',
	    contact_seconds: 20 };

	assert.equal(text('waiting_seconds', taken), '7s');
	assert.equal(text('contact_seconds', taken), '23s');
	assert.equal(text('contact_seconds', { ...taken, stage: 'wrapup' }), '20s');
	assert.equal(text('queue', call), 'acc__A');
});

test('a total of the day ticks while it is running, and not after', () => {
	const context = { t: fr, now: () => Date.parse(NOW) + 3000,
	    today: Date.parse(NOW) };
	const text = (key, row) => users.columns.find((c) => c.key === key)
	    .text([...receive(users, [row], NOW).values()][0], context);
	const row = { ...ada, state: 'paused', mode_since: 'm',
	    pause_seconds: 1560, talk_seconds: 50, held_seconds: null,
	    running: ['pause_seconds'] };

	assert.equal(text('pause_seconds', row), '26m03s');
	assert.equal(text('talk_seconds', row), '50s');
	assert.equal(text('held_seconds', row), '');
	assert.equal(text('pause_seconds', { ...row, running: [] }), '26m00s');
});

test('the longest wait of the day is never less than one going on', () => {
	const context = { t: fr, now: () => Date.parse(NOW) + 3000,
	    today: Date.parse(NOW) };
	const text = (row) => queues.columns.find(({ key }) =>
	    key === 'waiting_seconds_max').text([...receive(queues, [{
		source: 's', name: 'q', stale: false, ...row }],
	    NOW).values()][0], context);

	assert.equal(text({ oldest_waiting_at: 'o', longest_wait_seconds: 9,
	    waiting_seconds_max: 9 }), '12s');
	assert.equal(text({ oldest_waiting_at: 'o', longest_wait_seconds: 9,
	    waiting_seconds_max: 60 }), '1m00s');
	assert.equal(text({ oldest_waiting_at: null, longest_wait_seconds: null,
	    waiting_seconds_max: 4 }), '4s');
	assert.equal(text({ oldest_waiting_at: null, longest_wait_seconds: null,
	    waiting_seconds_max: null }), '');
});

test('a page that is no more leads to the last one', () => {
	const { board, answer } = bench('?page=9');

	assert.equal(board.lastPage(), null);
	answer([]);
	assert.equal(board.lastPage().page, 1);
	board.goTo('');
	assert.equal(board.lastPage(), null);
});

test('no cell shows another user’s values after an update', () => {
	const first = receive(users, [ada], NOW);
	const next = receive(users, [{ ...ada, login: 'bob', state_seconds: 3 },
		{ ...ada, state_seconds: 12 }],
	    '2026-01-10T09:00:02.900+01:00', first);

	assert.deepEqual([...next.keys()], ['s/bob', 's/ada']);
	assert.equal(next.get('s/ada').stateStart.start,
	    first.get('s/ada').stateStart.start);
	assert.notEqual(next.get('s/bob').stateStart.start,
	    first.get('s/ada').stateStart.start);
});
