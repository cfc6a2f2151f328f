#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The view that the URL says: filters, order, pages, and what is asked for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { page, source } from './lib/modules.mjs';

const V = { ...await page('js/model/view.js'),
	...await page('js/lists/address.js') };
const { parseValues, formatValues } = await page('js/lib/values.js');
const { exportQuestion, questions } = await page('js/lists/questions.js');
const { spanTerms } = await page('js/parts/narrow/period.js');
const { LISTS } = await page('js/lists/lists.js');
const { translator } = await page('js/lib/i18n.js');
const { chipsOf } = await page('js/parts/narrow/chips.js');
const fr = await translator('fr');

test('the view of an address, and the address of a view', () => {
	const plain = V.parse('');

	assert.equal(V.format(plain), '');
	assert.equal(questions(plain)[0],
	    `users?sort=name&page=1&per_page=50&fields=${LISTS.users.asked}`);
	const address = '?q=zo%C3%A9%20le&state=paused,-talking&team=Lyon/Matin' +
	    '&logged=true&sort=-state_seconds,name&page=3&per_page=25' +
	    '&cols=state,phone&user=prod/fblo';

	assert.equal(V.format(V.parse(address)), address);
	assert.deepEqual(questions(V.parse(address)),
	    ['users?q=zo%C3%A9%20le&state=paused,-talking&team=Lyon/Matin' +
	    '&logged=true&sort=-state_seconds,name&page=3&per_page=25' +
	    `&fields=${LISTS.users.asked}`]);
	assert.equal(exportQuestion(V.parse(address), 'strict'),
	    'users?q=zo%C3%A9%20le&state=paused,-talking&team=Lyon/Matin' +
	    '&logged=true&sort=-state_seconds,name&format=csv&csv=strict');
	/* Nonsense in numbers is the default, not a number of our making. */
	for (const bad of ['0', '-1', '1.5', 'x', '', '1e3', '99999999999'])
		assert.equal(V.parse(`?page=${bad}`).page, 1);
	assert.equal(V.parse('?per_page=501').perPage, 50);
	assert.equal(V.parse('?per_page=73').perPage, 73);
	assert.equal(V.parse('?logged=maybe').terms.logged, null);
});

test('what is asked of rows is what their columns are made of', () => {
	for (const list of Object.values(LISTS)) {
		const made = Object.keys(list.lasting);

		for (const [since, seconds] of Object.values(list.lasting))
			assert.ok([since, seconds].every((field) =>
			    list.asked.includes(field)), `${list.view} ${since}`);
		assert.ok(list.asked.includes('stale'), list.view);
		assert.ok(!list.asked.some((field) => made.includes(field)));
	}
	assert.ok(LISTS.users.asked.includes('known_state'));
	assert.ok(!LISTS.users.asked.includes('phone_uri'));
});

test('each list has its own filters, order and address', () => {
	const queues = V.parse('?view=queues&state=paused&q=acc&type=queue' +
	    '&hidden=true&logged=true');

	assert.equal(V.format(queues),
	    '?view=queues&q=acc&type=queue&hidden=true');
	assert.deepEqual(questions(queues), [
		'queues?q=acc&type=queue&hidden=true&sort=label&page=1&per_page=50' +
		`&fields=${LISTS.queues.asked}`]);
	const calls = V.parse('?view=calls&active=true&direction=-outbound' +
	    '&from=2026-03-29&to=2026-03-29T12:30');

	assert.equal(V.format(calls), '?view=calls&direction=-outbound' +
	    '&active=true&from=2026-03-29&to=2026-03-29T12:30');
	const iso = (text) => new Date(text).toISOString().replace('.000', '');

	assert.equal(questions(calls)[0], 'calls?direction=-outbound&active=true' +
	    `&from=${iso('2026-03-29T00:00')}&to=${iso('2026-03-29T12:30')}` +
	    '&sort=-active,-queued_at&page=1&per_page=50' +
	    `&fields=${LISTS.calls.asked}`);
	assert.equal(questions(calls).length, 1);
	assert.match(exportQuestion(calls, 'strict'), /^calls\?.*csv=strict$/);
	for (const bad of ['yesterday', '2026-13-01', '2026-03-29T25:00', ''])
		assert.equal(V.parse(`?view=calls&from=${bad}`).terms.from, null);
	assert.equal(V.parse('?view=nonsense').view, 'users');
	assert.equal(V.parse('?view=toString').view, 'users');
	/* The wall knows no search, no user, and narrows what it can. */
	const wall = V.parse('?view=wall&q=x&user=a/b&team=A&source=s');
	const [first, second, third] = questions(wall);

	assert.equal(V.format(wall), '?view=wall&team=A&source=s');
	/* The server says which queues are the busiest. */
	assert.match(first, new RegExp('^queues\\?source=s&sort=-waiting_tasks,' +
	    '-longest_wait_seconds,-running_tasks&per_page=12&fields='));
	assert.doesNotMatch(first, /agent|user|login(?!_)|team/);
	assert.equal(second, 'users?team=A&source=s&per_page=1');
	assert.match(third,
	    /^queues\?source=s&hidden=true&sort=-longest_wait_seconds&per_page=1&fields=/);
});

test('usual spans are whole days of the reader, over any change of clocks', () => {
	const noon = new Date(2026, 2, 30, 12).getTime();

	assert.deepEqual(spanTerms('today', noon), { from: null, to: null });
	assert.deepEqual(spanTerms('yesterday', noon),
	    { from: '2026-03-29', to: '2026-03-30' });
	assert.deepEqual(spanTerms('week', noon),
	    { from: '2026-03-24', to: null });
});

test('values of filters may hold any letter', () => {
	const nasty = ['', '-a', 'a,b', 'a\\', '\\,', '-', '--', 'é&=#?/+ %',
		'…'];
	const items = nasty.flatMap((value) => [{ value, not: false },
		{ value, not: true }]);

	assert.deepEqual(parseValues(formatValues(items)), items);
	for (const item of items)
		assert.deepEqual(parseValues(formatValues([item])), [item]);
	assert.deepEqual(parseValues(null), []);
	assert.deepEqual(parseValues(''), [{ value: '', not: false }]);
	assert.deepEqual(parseValues('a\\'), [{ value: 'a\\', not: false }]);
	const view = items.reduce((v, { value }) =>
	    V.picks(v, 'team', value) ? v : V.toggle(v, 'team', value),
	V.parse(''));

	assert.deepEqual(V.parse(V.format(view)), view);
	assert.equal(view.filters.team.length, nasty.length);
});

test('filters go on and off, and start again at the first page', () => {
	const third = V.toPage(V.parse('?state=-paused,talking'), 3);
	const on = V.toggle(third, 'state', 'paused');

	assert.equal(on.page, 1);
	assert.equal(V.format(on), '?state=talking,paused');
	assert.equal(V.format(V.toggle(on, 'state', 'talking')),
	    '?state=paused');
	assert.equal(V.format(V.drop(third, 'state', 'paused')),
	    '?state=talking');
	assert.ok(V.admits(on, 'state', 'paused'));
	assert.ok(!V.admits(on, 'state', 'held'));
	assert.ok(V.admits(V.parse('?state=-paused'), 'state', 'held'));
	assert.ok(!V.admits(V.parse('?state=-paused,paused'), 'state', 'paused'));
	assert.ok(V.admits(V.parse(''), 'state', 'held'));
	assert.equal(V.format(V.search(third, ' a ')),
	    '?q=a&state=-paused,talking');
	assert.ok(V.isNarrowed(third));
	assert.ok(!V.isNarrowed(V.clearAll(third)));
	assert.ok(!V.isNarrowed(V.search(V.parse(''), '  ')));
	assert.equal(third.page, 3);
	assert.equal(V.format(third), '?state=-paused,talking&page=3');
});

test('headers sort by one key, with Shift by up to four', () => {
	let view = V.parse('?page=4');
	const sort = (key, descending, add, address) => {
		view = V.sortBy(view, key, descending, add);
		assert.equal(V.format(view), address);
	};

	sort('name', false, false, '?sort=-name');
	sort('state_seconds', true, false, '?sort=-state_seconds');
	sort('name', false, true, '?sort=-state_seconds,name');
	sort('name', false, true, '?sort=-state_seconds,-name');
	sort('team', false, true, '?sort=-state_seconds,-name,team');
	sort('state_seconds', true, true, '?sort=state_seconds,-name,team');
	/* Turned round already: with Shift it goes. */
	sort('state_seconds', true, true, '?sort=-name,team');
	sort('kind', false, true, '?sort=-name,team,kind');
	sort('phone', false, true, '?sort=-name,team,kind,phone');
	sort('state', false, true, '?sort=-name,team,kind,state');
	sort('team', false, false, '?sort=team');
	/* The only key stays, whatever one does. */
	sort('team', false, true, '?sort=-team');
	sort('team', false, true, '?sort=team');
});

test('another page size keeps the first row in sight', () => {
	assert.equal(V.resize(V.parse('?page=3&per_page=50'), 25).page, 5);
	assert.equal(V.resize(V.parse('?page=5&per_page=25'), 500).page, 1);
});

test('a chip for everything that narrows, and nothing else', () => {
	const view = V.parse('?q=zoe&state=paused&kind=-agent&team=,A&logged=true' +
	    '&page=2&sort=team');
	const chips = chipsOf(view, fr);

	assert.deepEqual(chips.map(({ name, word }) => `${name} ${word}`), [
		'Recherche « zoe »', 'Session connectés', 'État Pause',
		'Type sauf Agent', 'Équipe (sans)', 'Équipe A']);
	assert.equal(V.format(chips.reduce((v, { off }) => off(v), view)),
	    '?sort=team');
});

test('chips of calls: queues as people call them, times in full', () => {
	const chips = chipsOf(V.parse('?view=calls&queue=s/acc__A&active=false' +
	    '&direction=inbound&from=2026-03-29T08:05'), fr,
	(key) => ({ 's/acc__A': 'Accueil' })[key]);

	assert.deepEqual(chips.map(({ name, word }) => `${name} ${word}`), [
		'Appels terminés', 'Depuis 29/03/2026 08:05', 'Sens entrant',
		'File Accueil']);
});

/* Parameters that do not narrow a list. */
const OTHERS = ['page', 'after', 'per_page', 'sort', 'fields', 'generation',
	'format', 'csv'];

test('a filter of the API that is in the address is a chip, and asked for',
    () => {
	const { paths, components } = JSON.parse(
	    source('api/v1/openapi.json'));
	const values = { __proto__: null, boolean: 'true', integer: '90',
		array: 'paused', string: 'x' };

	for (const list of ['users', 'queues', 'calls']) {
		const filters = paths[`/api/v1/${list}`].get.parameters
		    .map((one) => one.$ref === undefined ? one :
		        components.parameters[one.$ref.split('/').at(-1)])
		    .filter(({ name }) => !OTHERS.includes(name));

		assert.ok(filters.length > 3, list);
		for (const { name, schema } of filters) {
			const value = ['from', 'to'].includes(name) ?
				'2026-03-29T08:05' : values[schema.type];
			const view = V.parse(`?view=${list}&${name}=${value}`);
			const [chip, ...more] = chipsOf(view, fr, String);

			assert.ok(chip !== undefined, `${list}: ${name}`);
			assert.deepEqual(more, []);
			assert.equal(V.format(chip.off(view)),
			    V.format(V.parse(`?view=${list}`)), name);
			assert.match(questions(view)[0],
			    new RegExp(`[?&]${name}=`));
		}
	}
});

test('chips of durations', () => {
	const words = (search) => chipsOf(V.parse(search), fr)
	    .map(({ name, word }) => `${name} ${word}`);

	assert.deepEqual(words('?state_seconds_gt=900&state_seconds_lt=90061' +
	    '&login_seconds_gt=43200&login_seconds_lt=0'), [
		'Dans l’état depuis plus de 15\u00a0min',
		'Dans l’état depuis moins de 1\u00a0j 1\u00a0h 1\u00a0min 1\u00a0s',
		'Session depuis plus de 12\u00a0h', 'Session depuis moins de 0\u00a0s']);
	for (const bad of ['', '-1', '1.5', 'x', '1000000001'])
		assert.deepEqual(words(`?state_seconds_gt=${bad}`), [], bad);
});
