#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// What the search field takes, and how filters are found by a word of theirs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { page } from './lib/modules.mjs';

const { BYTES, WORDS, fitting, fittingAt } =
    await page('js/parts/narrow/search.js');
const { fold } = await page('js/parts/narrow/menus.js');

test('the limits are those of the API', () => {
	const [, ...limits] = readFileSync(new URL(
	    '../../fcgi/api/openapi.json.in', import.meta.url), 'utf8').match(
	    /"q": \{[^}]*Up to (\d+) words and (\d+) bytes[^}]*"maxLength": (\d+)/);

	assert.deepEqual(limits.map(Number), [WORDS, BYTES, BYTES]);
});

test('what fits stays; of what does not, the beginning', () => {
	for (const text of ['', ' ', 'zoé', 'a b c d e f g h', ' a b c d e f g h ',
		'a'.repeat(256), 'é'.repeat(128), '😀'.repeat(64)])
		assert.equal(fitting(text), text);
	assert.equal(fitting('a b c d e f g h i'), 'a b c d e f g h ');
	assert.equal(fitting('a\u00a0b\u3000c\td\u2009e\u202ff\u0085g\u2028h i'),
	    'a\u00a0b\u3000c\td\u2009e\u202ff\u0085g\u2028h ');
	assert.equal(fitting('a\u200bb '.repeat(8)), 'a\u200bb '.repeat(8));
	/* The groups of a number are one word. */
	assert.equal(fitting('a b c d e f g 06 39 98 41 25 h'),
	    'a b c d e f g 06 39 98 41 25 ');
	assert.equal(fitting('0033 (0)6 39 98 41.25 a b c d e f g h'),
	    '0033 (0)6 39 98 41.25 a b c d e f g ');
	assert.equal(fitting('1 2 3 4 5 6 7 8 9 a b c d e f g'),
	    '1 2 3 4 5 6 7 8 9 a b c d e f ');
	assert.equal(fitting('1a 2b 3c 4d 5e 6f 7g 8h 9'), '1a 2b 3c 4d 5e 6f 7g 8h ');
	assert.equal(fitting('a'.repeat(257)), 'a'.repeat(256));
	assert.equal(fitting('é'.repeat(200)), 'é'.repeat(128));
	assert.equal(fitting(`a${'é'.repeat(200)}`), `a${'é'.repeat(127)}`);
	assert.equal(fitting(`abc${'😀'.repeat(99)}`), `abc${'😀'.repeat(63)}`);
	/* No URL and no API takes these. */
	assert.equal(fitting('a\0b\ud83dc'), 'abc');
});

test('what is put in gives way, not what was there', () => {
	assert.deepEqual(fittingAt('a b x y c d e f g h', 8),
	    ['a b xc d e f g h', 5]);
	assert.deepEqual(fittingAt(`${'é'.repeat(9)}${'a'.repeat(256)}`, 9),
	    ['a'.repeat(256), 0]);
	assert.deepEqual(fittingAt('a'.repeat(300), 300), ['a'.repeat(256), 256]);
	assert.deepEqual(fittingAt('zoé', 1), ['zoé', 1]);
});

test('a filter is found without accents and what is not seen', () => {
	for (const word of ['Équipe', 'e\u0301quipe', 'é\u00adqui\u200bpe',
		'\u202aÉQUIPE\u202c', 'équipe\ufe0f'])
		assert.equal(fold(word), 'equipe');
});
