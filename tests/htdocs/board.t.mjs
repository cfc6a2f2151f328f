#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// A person at the board: sees all, finds, filters, sorts, pages, shares.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { column, command, counts, keys, launch, names, people, settled, start,
    tester, truth, until, visit } from './lib/browser.mjs';

let board, browser, users;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 450 --events 50 --seed 7' });
	browser = await launch();
	/* Nothing changes during the comparison; live.t.mjs tests changes. */
	await command(board, 'freeze');
	users = await people(board);
	await until(async () => {
		const answer = await fetch(
		    `${board.env.URL}api/v1/users?per_page=500`);

		return (await answer.json()).users;
	}, (rows) => assert.deepEqual(
	    rows.map(({ login, state }) => `${login} ${state}`).sort(),
	    users.map(({ login, state }) => `${login} ${state}`).sort()));
});

after(async () => {
	await browser?.close();
	board?.stop();
});

const board_test = tester(() => ({ board, browser }));

function fold(text) {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

board_test('450 users, each once, in nine pages', '', async (page) => {
	const seen = [];

	assert.equal(users.length, 450);
	for (let n = 1; n <= 9; n++) {
		await page.getByText(`Page ${n} / 9`).waitFor();
		await settled(page);
		assert.deepEqual(await counts(page), [50, 450, 450]);
		seen.push(...await keys(page));
		if (n < 9)
			await page.getByRole('button', { name: 'Page suivante' })
			    .click();
	}
	assert.deepEqual(seen.sort(),
	    users.map(({ login }) => `demo/${login}`).sort());
	/* At the end there is no next page, and saying so costs no focus. */
	const next = page.getByRole('button', { name: 'Page suivante' });

	assert.equal(await next.getAttribute('aria-disabled'), 'true');
	await next.click({ force: true });
	assert.match(page.url(), /page=9$/);
	await page.getByRole('button', { name: 'Première page' }).click();
	await page.getByText('Page 1 / 9').waitFor();
	assert.doesNotMatch(page.url(), /page=/);
});

board_test('totals by state are the truth and add up', '', async (page) => {
	const totals = await page.locator('.total:has(.count)').evaluateAll((all) =>
	    Object.fromEntries(all.map((button) => [button.className.match(
	        /s-(\w+)/)[1], Number(button.querySelector('.count')
	        .textContent)])));
	const wanted = {};

	for (const { state } of users)
		wanted[state] = (wanted[state] ?? 0) + 1;
	const { all, ...states } = totals;

	assert.equal(all, 450);
	for (const [state, n] of Object.entries(states))
		assert.equal(n, wanted[state] ?? 0, state);
});

board_test('«zoe» finds Zoé', '', async (page) => {
	await page.keyboard.press('/');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
	await page.keyboard.type('zoe');
	const wanted = users.filter(({ login, name }) =>
	    fold(`${login} ${name}`).includes('zoe'));

	assert.ok(wanted.some(({ name }) => name.startsWith('Zoé ')),
	    'the simulator has no Zoé');
	await until(() => keys(page), (found) => assert.deepEqual(found.sort(),
	    wanted.map(({ login }) => `demo/${login}`).sort()));
	assert.ok((await names(page)).some((name) => name.startsWith('Zoé ')));
	assert.match(page.url(), /\?q=zoe$/);
	assert.deepEqual(await counts(page), [wanted.length, wanted.length, 450]);
	/* One step back in the history, however many letters were typed. */
	await page.goBack();
	await until(() => counts(page), (n) => assert.equal(n[1], 450));
	assert.equal(await page.inputValue('#q'), '');
});

board_test('every word must match; nobody is an answer too', '?q=zoe%20zzz',
    async (page) => {
	await page.getByText('Aucun utilisateur ne répond').waitFor();
	assert.deepEqual(await counts(page), [0, 0, 450]);
	await page.getByRole('button', { name: 'Tout voir' })
	    .click();
	await until(() => counts(page), (n) => assert.equal(n[1], 450));
	assert.equal(new URL(page.url()).search, '');
}, { rows: false });

board_test('the search takes what the API takes, and no more', '',
    async (page) => {
	const status = (q) => page.evaluate(async (asked) => (await fetch(
	    `api/v1/users?per_page=1&q=${encodeURIComponent(asked)}`)).status, q);
	const q = () => new URL(page.url()).searchParams.get('q');

	for (const text of ['é'.repeat(200), 'a'.repeat(300), '日本'.repeat(60),
		`abc${'😀'.repeat(70)}`, 'un deux trois quatre cinq six sept huit neuf',
		`a\u3000b\u00a0c\u2009d e f g h\u2028i`]) {
		await page.fill('#q', text);
		const taken = await page.inputValue('#q');

		assert.ok(text.startsWith(taken) && taken !== text);
		assert.match(await page.locator('#q').evaluate((input) =>
		    input.validationMessage), /8 mots et 256 octets/);
		assert.equal(await status(taken), 200, taken);
		assert.equal(await status(taken +
		    String.fromCodePoint(text.codePointAt(taken.length))), 400);
		await until(q, (asked) => assert.equal(asked, taken.trim()));
		/* Whether anybody is found or not. */
		await page.locator('#board[aria-busy="false"]').waitFor();
	}
	/* In the middle, what is typed gives way. */
	await page.fill('#q', 'a b c d e f g h');
	assert.equal(await page.locator('#q').evaluate((input) => {
		input.setSelectionRange(4, 4);
		return input.validationMessage;
	}), '');
	await page.keyboard.type('x y ');
	assert.equal(await page.inputValue('#q'), 'a b xyc d e f g h');
}, { allowed: /400 \(Bad Request\)/ });

board_test('a state filters, its chip takes it off', '', async (page) => {
	const pauses = users.filter(({ state }) => state === 'paused').length;

	await page.locator('.total.s-paused').click();
	await until(() => counts(page), (n) => assert.equal(n[1], pauses));
	for (const text of await column(page, 'state'))
		assert.match(text, /^Pause/);
	assert.equal(await page.locator('.total.s-paused')
	    .getAttribute('aria-pressed'), 'true');
	assert.match(page.url(), /\?state=paused$/);
	await page.locator('.total.s-talking').click();
	const talking = users.filter(({ state }) => state === 'talking').length;

	await until(() => counts(page), (n) =>
	    assert.equal(n[1], pauses + talking));
	await page.getByRole('button', { name: 'Retirer État : Pause' }).click();
	await until(() => counts(page), (n) => assert.equal(n[1], talking));
	await page.getByRole('button', { name: 'Tout effacer' }).click();
	await until(() => counts(page), (n) => assert.equal(n[1], 450));
});

board_test('menus count their values, and filter by them', '', async (page) => {
	await page.locator('[popovertarget="menu-kind"]').click();
	const row = page.locator('#menu-kind li').filter({
		hasText: 'Superviseur' });
	const n = Number(await row.locator('.count').textContent());

	await row.locator('input').check();
	await until(() => counts(page), (found) => assert.equal(found[1], n));
	assert.ok(n > 0 && n < 450);
	/* What the menu says of the other value is what it would give. */
	const other = Number(await page.locator('#menu-kind li').filter({
		hasText: 'Agent' }).locator('.count').textContent());

	assert.equal(n + other, 450);
	await page.keyboard.press('Escape');
	assert.ok(!await page.locator('#menu-kind').isVisible());
	await page.locator('[popovertarget="menu-team"]').click();
	const team = page.locator('#menu-team li').nth(1);
	const both = Number(await team.locator('.count').textContent());

	await team.locator('input').check();
	await until(() => counts(page), (found) => assert.equal(found[1], both));
	assert.match(page.url(), /kind=supervisor&team=/);
	await page.locator('#menu-team').getByRole('button', {
		name: 'Effacer ce filtre' }).click();
	await until(() => counts(page), (found) => assert.equal(found[1], n));
});

board_test('headers sort, with Shift by a second key', '?per_page=500',
    async (page) => {
	const collator = new Intl.Collator('fr');
	const header = (key) => page.locator(`th[data-column="${key}"]`);

	assert.equal(await header('user').getAttribute('aria-sort'), 'ascending');
	const byName = await names(page);

	assert.deepEqual(byName, [...byName].sort(collator.compare));
	await header('total_inbound').locator('button').click();
	await page.waitForURL(/\?sort=-total_inbound&per_page=500$/);
	await header('user').locator('button').focus();
	await page.keyboard.press('Shift+Enter');
	await page.waitForURL(/\?sort=-total_inbound,name&per_page=500$/);
	await settled(page);
	assert.equal(await header('total_inbound').getAttribute('aria-sort'),
	    'descending');
	assert.equal(await header('user').getAttribute('aria-sort'), null);
	const numbers = await column(page, 'total_inbound');
	const rows = (await names(page)).map((name, i) => ({ name,
		n: numbers[i] === '' ? -1 : Number(numbers[i]) }));

	assert.equal(rows.length, 450);
	assert.ok(new Set(rows.map(({ n }) => n)).size > 3);
	assert.deepEqual(rows, [...rows].sort((a, b) => b.n - a.n ||
	    collator.compare(a.name, b.name)));
	await header('user').locator('button').click();
	await page.waitForURL(/\?per_page=500$/);
});

board_test('the address is the view: page 3 again after a reload', '',
    async (page) => {
	await page.selectOption('select[name="size"]', '25');
	await page.locator('th[data-column="phone"] button').click();
	for (let n = 1; n < 3; n++)
		await page.getByRole('button', { name: 'Page suivante' }).click();
	await page.waitForURL('**/?sort=phone&page=3&per_page=25');
	await page.getByText('Page 3 / 18').waitFor();
	await settled(page);
	const seen = await keys(page);

	assert.equal(seen.length, 25);
	await page.reload();
	await settled(page);
	assert.deepEqual(await keys(page), seen);
	assert.equal(await page.locator('select[name="size"]').inputValue(),
	    '25');
	await page.goBack();
	await page.getByText('Page 2 / 18').waitFor();
	await until(() => keys(page), (found) =>
	    assert.notDeepEqual(found, seen));
	await page.goForward();
	await page.getByText('Page 3 / 18').waitFor();
	await until(() => keys(page), (found) => assert.deepEqual(found, seen));
});

board_test('a page that is no more gives way to the last', '?page=77',
    async (page) => {
	await page.getByText('Page 9 / 9').waitFor();
	await settled(page);
	assert.match(page.url(), /page=9$/);
});

board_test('what the server refuses is said in its words', '?state=nonsense',
    async (page) => {
	await page.getByText('« nonsense »').waitFor();
	assert.equal(await page.locator('#users tbody tr').count(), 0);
	await page.getByRole('button', { name: 'Retirer État : nonsense' })
	    .click();
	await settled(page);
	assert.deepEqual(await counts(page), [50, 450, 450]);
}, { allowed: /400 \(Bad Request\)/, rows: false });

board_test('columns are chosen, moved, kept in the address and in mind', '',
    async (page) => {
	const heads = () => page.locator('#users thead th').evaluateAll((all) =>
	    all.map((th) => th.dataset.column));
	const row = (key) => page.locator(`#chooser li[data-key="${key}"]`);

	await page.getByRole('button', { name: 'Colonnes' }).click();
	await row('mode').locator('input').uncheck();
	await row('queues').locator('input').check();
	await row('task').getByRole('button', { name: /^Monter/ }).click();
	await page.keyboard.press('Escape');
	const chosen = await heads();

	assert.deepEqual(chosen.slice(0, 4),
	    ['user', 'state', 'task', 'state_seconds']);
	assert.ok(!chosen.includes('mode'));
	assert.equal(chosen.at(-1), 'queues');
	assert.match(page.url(), /cols=state,task,state_seconds,/);
	await page.goto(board.env.URL);
	await settled(page);
	assert.deepEqual(await heads(), chosen);
	assert.match(page.url(), /cols=state,task,state_seconds,/);
});

board_test('what is filtered is saved as a file, and opens', '?q=zoe&sort=-login',
    async (page) => {
	const listed = (await keys(page)).map((key) => key.split('/')[1]);

	assert.ok(listed.length > 0 && listed.length < 50);
	for (const [name, separator] of [[/Tableur/, ';'], [/strict/, ',']]) {
		await page.getByRole('button', { name: 'Exporter' }).click();
		const [file] = await Promise.all([page.waitForEvent('download'),
			page.getByRole('link', { name }).click()]);

		assert.match(file.suggestedFilename(),
		    /^users-\d{4}-\d\d-\d\d\.csv$/);
		const lines = readFileSync(await file.path(), 'utf8')
		    .replace(/^\ufeff/, '').trimEnd().split('\r\n');
		const at = lines[0].split(separator).indexOf('login');

		assert.deepEqual(lines.slice(1).map((line) =>
		    line.split(separator)[at]), listed);
		assert.equal(await page.locator('#export-panel')
		    .isVisible(), false);
	}
});

board_test('one user in full: by Enter, by the address, back by Escape', '',
    async (page) => {
	const link = page.locator('#users tbody a.name').first();
	const name = await link.textContent();

	await link.focus();
	await page.keyboard.press('Enter');
	const dialog = page.locator('dialog[open]');

	await dialog.getByRole('heading', { name }).waitFor();
	await dialog.locator('dl').first().waitFor();
	const login = decodeURIComponent(new URL(page.url()).searchParams
	    .get('user')).split('/')[1];

	assert.ok((await dialog.locator('dd').allTextContents())
	    .includes(login));
	assert.ok(await dialog.locator('.timeline .bar').count() >= 1);
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	await until(() => page.evaluate(() => document.activeElement.textContent),
	    (text) => assert.equal(text, name));
	assert.equal(new URL(page.url()).search, '');
	await page.goto(`${board.env.URL}?user=demo/${login}`);
	await dialog.getByRole('heading', { name }).waitFor();
	for (const nobody of ['demo/nobody-at-all', '../sources', 'demo/..', '..',
		'demo/', 'demo/../../sources', '/', 'demo//..//sources']) {
		await page.goto(`${board.env.URL}?user=${nobody}`);
		await dialog.locator('.problem').filter({ hasText: 'Introuvable' })
		    .waitFor();
		await settled(page);
		assert.equal(await page.locator('#banner').isVisible(), false, nobody);
	}
}, { allowed: /404 \(Not Found\)/ });

board_test('a session id is copied by a click', '?state=talking',
    async (page) => {
	await page.context().grantPermissions(['clipboard-read',
		'clipboard-write']);
	const button = page.locator('#users tbody .copy').first();
	const id = await button.getAttribute('data-copy');
	const ids = (await truth(board)).users.map(({ fields }) =>
	    fields['sessions.last.session.session_id']);

	assert.ok(ids.includes(id));
	await button.click();
	await page.getByText('Identifiant de session copié.').waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
	    id);
});

board_test('English and themes are remembered', '', async (page) => {
	const theme = () => page.evaluate(() =>
	    document.documentElement.dataset.theme);

	assert.equal(await theme(), 'dark', 'the system’s');
	await page.locator('#theme').click();
	assert.equal(await theme(), 'light');
	await page.locator('#language').click();
	await page.locator('.total.s-paused').getByText('Paused').waitFor();
	await page.reload();
	await settled(page);
	assert.equal(await theme(), 'light');
	assert.equal(await page.evaluate(() => document.documentElement.lang),
	    'en');
	await page.getByText('Shown: 50 · filtered: 450 · in all: 450').waitFor();
	await page.locator('#theme').click();
	await page.locator('#theme').click();
	assert.equal(await theme(), 'dark', 'the system’s again');
	await page.emulateMedia({ colorScheme: 'light' });
	await until(theme, (now) => assert.equal(now, 'light'));
}, { colorScheme: 'dark' });

board_test('the browser’s language decides at first', '', async (page) => {
	assert.equal(await page.locator('th[data-column="state"] .label')
	    .textContent(), 'State');
}, { locale: 'en-US' });

test('a reverse proxy may mount it anywhere', async () => {
	const proxy = http.createServer((request, answer) => {
		if (!request.url.startsWith('/board/')) {
			answer.writeHead(404).end();
			return;
		}
		http.get(new URL(request.url.slice('/board/'.length) || '.',
		    board.env.URL), { headers: request.headers }, (inner) => {
			answer.writeHead(inner.statusCode, inner.headers);
			inner.pipe(answer);
		});
	});

	await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const base = `http://127.0.0.1:${proxy.address().port}/board/`;
	const { page, context, troubles } = await visit(browser, base,
	    '?state=talking');

	try {
		await settled(page);
		await page.getByRole('button', { name: 'Tout effacer' }).click();
		await until(() => counts(page), (n) => assert.equal(n[1], 450));
		assert.equal(page.url(), base);
		assert.deepEqual(troubles, []);
	} finally {
		await context.close();
		proxy.close();
	}
});
