#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Colours, glyphs and other rules of the page, checked in its files.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { files, imports, page, source } from './lib/modules.mjs';

const { gzipSync } = await import('node:zlib');
const { LISTS } = await page('js/lists/lists.js');
const { STAGES, STATES } = await page('js/model/states.js');
const css = source('css/theme.css');

/** The custom properties of the first block with this selector. */
function colours(selector) {
	const at = css.indexOf(`${selector} {`);

	assert.ok(at >= 0, `no block ${selector}`);
	const block = css.slice(at, css.indexOf('}', at));

	return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)]
	    .map(([, name, value]) => [name, value]));
}

const themes = {
	light: colours(':root'),
	dark: colours(':root[data-theme="dark"]'),
};

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex) {
	const [r, g, b] = [1, 3, 5].map((at) => {
		const part = parseInt(hex.slice(at, at + 2), 16) / 255;

		return part <= 0.04045 ? part / 12.92 :
		    ((part + 0.055) / 1.055) ** 2.4;
	});

	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);

	return (high + 0.05) / (low + 0.05);
}

function hues() {
	return [...themes.light.keys()].filter((name) => name.startsWith('hue-'));
}

/* Text on what it stands on. */
const texts = [
	...STATES.map((state) => [`${state}-ink`, `${state}-tint`]),
	...['ink', 'dim', ...hues()].flatMap((ink) =>
	    ['paper', 'hover', 'aged'].map((ground) => [ink, ground])),
	...['ink', 'accent'].map((ink) => [ink, 'head']),
	...['ink', 'dim', 'accent'].map((ink) => [ink, 'page']),
	['accent', 'paper'], ['accent', 'hover'],
	['on-ink', 'on-tint'], ['bad-ink', 'bad-tint'],
	['warn-ink', 'warn-tint'], ['good-ink', 'good-tint'],
];
/* Edges of what can be used, and the ring round what has the focus. */
const edges = [['edge', 'paper'], ['edge', 'page'], ['accent', 'paper'],
	['accent', 'page'], ['accent', 'head']];

test('contrast is computed as WCAG says', () => {
	assert.equal(contrast('#000000', '#ffffff'), 21);
	assert.equal(contrast('#777777', '#777777'), 1);
	assert.ok(Math.abs(contrast('#767676', '#ffffff') - 4.54) < 0.01);
});

for (const [name, theme] of Object.entries(themes)) {
	test(`${name}: text keeps 4.5:1, edges 3:1`, () => {
		for (const [pairs, least] of [[texts, 4.5], [edges, 3]])
			for (const [ink, ground] of pairs) {
				assert.ok(theme.has(ink), `--${ink} is not set`);
				assert.ok(theme.has(ground),
				    `--${ground} is not set`);
				const ratio = contrast(theme.get(ink),
				    theme.get(ground));

				assert.ok(ratio >= least, `--${ink} on --${
				    ground}: ${ratio.toFixed(2)}`);
			}
	});
}

test('both themes set the same colours', () => {
	assert.deepEqual([...themes.dark.keys()], [...themes.light.keys()]);
});

test('no colour is written anywhere but in theme.css', () => {
	for (const name of files('css').filter((n) => n !== 'theme.css'))
		assert.doesNotMatch(source(`css/${name}`),
		    /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i, name);
});

test('what is looked up by a word from outside inherits no names', () => {
	const modules = files('js').map((name) => [name, source(`js/${name}`)]);
	const code = modules.map(([, text]) => text).join('\n');

	for (const [name, text] of modules) {
		/* A literal, by a name that is not looked up with a number. */
		for (const [, table, rest] of text.matchAll(
		    /\b(?:const|let) (\w+) = (?:Object\.freeze\()?\{([^]{0,30})/g))
			if (new RegExp(`\\b${table}\\[[^\\d'\\]]`).test(code))
				assert.match(rest, /^\s*__proto__: null/,
				    `${name}: ${table}`);
		for (const [, literal] of text.matchAll(/\{([^{}]*)\}\[/g))
			assert.match(literal, /__proto__: null/, name);
		/* mapOf() and record() (lib/values.js) make what is safe. */
		if (name !== 'lib/values.js')
			assert.doesNotMatch(text, /Object\.fromEntries/, name);
	}
});

test('every state has its class, every column a hue that is there', () => {
	for (const state of STATES)
		assert.ok(css.includes(`.s-${state} {`), state);
	for (const { hue } of Object.values(LISTS).flatMap((list) => list.columns))
		if (hue !== undefined) {
			assert.ok(themes.light.has(`hue-${hue}`), hue);
			assert.ok(css.includes(`.hue-${hue} {`), hue);
		}
});

test('every glyph that is used is in the sprite, and the other way', () => {
	const there = new Set([...source('img/glyphs.svg')
	    .matchAll(/<symbol id="([\w-]+)"/g)].map(([, id]) => id));
	const code = files('js').map((name) => source(`js/${name}`)).join('\n');
	const used = new Set([...STATES, ...Object.keys(LISTS),
		...Object.values(STAGES).map((look) => look.glyph),
		'live', 'connecting', 'stale', 'down',	/* sources.js */
		'theme-system', 'theme-light', 'theme-dark']);

	for (const [, id] of source('index.html')
	    .matchAll(/glyphs\.svg#([\w-]+)"/g))
		used.add(id);
	for (const [, id] of code.matchAll(/\bglyph\('([\w-]+)'\)/g))
		used.add(id);
	for (const id of ['ascending', 'descending', 'none'])	/* table.js */
		used.add(id);
	assert.deepEqual([...used].sort(), [...there].sort());
});

/* What the API tells and nobody reads: keys, and what only the page needs. */
const UNSHOWN = {
	users: ['generation', 'id', 'queue_name'],
	queues: ['changed_at', 'generation', 'hidden', 'id', 'object_id'],
	calls: ['changed_at', 'generation', 'object_id', 'user_id'],
};

test('every field of the API is in the list of fields, or named above', () => {
	const { schemas } = JSON.parse(source('api/v1/openapi.json')).components;

	for (const [name, schema] of [['users', schemas.User],
		['queues', schemas.Queue], ['calls', schemas.Call]]) {
		const { asked, columns, fields, usual } = LISTS[name];
		const shown = fields.flatMap(({ key, from }) => from ?? [key]);
		const all = Object.keys(schema.properties);

		assert.deepEqual([...new Set([...asked, ...shown,
			...UNSHOWN[name]])].sort(), all.sort(), name);
		assert.ok(!UNSHOWN[name].some((key) => shown.includes(key)));
		assert.equal(new Set(fields.map(({ key }) => key)).size,
		    fields.length, 'each field has one row');
		assert.deepEqual(columns.slice(1, usual.length + 1)
		    .map(({ key }) => key), usual);
		for (const { key, section, width } of fields)
			assert.ok(section !== undefined || width > 0,
			    `${name}: ${key} is shown nowhere`);
	}
});

/* What is fetched only when it is first wanted, and the other language. */
const late = new RegExp('^(i18n/|js/(parts/(detail/.*|help|saved/form|wall)|' +
    'model/day)\\.js|css/(chart|dialog|form|help|wall)\\.css)');

test('all that comes with the first view stays small', () => {
	const first = ['index.html', ...['css', 'js', 'i18n', 'img'].flatMap(
	    (folder) => files(folder).map((name) => `${folder}/${name}`))]
	    .filter((name) => !late.test(name) ||
	        ['i18n/fr.js', 'i18n/fr-columns.js', 'i18n/fr-reader.js'].includes(name));
	const bytes = first.reduce((sum, name) =>
	    sum + gzipSync(source(name), { level: 9 }).length, 0);

	assert.ok(bytes < 120_000, `${bytes} bytes, compressed`);
});

test('every module is announced, so that none is waited for in turn', () => {
	const announced = [...source('index.html')
	    .matchAll(/rel="modulepreload" href="([\w/-]+\.js)"/g)]
	    .map(([, name]) => name);

	assert.deepEqual(announced, ['i18n', 'js'].flatMap((folder) =>
	    files(folder).map((name) => `${folder}/${name}`)).filter((name) =>
	    !['js/boot.js', 'js/main.js', 'js/worker.js'].includes(name) &&
	    !late.test(name)));
	for (const name of files('js').filter((n) => !late.test(`js/${n}`)))
		for (const path of imports(name).first)
			assert.doesNotMatch(`js/${path}`, late,
			    `${name} imports it at once`);
});

test('the page keeps to a strict policy by itself', () => {
	const html = source('index.html');

	assert.doesNotMatch(html, /\sstyle=|\son\w+=|<style|javascript:/i);
	assert.doesNotMatch(html, /(?:src|href)="(?:[a-z]+:|\/)/i,
	    'an address that is not relative');
	for (const [, attributes, body] of
	    html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
		assert.match(attributes, /\bsrc="js\//);
		assert.equal(body, '');
	}
	for (const name of files('js')) {
		const code = source(`js/${name}`);

		assert.doesNotMatch(code,
		    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/,
		    name);
		assert.ok(code.split('\n').length <= 300, `${name} is too long`);
	}
	for (const name of files('i18n'))
		assert.ok(source(`i18n/${name}`).split('\n').length <= 300, name);
	for (const name of files('css'))
		assert.doesNotMatch(source(`css/${name}`), /@import|url\(/, name);
});
