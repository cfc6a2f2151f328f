#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Each dictionary has every word that the page uses, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dictionary, files, page, source } from './lib/modules.mjs';

const { LANGUAGES, translator } = await page('js/lib/i18n.js');
const { KEYS } = await page('js/parts/help.js');
const { LISTS, TERMS } = await page('js/lists/lists.js');
const { STAGES, STATES } = await page('js/model/states.js');
const words = Object.fromEntries(await Promise.all(LANGUAGES.map(
    async (language) => [language, await dictionary(language)])));
const code = files('js').filter((name) => name !== 'lib/i18n.js')
    .map((name) => source(`js/${name}`)).join('\n');
const html = source('index.html');
const views = Object.keys(LISTS);
const columns = Object.values(LISTS).flatMap((list) => list.columns)
    .map(({ key, words = key }) => words);
const told = LISTS.users.fields.filter(({ section }) => section !== undefined);
const facets = Object.values(LISTS).flatMap((list) => list.facets);
const lists = views.filter((view) => view !== 'wall');
const stages = Object.keys(STAGES);
/* Where totals.js says which words its buttons have. */
const totals = [...STATES.map((state) => `state.${state}`),
	...stages.map((stage) => `stage.${stage}`),
	...['all', 'logged', 'hidden', 'both', 'active', 'over']
	    .map((name) => `totals.${name}`)];
const tones = ['live', 'connecting', 'stale', 'down'];

const roles = ['wall', 'reader', 'supervisor', 'admin', 'auditor'];

/* Keys that the code puts together, by how it writes them. */
const composed = {
	'state.${state}': STATES.map((s) => `state.${s}`),
	'state.${name}': STATES.map((s) => `state.${s}`),
	'${spec.words}.title': totals.map((words) => `${words}.title`),
	'stage.${stageOf(call.stage).name}': stages.map((s) => `stage.${s}`),
	'stage.${name}': stages.map((s) => `stage.${s}`),
	'${facet}.${value}': ['kind.agent', 'kind.supervisor',
	    'direction.inbound', 'direction.outbound',
	    ...STATES.map((s) => `state.${s}`),
	    ...stages.map((s) => `stage.${s}`)],
	'kind.${user.kind}': ['kind.agent', 'kind.supervisor'],
	'kind.${value}': ['kind.agent', 'kind.supervisor'],
	'direction.${row.direction}': ['direction.inbound',
	    'direction.outbound'],
	'filter.${facet}': facets.map((f) => `filter.${f}`),
	'filter.${term}': Object.keys(TERMS).map((term) => `filter.${term}`),
	'filter.${name}': ['filter.from', 'filter.to'],
	'${term}.${value}': ['logged.true', 'logged.false', 'active.true',
	    'active.false', 'hidden.true'],
	'period.${name}': ['today', 'yesterday', 'week']
	    .map((name) => `period.${name}`),
	'tab.${name}': views.map((view) => `tab.${view}`),
	'tab.${name}.title': views.map((view) => `tab.${view}.title`),
	'tab.${view.view}': views.map((view) => `tab.${view}`),
	'tab.${list.view}': views.map((view) => `tab.${view}`),
	'search.${view.view}': lists.map((view) => `search.${view}`),
	'counts.${view.view}': views.map((view) => `counts.${view}`),
	'digest.${view.view}': views.map((view) => `digest.${view}`),
	"empty.${answer.meta.total === 0 ? 'nothing' : 'none'}.${\n\t    view.view}":
	    views.flatMap((view) => [`empty.nothing.${view}`,
	        `empty.none.${view}`]),
	'col.${words}': columns.map((words) => `col.${words}`),
	'col.${name}': columns.map((words) => `col.${words}`),
	'field.${words}': columns.map((words) => `field.${words}`),
	'field.${key}': told.map(({ key }) => `field.${key}`),
	'detail.${name}': told.map(({ section }) => `detail.${section}`),
	'sort.rank.${way}': ['sort.rank.ascending', 'sort.rank.descending'],
	'source.${kind}': [...tones, 'lost'].map((s) => `source.${s}`),
	'defect.${kind}': ['unreadable', 'same_key', 'left_out']
	    .map((kind) => `defect.${kind}`),
	'notice.${kind}': tones.slice(1).map((s) => `notice.${s}`),
	'role.${role}': roles.map((role) => `role.${role}`),
	'role.${me.role}': roles.map((role) => `role.${role}`),
	'grant.${name}': ['team', 'queue', 'source'].map((s) => `grant.${s}`),
	'tab.${saved.list}': lists.map((view) => `tab.${view}`),
	'tab.${shown.view}': lists.map((view) => `tab.${view}`),
	'saved.group.${name}': ['mine', 'others', 'shipped']
	    .map((group) => `saved.group.${group}`),
	'saved.shipped.${shipped}': ['available', 'paused', 'wrapup', 'sessions']
	    .map((name) => `saved.shipped.${name}`),
	'theme.${choice}': ['system', 'light', 'dark'].map((c) => `theme.${c}`),
	'language.${other}': LANGUAGES.map((l) => `language.${l}`),
	'language.${other}.short': LANGUAGES.map((l) => `language.${l}.short`),
	"direction.${incoming ? 'inbound' : 'outbound'}":
	    ['direction.inbound', 'direction.outbound'],
};

/** Every key that the page uses. */
function used() {
	const keys = new Set(['day', ...totals]);

	for (const [, key] of html.matchAll(/data-t(?:-\w+)?="([^"]+)"/g))
		keys.add(key);
	/* t('key'…), and the two branches of t(… ? 'a' : 'b'). */
	for (const [, args] of code.matchAll(/\bt\(([^`]*?)[;{`]/gs))
		for (const [, key] of args.matchAll(/'([a-z_]+(?:\.[a-z_]+)*)'/g))
			if (key.includes('.') || found(words.fr, key))
				keys.add(key);
	for (const [, template] of code.matchAll(/\bt\([^;]*?`([^`]+)`/gs)) {
		assert.ok(template in composed,
		    `the key \`${template}\` is not listed in this test`);
		for (const key of composed[template])
			keys.add(key);
	}
	for (const list of Object.values(composed))
		for (const key of list)
			keys.add(key);
	return keys;
}

/** A key as t() looks it up: with a number there are two. */
function found(dictionary, key) {
	return key in dictionary || ['one', 'other'].every((form) =>
	    `${key}.${form}` in dictionary);
}

test('both languages have the same keys, in the same order', () => {
	assert.deepEqual(Object.keys(words.en), Object.keys(words.fr));
});

test('every key that the page uses has its words', () => {
	const keys = used();

	assert.ok(keys.size > 150, `only ${keys.size} keys found in the code`);
	for (const language of LANGUAGES)
		for (const key of keys)
			assert.ok(found(words[language], key),
			    `${key} is missing in ${language}`);
});

test('every key with words is used', () => {
	const keys = used();

	for (const key of Object.keys(words.fr))
		assert.ok(keys.has(key) ||
		    keys.has(key.replace(/\.(one|other)$/, '')),
		    `${key} is used nowhere`);
});

test('the same places are filled in in both languages', () => {
	const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

	for (const key of Object.keys(words.fr))
		assert.deepEqual(places(words.en[key]), places(words.fr[key]), key);
});

test('no word is empty', () => {
	for (const language of LANGUAGES)
		for (const [key, text] of Object.entries(words[language]))
			assert.notEqual(text.trim(), '', `${language} ${key}`);
});

test('words are filled in, numbers in the language, plurals by its rule',
    async () => {
	const fr = await translator('fr'), en = await translator('en');

	assert.equal(fr('pending', { n: 0 }), '0 ligne a changé de place');
	assert.equal(fr('pending', { n: 1 }), '1 ligne a changé de place');
	assert.equal(fr('pending', { n: 2 }), '2 lignes ont changé de place');
	assert.equal(en('pending', { n: 0 }), '0 lines have changed places');
	assert.equal(en('pending', { n: 1200 }),
	    '1,200 lines have changed places');
	assert.match(fr('digest.users', { n: 10000, page: 1, pages: 20 }),
	    /^10.000 utilisateurs, page 1 sur 20\.$/u);
	assert.equal(fr('chip.remove', { name: '{word}', word: '$&' }),
	    'Retirer {word} : $&');
	assert.throws(() => fr('no.such.key'), /no\.such\.key/);
});

test('the help explains every state, stage, column and key, and no other',
    async () => {
	const wanted = [...STATES.map((state) => `state.${state}`),
		...stages.map((stage) => `stage.${stage}`),
		...new Set(columns),
		...Object.keys(KEYS).map((key) => `key.${key}`)].sort();

	for (const language of LANGUAGES) {
		const help = await dictionary(`help-${language}`);
		const caps = Object.keys(help).filter((key) =>
		    key.startsWith('cap.'));

		assert.deepEqual(Object.keys(help).filter((key) =>
		    !caps.includes(key)).sort(), wanted, language);
		for (const cap of caps)
			assert.ok(Object.values(KEYS).flat().includes(
			    cap.slice(4)), cap);
		for (const [key, text] of Object.entries(help))
			assert.ok(text.length > (key.startsWith('cap.') ? 1 : 8),
			    `${language} ${key}`);
	}
});
