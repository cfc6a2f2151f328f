#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * One more field of users: a copy of the tree gets a column for a value of CCCP
 * by the steps that sql/README.md lists, and the field is then in the
 * view, the API, the files, the description of the API, the glossary and the
 * page, without another edit.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { root } from '../e2e/stack.mjs';
import { launch, settled, visit } from '../htdocs/lib/browser.mjs';

const build = process.env.BUILD ?? 'build/release';
const tree = mkdtempSync(join(tmpdir(), 'cccp-field.'));
let board, browser;

/** What git has, or would have, and what is built of it. */
function copy() {
	const files = execFileSync('git', ['ls-files', '-z', '--cached',
		'--others', '--exclude-standard'], { cwd: root })
	    .toString().split('\0').filter(Boolean);

	for (const file of [...files, build, 'htdocs/vendor']) {
		mkdirSync(join(tree, dirname(file)), { recursive: true });
		cpSync(join(root, file), join(tree, file), { recursive: true,
			preserveTimestamps: true, verbatimSymlinks: true });
	}
	execFileSync('chmod', ['755', tree]);
}

function edit(file, from, to) {
	const path = join(tree, file), text = readFileSync(path, 'utf8');

	assert.ok(text.includes(from), `${file} has no ${from}`);
	writeFileSync(path, text.replace(from, to));
}

function addField() {
	edit('poller/model/view.c', '	{ "name", "name", VIEW_TEXT },\n',
	    `	{ "name", "name", VIEW_TEXT },
	{ "sessions.count", "sessions", VIEW_COUNT },\n`);
	const number = readdirSync(join(tree, 'sql/tables')).length + 1;

	writeFileSync(join(tree, `sql/tables/${String(number).padStart(3, '0')}` +
	    '-sessions.sql'), `
SET LOCAL ROLE cccp_owner;
ALTER TABLE cccp.agent ADD sessions int;
COMMENT ON COLUMN cccp.agent.sessions IS 'Sessions of the day.';
`);
	edit('sql/code/41-view-user.sql', '\nFROM cccp.agent a\n',
	    ',\n    a.sessions\nFROM cccp.agent a\n');
	edit('sql/code/41-view-user.sql', 'COMMENT ON COLUMN cccp_v1.user.login IS',
	    `COMMENT ON COLUMN cccp_v1.user.sessions IS 'Sessions of the day.';
COMMENT ON COLUMN cccp_v1.user.login IS`);
	edit('fcgi/list/users.c', '	X(login, TEXT, SURE)',
	    `	X(sessions, NUMBER, NULLS)					\\
	X(login, TEXT, SURE)`);
	edit('htdocs/js/lists/users.js', "		plain('login'),\n",
	    "		plain('login'),\n		counter('sessions', 'inbound'),\n");
	for (const [language, word] of [['fr', 'Sessions du jour'],
		['en', 'Sessions of the day']])
		edit(`htdocs/i18n/${language}-columns.js`, "	'col.user':",
		    `	'col.sessions': '${word}',\n	'field.sessions': '${word}',
	'col.user':`);
}

before(async () => {
	copy();
	addField();
	execFileSync('make', ['-j2', 'all', 'glossary'], { cwd: tree,
		stdio: ['ignore', 'ignore', 'inherit'] });
	const { start } = await import(pathToFileURL(
	    join(tree, 'tests/e2e/stack.mjs')));

	board = await start();
	browser = await launch();
});

after(async () => {
	await browser?.close();
	board?.stop();
	rmSync(tree, { recursive: true, force: true });
});

async function get(path) {
	const response = await fetch(new URL(path, board.env.URL));

	assert.equal(response.status, 200, path);
	return response.text();
}

test('the view has the values that the server says', async () => {
	const { query, truth, eventually } = await import(pathToFileURL(
	    join(tree, 'tests/e2e/stack.mjs')));

	await eventually(async () => {
		const told = (await truth(board)).users.map(({ fields }) =>
		    `${fields.login} ${fields['sessions.count'] ?? null}`).sort();
		const rows = await query(board,
		    'SELECT login, sessions FROM cccp_v1.user');

		assert.ok(told.some((line) => / [1-9]/.test(line)), told[0]);
		assert.deepEqual(rows.map(({ login, sessions }) =>
		    `${login} ${sessions}`).sort(), told);
	});
});

test('the API shows it, sorts by it and describes it', async () => {
	const { users } = JSON.parse(await get(
	    'api/v1/users?sort=-sessions&fields=login,sessions&per_page=5'));

	assert.ok(users.length === 5 && users.every(({ sessions }, i) =>
	    Number.isInteger(sessions) && (i === 0 ||
	        users[i - 1].sessions >= sessions)), JSON.stringify(users));
	const { components, paths } = JSON.parse(
	    await get('api/v1/openapi.json'));

	assert.deepEqual(components.schemas.User.properties.sessions, {
		type: ['integer', 'null'], description: 'Sessions of the day.' });
	for (const name of ['sort', 'fields'])
		assert.ok(paths['/api/v1/users'].get.parameters.find((p) =>
		    p.name === name).schema.items.enum.includes('sessions'), name);
});

test('files have a column of it', async () => {
	const head = (await get('api/v1/users?format=csv')).split('\r\n')[0];

	assert.ok(head.split(',').includes('sessions'), head);
});

test('the glossary has it', () => {
	const row = readFileSync(join(tree, 'sql/README.md'), 'utf8').split('\n')
	    .find((line) => line.includes('`sessions`'));

	assert.equal(row, '| `sessions.count` | `sessions` | Sessions du jour' +
	    ' | Sessions of the day. |');
});

test('the page shows it as a column and in the detail', async () => {
	const { page, context, troubles } = await visit(browser, board.env.URL,
	    '?cols=sessions');

	await settled(page);
	assert.deepEqual(await page.locator('.list:not([hidden]) thead .label')
	    .allTextContents(), ['Utilisateur', 'Sessions du jour']);
	await page.locator('.list:not([hidden]) tbody a.name').first().click();
	await page.locator('#detail dt', { hasText: 'Sessions du jour' })
	    .waitFor();
	assert.deepEqual(troubles, []);
	await context.close();
});
