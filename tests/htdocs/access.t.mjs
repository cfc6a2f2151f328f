#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Nothing that WCAG 2.2 AA forbids, anywhere, in either theme or language; and
// the page is usable on a narrow screen, by keyboard, and without glyphs.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { judge } from './lib/axe.mjs';
import { command, keys, launch, settled, start, tester, until } from
    './lib/browser.mjs';

let board, browser;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 120 --events 20 --seed 9' });
	browser = await launch();
	await command(board, 'freeze');
});

after(async () => {
	await browser?.close();
	board?.stop();
});

const access_test = tester(() => ({ board, browser }));

/** Opens a panel by its button, has it judged, and closes it. */
async function panel(page, id, where) {
	await page.locator(`[popovertarget="${id}"]`).click();
	await page.locator(`#${id}`).waitFor();
	await judge(page, `${where}, ${id}`, `#${id}`);
	await page.keyboard.press('Escape');
	await page.locator(`#${id}`).waitFor({ state: 'hidden' });
}

/** Another view without loading the page again, as by a step in the history. */
async function view(page, search, shown) {
	await page.evaluate((address) => {
		history.pushState(null, '', address);
		dispatchEvent(new PopStateEvent('popstate'));
	}, search);
	await page.locator(shown).first().waitFor();
	/* The wall hides it. */
	await page.locator('#board[aria-busy="false"]').waitFor({
		state: 'attached' });
}

/** The users' tab; few rows, for axe looks at each (style.t.mjs at each state). */
async function everything(page, where) {
	const key = (await keys(page))[0];

	await judge(page, `${where}, users`);
	for (const id of ['menu-profile', 'chooser', 'export-panel'])
		await panel(page, id, where);
	await view(page, '?q=a&state=available,paused,talking&per_page=6' +
	    '&kind=-supervisor&sort=-state_seconds,name', '#users .c-state .badge');
	await judge(page, `${where}, filtered`);
	await view(page, `?user=${key}&per_page=6`,
	    'dialog[open] .hours canvas');
	await page.locator('dialog[open] .day').focus();
	await judge(page, `${where}, detail`, '#detail');
	await view(page, '?q=zzzz', '#empty-clear');
	await judge(page, `${where}, nobody`);
}

/** The other tabs and the help. */
async function tabs(page, where) {
	for (const list of ['queues', 'calls']) {
		await view(page, `?view=${list}&per_page=6`, `#${list} tbody tr`);
		await judge(page, `${where}, ${list}`);
	}
	await panel(page, 'menu-period', where);
	await page.keyboard.press('?');
	await page.locator('#help kbd').first().waitFor();
	await judge(page, `${where}, help`, '#help');
	await page.keyboard.press('Escape');
	await view(page, '?view=wall', '#wall .queue');
	await judge(page, `${where}, wall`);
}

/* No rule depends on both: each theme and each language is looked at once. */
for (const [colorScheme, locale] of [['light', 'fr-FR'], ['dark', 'en-GB']])
	access_test(`${colorScheme}, ${locale}`, '?per_page=6', async (page) => {
		await everything(page, `${colorScheme}, ${locale}`);
		await tabs(page, `${colorScheme}, ${locale}`);
	}, { colorScheme, locale });

access_test('what is refused', '?state=nonsense', async (page) => {
	await page.getByText('« nonsense »').waitFor();
	await judge(page, 'refused');
}, { rows: false, allowed: /400 \(Bad Request\)/ });

async function bothThemes(page, where) {
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		await judge(page, `${where}, ${colorScheme}`);
	}
}

access_test('without contact', '?per_page=6', async (page, context) => {
	await context.setOffline(true);
	await page.locator('#banner').getByText('Contact perdu').waitFor();
	await bothThemes(page, 'no contact');
}, { allowed: /ERR_INTERNET_DISCONNECTED/ });

access_test('a phone: 360 pixels are enough', '?per_page=6', async (page) => {
	/* What has no room for its word still has a name. */
	for (const name of ['Colonnes', 'Exporter'])
		await page.getByRole('button', { name, exact: true }).waitFor();
	assert.ok(await page.evaluate(() =>
	    document.documentElement.scrollWidth) <= 360);
	const first = page.locator('#users tbody th').first();
	const scroll = (left) => page.locator('#board').evaluate((part, to) => {
		part.scrollLeft = to;
	}, left);

	await scroll(800);
	assert.ok((await first.boundingBox()).x >= 0, 'the name stays in sight');
	assert.ok((await page.locator('#users thead th').first().boundingBox())
	    .y > 0);
	await scroll(0);
	await everything(page, 'phone');
}, { viewport: { width: 360, height: 640 } });

access_test('without its glyphs the board stands all the same', '',
    async (page) => {
	for (const how of ['abort', 'fulfill']) {
		await page.route('**/img/glyphs.svg', (route) => route[how](
		    how === 'fulfill' ? { status: 503, body: '<html/>' } :
			undefined));
		await page.reload();
		await settled(page);
		assert.equal((await keys(page)).length, 50, how);
		/* The browser is left to find them: a button is never empty. */
		assert.equal(await page.locator('#theme use').count(), 1, how);
		await page.unroute('**/img/glyphs.svg');
	}
}, { allowed: /ERR_FAILED|503/ });

access_test('rows can be reached by Tab after a change of columns', '',
    async (page) => {
	await page.locator('[popovertarget="chooser"]').click();
	await page.locator('#chooser input').nth(3).click();
	await page.keyboard.press('Escape');
	await until(() => page.locator('#users tbody [tabindex="0"]').count(),
	    (n) => assert.equal(n, 1));
});

access_test('a silent source', '?per_page=6', async (page) => {
	await command(board, 'misbehave silent');
	await page.locator('#users tbody tr.stale.aged').first().waitFor({
		timeout: 120_000 });
	await bothThemes(page, 'stale');
});
