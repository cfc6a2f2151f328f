#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Nothing that WCAG 2.2 AA forbids, anywhere, in either theme or language.
import { after, before } from 'node:test';

import { judge } from './axe.mjs';
import { command, keys, launch, settled, start, tester } from './browser.mjs';

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

/** The users' tab; few rows, for axe looks at each. */
async function everything(page, where) {
	await page.goto(`${board.env.URL}?per_page=25`);
	await settled(page);
	const key = (await keys(page))[0];

	await judge(page, `${where}, users`);
	for (const id of ['menu-profile', 'chooser', 'export-panel'])
		await panel(page, id, where);
	await page.goto(`${board.env.URL}?q=a&state=available,paused,talking` +
	    '&per_page=25&kind=-supervisor&sort=-state_seconds,name');
	await settled(page);
	await judge(page, `${where}, filtered`);
	await page.goto(`${board.env.URL}?user=${key}`);
	await page.locator('dialog[open] .hours canvas').waitFor();
	await page.locator('dialog[open] .day').focus();
	await judge(page, `${where}, detail`, '#detail');
	await page.goto(`${board.env.URL}?q=zzzz`);
	await page.locator('#empty-clear').waitFor();
	await judge(page, `${where}, nobody`);
}

/** The other tabs and the help. */
async function tabs(page, where) {
	for (const view of ['queues', 'calls']) {
		await page.goto(`${board.env.URL}?view=${view}&per_page=25`);
		await settled(page);
		await judge(page, `${where}, ${view}`);
	}
	await panel(page, 'menu-period', where);
	await page.keyboard.press('?');
	await page.locator('#help kbd').first().waitFor();
	await judge(page, `${where}, help`, '#help');
	await page.goto(`${board.env.URL}?view=wall`);
	await page.locator('#wall .queue').first().waitFor();
	await judge(page, `${where}, wall`);
}


for (const colorScheme of ['light', 'dark'])
	for (const locale of ['fr-FR', 'en-GB'])
		access_test(`${colorScheme}, ${locale}`, '', async (page) => {
			await everything(page, `${colorScheme}, ${locale}`);
			await tabs(page, `${colorScheme}, ${locale}`);
		}, { colorScheme, locale });

access_test('on a phone', '', (page) => everything(page, 'phone'),
    { viewport: { width: 360, height: 640 } });

access_test('what is refused', '', async (page) => {
	await page.goto(`${board.env.URL}?state=nonsense`);
	await page.getByText('« nonsense »').waitFor();
	await judge(page, 'refused');
}, { allowed: /400 \(Bad Request\)/ });

async function bothThemes(page, where) {
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		await judge(page, `${where}, ${colorScheme}`);
	}
}

access_test('without contact', '', async (page, context) => {
	await context.setOffline(true);
	await page.locator('#banner').getByText('Contact perdu').waitFor();
	await bothThemes(page, 'no contact');
}, { allowed: /ERR_INTERNET_DISCONNECTED/ });

access_test('a silent source', '', async (page) => {
	await command(board, 'misbehave silent');
	await page.locator('#users tbody tr.stale.aged').first().waitFor({
		timeout: 120_000 });
	await bothThemes(page, 'stale');
});
