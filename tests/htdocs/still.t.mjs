#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// For half a minute of 50 changes a second nothing moves under the reader.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { keys, launch, settled, start, until, visit } from './lib/browser.mjs';
import { seen, spy } from './lib/spy.mjs';

const LASTS = 30_000;		/* ms */
let board, browser;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 450 --events 50 --seed 21' });
	browser = await launch();
});

after(async () => {
	await browser?.close();
	board?.stop();
});

/**
 * Looks again and again for the whole time, and until enough has happened; see()
 * throws what is wrong.
 */
async function hold(see, enough = () => true) {
	const end = performance.now() + LASTS;

	while (performance.now() < end || !await enough()) {
		assert.ok(performance.now() < end + 300_000, 'too little happens');
		await see();
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

/* Tests of one page each, all in the same half minute. */
const tests = [];

function still_test(name, path, act, options = {}) {
	tests.push(async (t) => t.test(name, async () => {
		const { page, context, troubles } = await visit(browser,
		    board.env.URL, path, { script: `(${spy})()`, ...options });

		try {
			await settled(page);
			await page.evaluate(() => window.spy.watch());
			await act(page);
			const { wrong, looks } = await seen(page);

			assert.ok(looks > 20, `looked ${looks} times`);
			assert.deepEqual(wrong, []);
			assert.deepEqual(troubles, []);
		} finally {
			await context.close();
		}
	}));
}

still_test('scroll, focus and selection stay', '?per_page=500',
    async (page) => {
	await page.evaluate(() => {
		const rows = document.querySelectorAll('#users tbody tr');
		const range = document.createRange();

		rows[200].querySelector('a.name').focus();
		rows[200].scrollIntoView({ block: 'center' });
		range.selectNodeContents(rows[203].querySelector('.login'));
		document.getSelection().removeAllRanges();
		document.getSelection().addRange(range);
		window.focused = document.activeElement;
	});
	const look = () => page.evaluate(() => ({
		focus: document.activeElement === window.focused &&
		    window.focused.closest('tr').dataset.key,
		scroll: document.getElementById('board').scrollTop,
		top: window.focused.getBoundingClientRect().top,
		text: String(document.getSelection()),
	}));
	const before = await look();

	assert.ok(before.scroll > 0 && before.text !== '' && before.focus);
	await hold(async () => assert.deepEqual(await look(), before),
	    async () => (await seen(page)).changes > 100);
});

still_test('an open detail, its scroll, focus and selection stay', '',
    async (page) => {
	const dialog = page.locator('dialog[open]');
	const key = (await keys(page))[0];

	await page.locator('#users tbody a.name').first().click();
	await dialog.locator('.known').waitFor();
	await page.evaluate(() => {
		const part = document.querySelector('dialog[open]');
		const range = document.createRange();

		part.querySelector('.day').focus();
		part.scrollTop = 120;
		range.selectNodeContents(part.querySelector('[data-key="login"] dd'));
		document.getSelection().removeAllRanges();
		document.getSelection().addRange(range);
		window.focused = document.activeElement;
	});
	const look = () => page.evaluate(() => ({
		focus: document.activeElement === window.focused,
		scroll: document.querySelector('dialog[open]').scrollTop,
		text: String(document.getSelection()),
		address: location.search,
	}));
	const before = await look();

	assert.deepEqual(before, { focus: true, scroll: 120,
		text: key.split('/')[1], address: `?user=${key}` });
	await hold(async () => assert.deepEqual(await look(), before));
}, { viewport: { width: 1000, height: 400 } });

still_test('under the pointer the order holds; when it leaves, it is taken over',
    '?per_page=100&sort=state_seconds', async (page) => {
	await page.locator('#users tbody tr').nth(5).hover();
	await until(() => page.locator('#pending').isVisible(), assert.ok);
	const before = await keys(page);

	await hold(async () => assert.deepEqual(await keys(page), before));
	assert.match(await page.locator('#pending-word').textContent(),
	    /^\d+ lignes? (a|ont) changé de place$/);
	assert.notDeepEqual((await seen(page)).order, before);
	await page.locator('h1').hover();
	await page.locator('#pending').waitFor({ state: 'hidden' });
	await until(async () => [await keys(page), (await seen(page)).order],
	    ([rows, order]) => assert.deepEqual(rows, order));
	assert.notDeepEqual(await keys(page), before);
});

test('for half a minute', { concurrency: true }, async (t) => {
	await Promise.all(tests.map((run) => run(t)));
});
