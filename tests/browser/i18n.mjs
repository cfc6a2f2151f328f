// Both dictionaries say all that the page says, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dictionary, files, page, source } from './modules.mjs';

const { COLUMNS } = await page('js/columns.js');
const { SECTIONS } = await page('js/detail.js');
const { LANGUAGES, translator } = await page('js/i18n.js');
const { FACETS } = await page('js/view.js');
const { STATES } = await page('js/states.js');
const words = Object.fromEntries(await Promise.all(LANGUAGES.map(
    async (language) => [language, await dictionary(language)])));
const code = files('js').filter((name) => name !== 'i18n.js')
    .map((name) => source(`js/${name}`)).join('\n');
const html = source('index.html');
const tones = ['live', 'connecting', 'stale', 'down'];

/* Keys that the code puts together, by how it writes them. */
const composed = {
	'state.${state}': STATES.map((s) => `state.${s}`),
	'state.${state}.title': STATES.map((s) => `state.${s}.title`),
	'totals.${name}': ['totals.all', 'totals.logged'],
	'totals.${name}.title': ['totals.all.title', 'totals.logged.title'],
	'state.${name}': STATES.map((s) => `state.${s}`),
	'state.${name}.title': STATES.map((s) => `state.${s}.title`),
	'${facet}.${value}': ['kind.agent', 'kind.supervisor',
	    ...STATES.map((s) => `state.${s}`)],
	'kind.${user.kind}': ['kind.agent', 'kind.supervisor'],
	'kind.${value}': ['kind.agent', 'kind.supervisor'],
	'filter.${facet}': FACETS.map((f) => `filter.${f}`),
	'logged.${view.logged}': ['logged.true', 'logged.false'],
	'col.${key}': COLUMNS.map((c) => `col.${c.key}`),
	'field.${key}': [...COLUMNS.map((c) => `field.${c.key}`),
	    ...Object.values(SECTIONS).flatMap((fields) =>
	        Object.keys(fields).map((key) => `field.${key}`))],
	'detail.${name}': Object.keys(SECTIONS).map((s) => `detail.${s}`),
	'sort.second.${way}': ['sort.second.ascending',
	    'sort.second.descending'],
	'source.${kind}': [...tones, 'lost'].map((s) => `source.${s}`),
	'notice.${kind}': tones.slice(1).map((s) => `notice.${s}`),
	'theme.${choice}': ['system', 'light', 'dark'].map((c) => `theme.${c}`),
	'language.${other}': LANGUAGES.map((l) => `language.${l}`),
	'language.${other}.short': LANGUAGES.map((l) => `language.${l}.short`),
	"direction.${incoming ? 'inbound' : 'outbound'}":
	    ['direction.inbound', 'direction.outbound'],
};

/** Every key that the page uses. */
function used() {
	const keys = new Set(['day']);

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

test('words are filled in, numbers in the language, plurals by its rule', () => {
	const fr = translator('fr'), en = translator('en');

	assert.equal(fr('pending', { n: 0 }), '0 ligne a changé de place');
	assert.equal(fr('pending', { n: 1 }), '1 ligne a changé de place');
	assert.equal(fr('pending', { n: 2 }), '2 lignes ont changé de place');
	assert.equal(en('pending', { n: 0 }), '0 lines have changed places');
	assert.equal(en('pending', { n: 1200 }),
	    '1,200 lines have changed places');
	assert.match(fr('digest', { n: 10000, page: 1, pages: 20 }),
	    /^10.000 utilisateurs, page 1 sur 20\.$/u);
	assert.equal(fr('chip.remove', { name: '{word}', word: '$&' }),
	    'Retirer {word} : $&');
	assert.throws(() => fr('no.such.key'), /no\.such\.key/);
});
