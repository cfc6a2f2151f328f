#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// A person in the tabs of queues and calls: reads, finds, sorts, comes back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { column, command, counts, keys, launch, settled, start, truth, until,
    visit } from './lib/browser.mjs';
import { page as module } from './lib/modules.mjs';

const { questions } = await module('js/lists/questions.js');
const { spark } = await module('js/parts/table/spark.js');
const { parse } = await module('js/lists/address.js');

let board, browser;

before(async () => {
	[board, browser] = await Promise.all([
		start({ SIM_ARGS: '--agents 300 --events 50 --seed 5' }), launch()]);
	await command(board, 'freeze');
});

after(async () => {
	await browser?.close();
	board?.stop();
});

function tabs_test(name, path, act, options) {
	test(name, async () => {
		const { page, context, troubles } = await visit(browser,
		    board.env.URL, path, options);

		try {
			await settled(page);
			await act(page);
			assert.deepEqual(troubles, []);
		} finally {
			await context.close();
		}
	});
}

/** What the API says now, for comparison. */
async function api(path) {
	const answer = await fetch(`${board.env.URL}api/v1/${path}`);

	assert.equal(answer.status, 200, path);
	return answer.json();
}

const tab = (page, name) => page.getByRole('navigation', { name: 'Onglets' })
    .getByRole('link', { name, exact: true });

tabs_test('tabs are links; each keeps how it was left', '', async (page) => {
	assert.equal(await tab(page, 'Utilisateurs').getAttribute('aria-current'),
	    'page');
	await page.locator('.total.s-paused').click();
	await page.waitForURL(/\?state=paused$/);
	await tab(page, 'Files').click();
	await page.waitForURL(/\?view=queues$/);
	await settled(page);
	assert.equal(await tab(page, 'Files').getAttribute('aria-current'),
	    'page');
	assert.equal(await tab(page, 'Utilisateurs').getAttribute('aria-current'),
	    null);
	await page.locator('#queues th[data-column="waiting_tasks"] button')
	    .click();
	await page.waitForURL(/\?view=queues&sort=-waiting_tasks$/);
	await settled(page);
	await tab(page, 'Utilisateurs').click();
	await page.waitForURL(/\?state=paused$/);
	await settled(page);
	for (const text of await column(page, 'state'))
		assert.match(text, /^Pause/);
	await tab(page, 'Files').click();
	await page.waitForURL(/\?view=queues&sort=-waiting_tasks$/);
	/* Back and forward go through the tabs. */
	await page.goBack();
	await page.waitForURL(/\?state=paused$/);
	await page.locator('#users tbody tr').first().waitFor();
	await page.goForward();
	await page.locator('#queues tbody tr').first().waitFor();
	assert.equal(await page.locator('#users tbody tr').count(), 0);
	/* And what one left is there after a reload, in this window. */
	await page.reload();
	await settled(page);
	assert.match(await tab(page, 'Utilisateurs').getAttribute('href'),
	    /^\?state=paused$/);
});

tabs_test('queues show what the simulator knows', '?view=queues',
    async (page) => {
	const { queues } = await truth(board);
	const shown = new Map(queues.filter(({ fields }) =>
	    !/^VQ_|cdep:/.test(fields.name) &&
	    fields.queue_type !== 'user').map(({ fields }) =>
	    [`demo/${fields.name}`, fields]));

	assert.deepEqual((await keys(page)).sort(), [...shown.keys()].sort());
	assert.deepEqual(await counts(page),
	    [shown.size, shown.size, shown.size]);
	const rows = await page.locator('#queues tbody tr').evaluateAll((all) =>
	    all.map((tr) => [tr.dataset.key,
	        tr.querySelector('.c-waiting_tasks').textContent,
	        tr.querySelector('.c-logged_sessions').textContent]));

	for (const [key, waiting, logged] of rows) {
		const fields = shown.get(key);

		assert.equal(Number(waiting), Number(fields.waiting_tasks_count),
		    key);
		assert.equal(Number(logged), Number(fields.logged_sessions_count),
		    key);
	}
	/* Those that are not shown are told when callers wait in them. */
	const silent = queues.map(({ fields }) => fields).filter((fields) =>
	    !shown.has(`demo/${fields.name}`) &&
	    Number(fields.waiting_tasks_count) > 0);
	const calls = silent.reduce((sum, fields) =>
	    sum + Number(fields.waiting_tasks_count), 0);

	assert.equal(await page.locator('.total.s-hidden .word').textContent(),
	    silent.length === 0 ? 'Avec les files techniques' : `${silent.length
	    } file${silent.length > 1 ? 's' : ''} technique${
	    silent.length > 1 ? 's' : ''}, appels en attente : ${calls}`);
	await page.locator('.total.s-hidden').click();
	await page.waitForURL(/hidden=true/);
	await until(() => keys(page), (found) =>
	    assert.ok(found.length > shown.size, `${found.length} queues`));
	await page.getByRole('button', { name: 'Retirer Files techniques : aussi' })
	    .click();
	await until(() => keys(page), (found) =>
	    assert.equal(found.length, shown.size));
});

tabs_test('each queue has its last hour, drawn and in words', '?view=queues',
    async (page) => {
	/* The very question of the page: its answer is kept, and so the same. */
	const [question] = questions(parse('?view=queues'));

	const drawn = () => page.locator('#queues tbody tr').evaluateAll((all) =>
	    all.map((tr) => [tr.dataset.key,
	        tr.querySelector('.c-samples .line').getAttribute('d'),
	        tr.querySelector('.c-samples').textContent]));

	await until(async () => [(await api(question)).queues, await drawn()],
	([queues, rows]) => {
		const hours = new Map(queues.map(({ source, name, samples }) =>
		    [`${source}/${name}`, samples]));

		assert.ok(rows.length > 0);
		for (const [key, line, words] of rows) {
			const samples = hours.get(key);

			assert.ok(line.startsWith('M'), key);
			assert.equal(line, spark(samples).line, key);
			assert.equal(words,
			    `${Math.max(...samples)} au plus en attente dans l’heure`);
		}
	});
});

tabs_test('a search in queues, and from a queue to its calls by the keyboard',
    '?view=queues', async (page) => {
	await page.keyboard.press('/');
	await page.keyboard.type('garantie');
	await until(() => keys(page), (found) =>
	    assert.deepEqual(found, ['demo/sav__Garantie']));
	await page.keyboard.press('Tab');
	await page.locator('#queues tbody a.name').focus();
	await page.keyboard.press('Enter');
	await page.waitForURL(/\?view=calls&queue=demo\/sav__Garantie$/);
	await settled(page);
	const queue = new Set(await column(page, 'queue'));

	assert.deepEqual([...queue], ['Garantie étendue']);
	/* The chip has the label, not the technical name. */
	await page.getByRole('button', { name: 'Retirer File : Garantie étendue' })
	    .click();
	await page.waitForURL(/\?view=calls$/);
});

tabs_test('the picture of an hour says what it shows', '?view=queues',
    async (page) => {
	const picture = page.locator('#queues .c-samples [title]').first();

	await picture.hover();
	await page.mouse.move(0, 0);
	assert.match(await picture.getAttribute('title'), /en attente/);
});

tabs_test('calls: those that go on first, newest first, each once',
    '?view=calls', async (page) => {
	const { calls, meta } = await api(
	    'calls?sort=-active,-queued_at&per_page=50');
	const key = (row) => `${row.source}/${row.call_key}/${row.queued_at}`;

	await until(() => keys(page), (found) =>
	    assert.deepEqual(found, calls.map(key)));
	assert.ok(calls[0].active, 'the simulator has active calls');
	/* No column shows whether one is active: the first that is sorted by. */
	assert.equal(await page.locator('#calls th[data-column="call"]')
	    .getAttribute('aria-sort'), 'descending');
	assert.deepEqual(await counts(page),
	    [calls.length, meta.filtered, meta.total]);
	const waits = calls.findIndex(({ stage }) => stage === 'waiting');

	assert.ok(waits >= 0, 'the simulator has a call that waits');
	const row = page.locator('#calls tbody tr').nth(waits);
	const wait = async () => {
		const [, m, s] = /^(?:(\d+)m)?(\d+)s$/.exec(await row
		    .locator('.c-waiting_seconds').textContent());

		return Number(m ?? 0) * 60 + Number(s);
	};
	const first = await wait();

	assert.match(await row.locator('.c-stage').textContent(), /En attente/);
	await until(wait, (now) => assert.ok(now >= first + 2));
	/* One that an agent has leads to the agent. */
	await page.locator('#calls tbody a.name:not([hidden])').first().click();
	await page.locator('dialog[open]').getByRole('heading').first().waitFor();
	assert.match(page.url(), /\?view=calls&user=demo\//);
	await page.keyboard.press('Escape');
	await page.waitForURL(/\?view=calls$/);
});

tabs_test('what waits comes first when asked to, and alone on a click',
    '?view=calls', async (page) => {
	await page.getByRole('columnheader', { name: 'Étape' })
	    .getByRole('button').click();
	await page.waitForURL(/sort=stage/);
	const { facets, calls } = await api('calls?sort=stage&per_page=50');

	await until(() => column(page, 'stage'), (words) => assert.equal(
	    words.filter((word) => word === 'En attente').length,
	    Math.min(50, facets.stage.waiting)));
	assert.equal((await column(page, 'stage'))[0], 'En attente');
	assert.equal(calls[0].stage, 'waiting');
	const total = page.locator('.total[data-name="waiting"]');

	assert.equal(Number(await total.locator('.count').textContent()),
	    facets.stage.waiting);
	const all = await page.locator('.total:has(.count)').evaluateAll((some) =>
	    some.map((button) => Number(button.querySelector('.count')
	        .textContent.replace(/\s/g, ''))));

	assert.equal(all[0], all.slice(1).reduce((a, b) => a + b), 'they add up');
	await total.click();
	await page.waitForURL(/stage=waiting/);
	await until(() => counts(page), (n) =>
	    assert.equal(n[1], facets.stage.waiting));
	assert.deepEqual([...new Set(await column(page, 'stage'))],
	    ['En attente']);
	await page.getByRole('button', { name: 'Retirer Étape : En attente' })
	    .click();
	await page.waitForURL(/\?view=calls&sort=stage$/);
});

tabs_test('calls are filtered by what they are and when they came',
    '?view=calls', async (page) => {
	await page.locator('.total.s-over').click();
	await page.waitForURL(/active=false/);
	const over = await api('calls?active=false&per_page=1');

	await until(() => counts(page), (n) =>
	    assert.equal(n[1], over.meta.filtered));
	/* A click on all would bring the others, which are not counted here. */
	assert.equal(await page.locator('.total.s-both .count').textContent(),
	    '');
	for (const text of await column(page, 'stage'))
		assert.match(text, /^(Traité|Non abouti|Disparu)$/);
	await page.locator('[popovertarget="menu-direction"]').click();
	const row = page.locator('#menu-direction li').first();
	const word = await row.locator('.word').textContent();
	const n = Number(await row.locator('.count').textContent());

	await row.locator('input').check();
	await until(() => counts(page), (found) => assert.equal(found[1], n));
	assert.deepEqual([...new Set(await column(page, 'direction'))], [word]);
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Tout effacer' }).click();
	await page.waitForURL(/\?view=calls$/);
	await page.getByRole('button', { name: 'Période' }).click();
	await page.getByRole('button', { name: 'Hier' }).click();
	await page.waitForURL(/from=\d{4}-\d\d-\d\d&to=/);
	const [from, to] = ['from', 'to'].map((name) =>
	    new URL(page.url()).searchParams.get(name));

	assert.equal(Date.parse(to) - Date.parse(from), 86400_000);
	await page.getByRole('button', { name: 'Période' }).click();
	/* Before the board began, and within the longest period. */
	const [begin, end] = [60, 59].map((days) =>
	    `${new Date(Date.now() - days * 86400_000).toISOString()
	        .slice(0, 10)}T00:00`);

	await page.locator('#menu-period [name="from"]').fill(begin);
	await page.waitForURL((url) => url.searchParams.get('from') === begin);
	await page.locator('#menu-period [name="to"]').fill(end);
	await page.keyboard.press('Escape');
	await page.getByText('Aucun appel dans cette période').waitFor();
	/* The link is the view for somebody else, too. */
	const { page: other, context } = await visit(browser, page.url());

	await other.getByText('Aucun appel dans cette période').waitFor();
	await other.getByRole('button', { name: 'Tout effacer' }).click();
	await settled(other);
	await context.close();
});

tabs_test('calls are searched, paged, exported; columns are chosen',
    '?view=calls&per_page=25', async (page) => {
	const agent = (await page.locator('#calls tbody a.name:not([hidden])').first()
	    .textContent());

	await page.getByRole('button', { name: 'Page suivante' }).click();
	await page.waitForURL(/[?&]page=2(&|$)/);
	await settled(page);
	await page.fill('#q', agent);
	await page.keyboard.press('Enter');
	await page.waitForURL(/\?view=calls&q=/);
	await until(() => column(page, 'agent'), (found) => {
		assert.ok(found.length > 0);
		assert.ok(found.every((text) => text.startsWith(agent)));
	});
	await page.getByRole('button', { name: 'Exporter' }).click();
	const [file] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: /strict/ }).click()]);

	assert.match(file.suggestedFilename(), /^calls-.*\.csv$/);
	await page.getByRole('button', { name: 'Colonnes' }).click();
	await page.locator('#chooser li[data-key="profile"] input').check();
	await page.keyboard.press('Escape');
	await page.locator('#calls th[data-column="profile"]').waitFor();
	/* The choice is of this list alone. */
	await tab(page, 'Files').click();
	await settled(page);
	assert.doesNotMatch(page.url(), /cols=/);
	await tab(page, 'Appels').click();
	await page.waitForURL(/cols=.*profile/);
});

tabs_test('rows without a link are walked through too', '?view=calls',
    async (page) => {
	await page.locator('#calls tbody tr').first().locator('time').focus();
	for (const press of ['ArrowDown', 'ArrowDown', 'End', 'ArrowUp'])
		await page.keyboard.press(press);
	const [at, rows, stops] = await page.evaluate(() => [
		document.activeElement.closest('tr').sectionRowIndex,
		document.querySelectorAll('#calls tbody tr').length,
		document.querySelectorAll('#calls tbody [tabindex="0"]').length]);

	assert.equal(at, rows - 2);
	assert.equal(stops, 1);
});

tabs_test('English says it too, and 360 pixels are enough', '?view=queues',
    async (page) => {
	await page.locator('#language').click();
	await page.getByRole('link', { name: 'Calls', exact: true }).click();
	await settled(page);
	await page.getByText(/Shown: \d+ · filtered: \d+ · in all: \d+/).waitFor();
	for (const path of ['?view=queues', '?view=calls', '?view=wall']) {
		await page.goto(board.env.URL + path);
		await page.locator('.pill.live').waitFor();
		assert.ok(await page.evaluate(() =>
		    document.documentElement.scrollWidth) <= 360, path);
	}
}, { viewport: { width: 360, height: 640 } });
