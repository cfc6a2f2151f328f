#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Old data are never shown as live, and times shown never go back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { pid, restart } from '../e2e/stack.mjs';
import { column, keys, launch, settled, start, tester, until, visit } from
    './lib/browser.mjs';
import { seen, spy } from './lib/spy.mjs';

const HOUR = 3600_000;
let board, browser;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 120 --events 20 --seed 31' });
	browser = await launch();
});

after(async () => {
	await browser?.close();
	board?.stop();
});

const honest_test = tester(() => ({ board, browser }));

/** The browser's own clock is wrong by so much; spy() watches. */
function wrongBy(ms) {
	return `{
		const real = Date.now.bind(Date), Real = Date;

		window.Date = class extends Real {
			constructor(...args) {
				super(...(args.length > 0 ? args : [real() + ${ms}]));
			}
			static now() {
				return real() + ${ms};
			}
		};
	}
	(${spy})();`;
}

async function live(page) {
	await page.locator('.pill.live').waitFor({ timeout: 120_000 });
	await page.locator('#banner').waitFor({ state: 'hidden' });
	await page.locator('#users tbody tr.aged').first()
	    .waitFor({ state: 'detached' });
}

/** Records in the page when each part first says that data is old. */
function watchSaying(page) {
	return page.evaluate(() => {
		clearInterval(window.asked);
		const said = window.said = {}, begun = performance.now();

		window.asked = setInterval(() => {
			const now = performance.now() - begun;

			if (document.querySelector('.pill.live') === null)
				said.pill ??= now;
			if (!document.querySelector('#banner').hidden)
				said.banner ??= now;
			if (document.querySelector(
			    '#users tbody tr:not(.aged)') === null)
				said.rows ??= now;
		}, 100);
	});
}

/** Pill, banner and rows say that data is old; -> ms until the last of them. */
async function saysSo(page, rows) {
	const said = await until(() => page.evaluate(() => window.said), (all) => {
		assert.deepEqual(Object.keys(all).sort(),
		    ['banner', 'pill', 'rows']);
		return all;
	});

	assert.deepEqual(await keys(page), rows);
	assert.match(await page.locator('#users tbody tr').first()
	    .evaluate((tr) => tr.style.getPropertyValue('--age')), /\d+.s/);
	for (const text of await column(page, 'state'))
		assert.match(text, /^Inconnu/);
	return Math.max(...Object.values(said));
}

honest_test('the simulator hangs: all say so in 20 s, and recover', '',
    async (page) => {
	const rows = await keys(page);
	let took = Infinity;

	await page.evaluate(() => window.spy.watch());
	/* Once in five times: what is not slow may run on a busy machine. */
	for (let i = 0; i < 5 && took > 20_000; i++) {
		await watchSaying(page);
		process.kill(pid(board, 'sim'), 'SIGSTOP');
		try {
			took = await saysSo(page, rows);
		} finally {
			process.kill(pid(board, 'sim'), 'SIGCONT');
		}
		await live(page);
	}
	assert.ok(took <= 20_000, `${took} ms`);
	assert.deepEqual((await seen(page)).wrong, []);
}, { script: `(${spy})()` });

/** As old as the contact, not as the browser's clock has it. */
async function agesRightly(page, rows) {
	await page.locator('#banner').getByText('Contact perdu').waitFor();
	assert.deepEqual(await keys(page), rows);
	await until(() => page.locator('#users tbody tr.aged').count(),
	    (n) => assert.equal(n, rows.length));
	await page.locator('.pill.lost').waitFor();
	await until(() => page.locator('#users tbody tr').first()
	    .evaluate((tr) => parseInt(tr.style
	        .getPropertyValue('--age').slice(1), 10)),
	(s) => assert.ok(s >= 4 && s < 60, `${s} s`));
}

/** Changes are drawn again, and nothing wrong was. */
async function goesOn(page) {
	await live(page);
	const { changes } = await seen(page);

	await until(() => seen(page), (now) =>
	    assert.ok(now.changes > changes + 20));
	assert.deepEqual((await seen(page)).wrong, []);
}

test('the handler dies, browsers’ clocks an hour ahead and behind', async () => {
	const visits = await Promise.all([HOUR, -HOUR].map((ms) => visit(browser,
	    board.env.URL, '', { script: wrongBy(ms), allowed: /50[0-9]|ERR_/ })));
	const each = (act) => Promise.all(visits.map(act));

	await each(({ page }) => settled(page));
	const rows = await each(({ page }) => keys(page));

	await each(({ page }) => page.evaluate(() => window.spy.watch()));
	process.kill(pid(board, 'handler'), 'SIGKILL');
	await each(({ page }, i) => agesRightly(page, rows[i]));
	restart(board, 'handler');
	await each(({ page }) => goesOn(page));
	for (const { context, troubles } of visits) {
		assert.deepEqual(troubles, []);
		await context.close();
	}
});

/* The last: another simulator would have another port. */
honest_test('the simulator dies: pill, banner and rows say so', '',
    async (page) => {
	const rows = await keys(page);

	await page.evaluate(() => window.spy.watch());
	await watchSaying(page);
	process.kill(pid(board, 'sim'), 'SIGKILL');
	await saysSo(page, rows);
	assert.deepEqual((await seen(page)).wrong, []);
}, { script: `(${spy})()` });
