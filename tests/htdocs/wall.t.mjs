#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The board on the wall, the help, and the page on paper.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { command, launch, people, start, truth, until, visit } from
    './lib/browser.mjs';

let board, browser;

before(async () => {
	[board, browser] = await Promise.all([
		/* More queues than the API gives on one page. */
		start({ SIM_ARGS: '--agents 200 --events 50 --seed 13 --queues 700' }),
		launch()]);
	await command(board, 'freeze');
});

after(async () => {
	await browser?.close();
	board?.stop();
});

function wall_test(name, path, act, options) {
	test(name, async () => {
		const { page, context, troubles } = await visit(browser,
		    board.env.URL, path, options);

		try {
			await act(page, context);
			assert.deepEqual(troubles, []);
		} finally {
			await context.close();
		}
	});
}

/** The figures of the wall: {word: number}. */
function figures(page) {
	return page.locator('#wall .figure').evaluateAll((all) =>
	    Object.fromEntries(all.map((node) =>
	        [node.querySelector('.label').textContent,
	            node.querySelector('b').textContent])));
}

wall_test('the wall has the totals and the queues, and no names',
    '?view=wall', async (page) => {
	const users = await people(board);
	const counted = (state) => users.filter((user) =>
	    user.state === state).length;

	await page.locator('#wall .queue').first().waitFor();
	await until(() => figures(page), (shown) => {
		assert.equal(Number(shown['En appel']), counted('talking'));
		assert.equal(Number(shown['Libre']), counted('available'));
		assert.equal(Number(shown['Pause']), counted('paused'));
		assert.equal(Number(shown['Connectés']),
		    users.length - counted('offline'));
	});
	const { queues } = await truth(board);
	const waiting = new Map(queues.map(({ fields }) =>
	    [fields.display_name, Number(fields.waiting_tasks_count)]));
	const tiles = await page.locator('#wall .queue').evaluateAll((all) =>
	    all.map((node) => [node.querySelector('h3').textContent,
	        Number(node.querySelector('.count').textContent),
	        node.querySelector('.wait').textContent]));

	const shown = queues.filter(({ fields }) => fields.queue_type !== 'user' &&
	    !/^VQ_|cdep:/.test(fields.name)).map(({ fields }) =>
	    Number(fields.waiting_tasks_count)).sort((a, b) => b - a);

	for (const [name, n, wait] of tiles.filter(([name]) =>
	    waiting.has(name))) {
		assert.equal(n, waiting.get(name), name);
		assert.match(wait, n > 0 ? /^(\d+m)?\d+s$/ : /^–$/);
	}
	/* The busiest of all, and those without room count too. */
	assert.ok(shown.length > 500 && shown[0] > 0, `${shown[0]} wait`);
	assert.deepEqual(tiles.map(([, n]) => n).sort((a, b) => b - a),
	    shown.slice(0, 12));
	const { 'Appels en attente': all, 'Plus longue attente': longest } =
	    await figures(page);

	/* Technical queues have no tile, but their callers wait too. */
	const everywhere = queues.map(({ fields }) =>
	    Number(fields.waiting_tasks_count)).reduce((a, b) => a + b);

	assert.equal(Number(all), everywhere);
	const silent = everywhere - shown.reduce((a, b) => a + b);
	const note = await page.locator('#wall .note').textContent();

	assert.equal(/files? techniques? : (\d+)/.exec(note)?.[1] ?? '0',
	    String(silent), note);
	const seconds = (text) => [...text.matchAll(/(\d+)([hms])/g)].reduce(
	    (sum, [, n, unit]) => sum + n * { h: 3600, m: 60, s: 1 }[unit], 0);

	assert.ok(tiles.every(([, , wait]) => seconds(wait) <=
	    seconds(longest) + 2), longest);
	const words = await page.locator('body').innerText();

	for (const { login, name } of users)
		assert.ok(!words.includes(login) &&
		    (name === '' || !words.includes(name)), `${login} is named`);
});

for (const [width, height, colorScheme] of
	[[1280, 720, 'light'], [1920, 1080, 'dark'], [3840, 2160, 'dark']])
	wall_test(`it fits ${width} × ${height}, and is read from afar`,
	    '?view=wall', async (page) => {
		await page.locator('#wall .queue').first().waitFor();
		const found = await page.evaluate(() => {
			const wall = document.getElementById('wall');
			const root = document.documentElement;
			const size = (node) => parseFloat(
			    getComputedStyle(node).fontSize) / innerHeight;
			const all = (what) => [...wall.querySelectorAll(what)];

			return {
				scroll: [root.scrollWidth - innerWidth,
					root.scrollHeight - innerHeight],
				out: all('.figure, .queue').filter((node) => {
					const at = node.getBoundingClientRect();

					return at.bottom > innerHeight ||
					    at.right > innerWidth ||
					    node.scrollHeight >
					    node.clientHeight + 1;
				}).map((node) => node.textContent),
				cut: all('b, .wait, .staff, .figure .label')
				    .filter((node) => node.scrollWidth >
				        node.clientWidth + 1)
				    .map((node) => node.textContent),
				small: all('.label, h3, .wait, .staff')
				    .filter((node) => size(node) < .026)
				    .map((node) => node.textContent),
				numbers: Math.min(...all('.figure b, .count')
				    .map(size)),
			};
		});

		await page.getByText(/^12 files sur \d+, les plus chargées$/)
		    .waitFor();
		assert.equal(await page.locator('#wall .queue').count(), 12);
		assert.deepEqual(found.scroll, [0, 0]);
		assert.deepEqual(found.out, []);
		assert.deepEqual(found.cut, []);
		assert.deepEqual(found.small, []);
		assert.ok(found.numbers > .05, `${found.numbers}`);
	}, { viewport: { width, height }, colorScheme });

wall_test('the wall says when it has lost contact, in the last figures',
    '?view=wall', async (page, context) => {
	await page.locator('#wall .queue').first().waitFor();
	const seen = await figures(page);

	await context.setOffline(true);
	await page.locator('#banner').getByText('Contact perdu').waitFor();
	await page.locator('#wall .queue.aged').first().waitFor();
	const { 'Plus longue attente': longest, ...kept } = seen;
	const { 'Plus longue attente': now, ...still } = await figures(page);

	assert.deepEqual(still, kept);
	assert.equal(longest === '–', now === '–');
	assert.equal(await page.evaluate(() =>
	    document.documentElement.scrollHeight - innerHeight), 0);
	await context.setOffline(false);
	await page.locator('#banner').waitFor({ state: 'hidden' });
	await page.locator('#wall .queue.aged').first()
	    .waitFor({ state: 'detached' });
}, { allowed: /ERR_INTERNET_DISCONNECTED/ });

wall_test('a filter narrows the wall, and says so', '?view=wall&team=none-such',
    async (page) => {
	await page.getByRole('button', { name: 'Retirer Équipe : none-such' })
	    .waitFor();
	await until(() => figures(page), (shown) =>
	    assert.equal(shown['En appel'], '0'));
});

wall_test('the key ? opens the help, in the language of the page', '',
    async (page) => {
	const help = page.locator('#help');

	await page.locator('#users tbody tr').first().waitFor();
	await page.keyboard.press('?');
	await help.getByText('Aller à la recherche').waitFor();
	for (const word of ['Appel hors file', 'Non abouti', 'Colonnes : Files'])
		await help.getByText(word, { exact: true }).waitFor();
	await page.keyboard.press('Escape');
	await help.waitFor({ state: 'hidden' });
	await page.locator('#language').click();
	await page.locator('.total').getByText('Available').waitFor();
	await page.getByRole('button', { name: 'Help' }).click();
	await help.getByText('Go to the search').waitFor();
	await help.getByRole('button', { name: 'Close' }).click();
	await help.waitFor({ state: 'hidden' });
	/* In the search it is a letter. */
	await page.locator('#q').press('?');
	assert.equal(await page.inputValue('#q'), '?');
	assert.ok(!await help.isVisible());
});

wall_test('what cannot be fetched says so, and comes later', '',
    async (page, context) => {
	await page.locator('#users tbody tr').first().waitFor();
	await context.setOffline(true);
	await page.keyboard.press('?');
	await until(() => page.locator('#digest').textContent(), (words) =>
	    assert.match(words, /n’a pas pu être lue|Contact perdu/));
	assert.ok(!await page.locator('#help').isVisible());
	await context.setOffline(false);
	await until(async () => {
		await page.keyboard.press('?');
		return page.locator('#help').isVisible();
	}, (open) => assert.ok(open));
}, { allowed: /ERR_INTERNET_DISCONNECTED|Failed to fetch/ });

wall_test('on paper there is the table, whole and light', '', async (page) => {
	await page.locator('#users tbody tr').nth(49).waitFor();
	const pdf = await page.pdf({ format: 'A4', landscape: true });

	assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
	await page.emulateMedia({ media: 'print' });
	assert.ok(!await page.locator('.tools').isVisible());
	assert.ok(!await page.locator('#menus').isVisible());
	assert.ok(await page.locator('#counts').isVisible());
	/* No part of it is in a box that scrolls. */
	assert.ok(await page.evaluate(() => {
		const last = document.querySelector('#users tbody tr:last-child');

		return last.getBoundingClientRect().bottom <=
		    document.getElementById('foot').getBoundingClientRect().top + 1;
	}));
	assert.equal(await page.evaluate(() => {
		dispatchEvent(new Event('beforeprint'));
		const theme = document.documentElement.dataset.theme;

		dispatchEvent(new Event('afterprint'));
		return `${theme} ${document.documentElement.dataset.theme}`;
	}), 'light dark');
}, { colorScheme: 'dark' });
