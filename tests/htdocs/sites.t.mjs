#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Several sources with the same names, and names that every object has.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from
    'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { eventually, query, root } from '../e2e/stack.mjs';
import { column, keys, launch, settled, start, tester, until } from
    './lib/browser.mjs';

const dir = mkdtempSync(join(tmpdir(), 'cccp-sites.'));
const written = [];		/* functions that write the files again */
let board, browser, alive;

/** The snapshot of a site; change(document) alters it. */
function site(name, file, change = () => {}) {
	const path = join(dir, `${name}.json`);
	const document = JSON.parse(readFileSync(
	    join(root, `tests/data/sites/${file}.json`), 'utf8'));

	change(document);
	const write = () => {
		writeFileSync(`${path}.new`, JSON.stringify(document));
		renameSync(`${path}.new`, path);
	};

	write();
	written.push(write);
	return `${name}=file://${path}?interval=1`;
}

/** Everything that a site names is called "poison"; see trap(). */
function poisoned({ users: [user], queues: [queue], calls: [call] }) {
	user.login = user.name = 'poison';
	user['group.path'] = '/poison';
	user['sessions.last.session.profile_name'] = 'poison';
	user.last_state_name = user.last_state_display_name = 'poison';
	queue.name = queue.type = call.queue_name = call.queue_type = 'poison';
	delete queue.display_name;
}

before(async () => {
	execFileSync('chmod', ['755', dir]);
	[board, browser] = await Promise.all([start({ SOURCES: [
		site('paris', 'paris'), site('lyon', 'lyon'),
		site('poison', 'paris', poisoned)].join(' ') }), launch()]);
	/* A file that nobody writes any more is stale. */
	alive = setInterval(() => written.forEach((write) => write()), 1000);
	await eventually(async () => {
		const [{ n }] = await query(board,
		    'SELECT count(*) AS n FROM cccp_v1.call WHERE active');

		assert.equal(n, 3);
	});
});

after(async () => {
	clearInterval(alive);
	await browser?.close();
	board?.stop();
	rmSync(dir, { recursive: true, force: true });
});

const site_test = tester(() => ({ board, browser }));

site_test('a queue leads to its own calls, under its own label',
    '?view=queues', async (page) => {
	assert.deepEqual((await column(page, 'queue')).sort(), [
		'Accueil Lyonlyon/accueil', 'Accueil Parisparis/accueil',
		'poisonpoison/poison']);
	await page.getByRole('link', { name: 'Accueil Lyon' }).click();
	await page.waitForURL(/\?view=calls&queue=lyon\/accueil$/);
	await settled(page);
	await until(() => keys(page), (found) => {
		assert.equal(found.length, 1);
		assert.match(found[0], /^lyon\/c-lyon\//);
	});
	/* The call came without a label. */
	assert.deepEqual(await column(page, 'queue'), ['Accueil Lyon']);
	await page.getByRole('button',
	    { name: 'Retirer File : Accueil Lyon · lyon' }).waitFor();
	await page.locator('[popovertarget="menu-queue"]').click();
	assert.deepEqual(await page.locator('#menu-queue li .word')
	    .allTextContents(), ['Accueil Lyon · lyon', 'Accueil Paris · paris',
		'poison · poison']);
	await page.locator('#menu-queue li').nth(1).locator('input').check();
	await page.waitForURL(/\?view=calls&queue=lyon\/accueil,paris\/accueil$/);
	await until(() => column(page, 'queue'), (found) => assert.deepEqual(
	    found.sort(), ['Accueil Lyon', 'Accueil Paris']));
});

for (const [name, value, word] of [['team', 'plateau', 'Équipe'],
	['profile', 'Agent_default', 'Profil']])
	site_test(`a ${name} leads to its own users, in row and detail`, '',
	    async (page) => {
		    const narrowed = () => Promise.all([
			    page.waitForURL(new RegExp(
			        `\\?${name}=${value}&source=lyon$`)),
			    until(() => keys(page), (found) => assert.deepEqual(
			        found, ['lyon/dupont'])),
			    page.getByRole('button', { name:
			        `Retirer ${word} : ${value}` }).waitFor(),
		    ]);
		    const row = page.locator('#users tr[data-key="lyon/dupont"]');

		    await row.getByRole('link', { name: value }).click();
		    await narrowed();
		    await page.goBack();
		    await row.locator('.name').click();
		    await page.locator('#detail').getByRole('link',
		        { name: value }).click();
		    await narrowed();
		    assert.equal(await page.locator('#detail[open]').count(), 0);
	    });

site_test('a chip has its label when nothing is listed',
    '?view=calls&queue=lyon/accueil&source=paris', async (page) => {
	await page.getByRole('button',
	    { name: 'Retirer File : Accueil Lyon · lyon' }).waitFor();
	assert.deepEqual(await keys(page), []);
}, { rows: false });

site_test('the wall tells two queues apart', '?view=wall', async (page) => {
	await until(() => page.locator('#wall .queue h3').allTextContents(),
	    (found) => assert.deepEqual(found, ['Accueil Lyon · lyon',
	        'Accueil Paris · paris', 'poison · poison']));
}, { rows: false });

site_test('names that every object has are counted like others',
    '?team=valueOf,constructor,__proto__,plateau', async (page) => {
	await page.locator('[popovertarget="menu-team"]').click();
	const found = await page.locator('#menu-team li').evaluateAll((all) =>
	    Object.fromEntries(all.map((li) =>
	        [`_${li.querySelector('.word').textContent}`,
	            li.querySelector('.count').textContent])));

	assert.deepEqual(found, { _plateau: '2', _poison: '1', _valueOf: '0',
		_constructor: '0', ___proto__: '0' });
});

/** Notes who looks for "poison" in a plain object, where it is inherited. */
function trap() {
	const hits = [];
	const note = () => {
		hits.push(new Error('poison').stack);
	};

	Object.defineProperty(Object.prototype, 'poison', { configurable: true,
		get: note, set: note });
	window.hits = hits;
}

/** What a person does on each tab with filters, menus, keys and the detail. */
async function useAll(page) {
	for (const menu of await page.locator('#menus button.menu').all())
		if (await menu.isVisible()) {
			await menu.click();
			await page.keyboard.press('Escape');
		}
	await page.evaluate(() => {
		const row = document.querySelector(
		    '.list:not([hidden]) tbody [tabindex="0"]');

		for (const node of [row, ...document.querySelectorAll(
		    '[role="slider"]')])
			node?.dispatchEvent(new KeyboardEvent('keydown',
			    { key: 'poison', bubbles: true }));
	});
}

for (const path of ['?team=poison&profile=poison&queue=poison/poison,poison' +
	'&source=poison&cols=poison,queue,team', '?view=poison',
'?user=poison/poison', '?view=queues&type=poison&source=poison&hidden=true',
'?view=calls&queue=poison,poison/poison&source=poison',
'?view=wall&team=poison&source=poison'])
	site_test(`a word from outside is no name in a plain object: ${path}`,
	    path, async (page) => {
		await page.locator('#board[aria-busy="false"]')
		    .waitFor({ state: 'attached' });
		await page.locator('.pill').nth(2).waitFor();
		if (path.includes('user='))
			await page.locator('#detail dd').first().waitFor();
		else
			await useAll(page);
		assert.doesNotMatch(await page.locator('body').innerText(),
		    /NaN|undefined|\[object/);
		assert.deepEqual(await page.evaluate(() => window.hits), []);
	}, { script: `(${trap})()`, rows: false });

test('the trap notes a look into a plain object, and no other', () => {
	const hits = [];

	Object.defineProperty(Object.prototype, 'poison', { configurable: true,
		get: () => { hits.push(1); } });
	try {
		const record = Object.create(null), map = new Map([['poison', 1]]);

		assert.equal(record.poison ?? map.get('poison'), 1);
		assert.equal(hits.length, 0);
		assert.equal({}.poison, undefined);
		assert.equal(hits.length, 1);
	} finally {
		delete Object.prototype.poison;
	}
});
