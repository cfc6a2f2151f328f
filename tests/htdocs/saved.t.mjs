#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Saved views on the page: opened, saved, modified, shared and deleted, by
// readers of different scopes; the one that the page opens with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { pg, query } from '../e2e/stack.mjs';
import { judge } from './lib/axe.mjs';
import { command, keys, launch, names, settled, start, until, visit } from
    './lib/browser.mjs';
import { page as load } from './lib/modules.mjs';
import { signIn } from './lib/readers.mjs';

const A = await load('js/lists/address.js');
const S = await load('js/lists/saved.js');
const R = await load('js/model/reader.js');
const { translator } = await load('js/lib/i18n.js');
const LYON = 'Lyon', NORD = 'Lyon/Nord', VENTES = 'Ventes';

let board, browser, readers;

/*
 * A second source: 24 users, each a third in one team, who are by turns on a
 * break, free, and at the work after a call.  The smaller half of each state has
 * been so for a minute and a session of an hour, the others for 20 minutes, and
 * one of three of them in a session of 13 hours.
 */
const USERS = `SET ROLE cccp_poller;
	SELECT cccp.staging();
	BEGIN;
	INSERT INTO source_in VALUES ('essai', 'cccp://essai.example:20103',
	    'live', NULL, now(), 0, '4.2', true, true);
	INSERT INTO agent_in (login, name, team, logged, mode, mode_label,
	    mode_since, interface, task, task_since, task_started_at, busy_count,
	    login_at, present, seen_at)
	SELECT 'e' || to_char(i, 'FM00'), 'Essai ' || i,
	    (ARRAY['${LYON}', '${NORD}', '${VENTES}'])[1 + i / 3 % 3], true,
	    CASE i % 3 WHEN 0 THEN 'pause_cafe' ELSE 'inbound' END,
	    CASE i % 3 WHEN 0 THEN 'Pause café' ELSE 'Disponible' END,
	    at, 'inbound', CASE i % 3 WHEN 2 THEN 'post_managing' END,
	    CASE i % 3 WHEN 2 THEN at END,
	    CASE i % 3 WHEN 2 THEN at - interval '1 min' END, (i % 3 = 2)::int,
	    now() - CASE WHEN i >= 18 THEN interval '13 h' ELSE '1 h' END,
	    true, now()
	FROM generate_series(0, 23) AS i, LATERAL (SELECT now() - CASE
	    WHEN i < 12 THEN interval '1 min' ELSE '20 min' END) AS t (at);
	SELECT * FROM cccp.flush();
	COMMIT;
	RESET ROLE;
	UPDATE cccp.source SET stale_after = '2 hours';
	SELECT cccp.grant_access('user', 'sofia', 'supervisor'),
	    cccp.grant_access('user', 'ada', 'admin'),
	    cccp.grant_access('user', 'luc', 'supervisor', NULL, '${LYON}'),
	    cccp.grant_access('user', 'nina', 'reader', NULL, '${NORD}'),
	    cccp.grant_access('user', 'mur', 'wall'), cccp.end_access(1)`;

/** SQL that changes something. */
function change(sql) {
	execFileSync(join(board.env.PG_BIN ?? '', 'psql'), ['-Xqv',
		'ON_ERROR_STOP=1', '-f', '-'], { input: sql, encoding: 'utf8',
		env: { ...process.env, ...pg(board) } });
}

before(async () => {
	board = await start({ SIM_ARGS: '--agents 80 --events 20 --seed 4' });
	await command(board, 'freeze');
	change(USERS);
	readers = await signIn(board, ['sofia', 'ada', 'luc', 'nina', 'mur']);
	browser = await launch();
});

after(async () => {
	await browser?.close();
	readers?.stop();
	board?.stop();
});

const menu = (page) => page.locator('#saved');
const panel = (page) => page.locator('#saved-panel');
const form = (page) => page.locator('#saved-form');
const keep = (page) => page.locator('#saved-keep');
const link = (page, name) => panel(page).getByRole('link', { name });

/** The search part of the address, as people read it. */
function search(page) {
	return decodeURIComponent(new URL(page.url()).search);
}

/** test() with the page of a reader, on which there is no trouble. */
function reader_test(name, reader, path, act, options = {}) {
	test(name, async () => {
		const { page, context, troubles } = await visit(browser,
		    readers.url(reader), path, options);

		try {
			await settled(page);
			await act(page, context);
			assert.deepEqual(troubles, []);
		} finally {
			await context.close();
		}
	});
}

async function open(page, name) {
	await menu(page).click();
	await link(page, name).click();
	await settled(page);
}

/** Fills in the form that is open, and saves. */
async function store(page, { name, shared, first, replace }) {
	await form(page).waitFor();
	if (name !== undefined)
		await form(page).getByLabel('Nom').fill(name);
	if (shared !== undefined)
		await form(page).getByLabel('Partager avec')
		    .selectOption({ label: shared });
	if (first !== undefined)
		await form(page).getByLabel('Mon périmètre').setChecked(first);
	if (replace !== undefined)
		await form(page).getByLabel('Remplacer').setChecked(replace);
	await form(page).getByRole('button', { name: 'Enregistrer' }).click();
}

async function closed(page) {
	await form(page).waitFor({ state: 'hidden' });
}

async function save(page, fields) {
	await menu(page).click();
	await page.getByRole('button', { name: 'Enregistrer ce qui est affiché…' })
	    .click();
	await store(page, fields);
	await closed(page);
}

async function edit(page, name) {
	await menu(page).click();
	await page.getByRole('button', { name: `Modifier la vue ${name}`,
		exact: true }).click();
	await form(page).waitFor();
}

function views(where = 'owner IS NOT NULL') {
	return query(board, `SELECT owner, name, list, query, columns, sort,
		shared, is_default FROM cccp.saved_view WHERE ${where}
		ORDER BY view_id`);
}

test('a view of the page, saved and opened, is the same', () => {
	const all = ['', '?q=zo%C3%A9 (le)&state=paused,-talking&team=A/B,\\,x' +
	    '&logged=true&state_seconds_gt=900&sort=-state_seconds,name',
	    '?view=queues&type=queue&hidden=true&cols=waiting_tasks',
	    '?view=calls&queue=prod/a__b&from=2026-03-29&to=2026-03-29T08:05:09',
	    '?cols='];

	for (const search of all) {
		const view = A.parse(search), saved = S.savedForm(view);
		const again = S.viewOf({ id: 7, ...saved });

		/* As the database takes it. */
		assert.match(saved.query, /^[\w.~%+,:*=&-]*$/, search);
		assert.equal(again.saved, 7);
		assert.deepEqual(S.savedForm(again), saved, search);
		assert.deepEqual(S.openedOf(view, [{ id: 7, ...saved }]),
		    { saved: { id: 7, ...saved }, modified: false }, search);
	}
	assert.deepEqual(S.savedForm(A.parse('')),
	    { list: 'users', query: '', columns: null, sort: null });
	assert.equal(A.format(S.viewOf({ ...S.savedForm(A.parse(all[3])) })),
	    '?view=calls&queue=prod/a__b&from=2026-03-29T00:00' +
	    '&to=2026-03-29T08:05:09');
	/* The order in which values were chosen does not matter. */
	const one = { id: 1, ...S.savedForm(A.parse('?state=paused,talking')) };

	assert.equal(S.openedOf(A.parse('?state=talking,paused', 1), [one])
	    .modified, false);
	assert.equal(S.openedOf(A.parse('?state=talking', 1), [one]).modified,
	    true);
	assert.equal(S.openedOf(A.parse('?state=talking'), [one]), null);
	assert.equal(S.openedOf(A.parse('?view=wall', 1), [one]), null);
});

test('the limits of a scope in words, and the teams in it', async () => {
	const t = await translator('fr');
	const me = (whole, ...grants) => ({ role: 'reader', scope: { whole,
		grants: grants.map(([team, queue, role = 'reader']) =>
		    ({ team, queue, role, source: null })) } });

	assert.equal(R.limitsWord(me(true, [null, null]), t), '');
	assert.equal(R.limitsWord(me(false, [null, null]), t), '');
	assert.equal(R.limitsWord(me(false, ['A', null], [null, null, 'wall']),
	    t), 'équipe A');
	assert.equal(R.limitsWord(me(false, ['A', 'q'], ['B', null]), t),
	    'équipe A, file q ; équipe B');
	const teams = ['A/B/C', 'A', 'D', 'AB'];

	assert.deepEqual(R.wholeTeams(me(true, [null, null]), teams),
	    ['A', 'A/B', 'A/B/C', 'AB', 'D']);
	assert.deepEqual(R.wholeTeams(me(false, ['A/B', null], ['D', null,
	    'wall']), teams), ['A/B', 'A/B/C']);
	assert.deepEqual(R.wholeTeams(me(false, [null, 'q']), teams), []);
});

reader_test('the views that come with the board filter as they are named',
    'sofia', '', async (page) => {
	const all = new Map((await query(board, `SELECT name, state::text,
		state_seconds, login_seconds, logged FROM cccp_v1.user`))
	    .map((user) => [user.name, user]));

	for (const [name, address, passes, least] of [
		['Libres', '?state=available&sort=-state_seconds',
			({ state }) => state === 'available', 8],
		['En pause > 15 min', '?state=paused&state_seconds_gt=900&' +
			'sort=-state_seconds', ({ state, state_seconds }) =>
		    state === 'paused' && state_seconds > 840, 4],
		['Post-appel > 60 s', '?state=wrapup&state_seconds_gt=60&' +
			'sort=-state_seconds', ({ state }) => state === 'wrapup',
		4],
		['Sessions > 12 h', '?logged=true&login_seconds_gt=43200&' +
			'sort=-login_seconds', ({ logged, login_seconds }) =>
		    logged && login_seconds > 43000, 6]]) {
		await open(page, name);
		await until(() => search(page), (text) =>
		    assert.equal(text, address));
		await settled(page);
		assert.equal(await menu(page).getAttribute('aria-label'),
		    `Vues : ${name}`);
		const shown = await names(page);

		assert.ok(shown.length >= least && shown.length < all.size, name);
		for (const one of shown)
			assert.ok(passes(all.get(one)), `${name}: ${one}`);
	}
	/* What it filters by are chips, which can be removed. */
	await page.getByRole('button', { name: 'Retirer Session depuis : plus' +
	    ' de 12 h' }).click();
	await until(() => search(page), (text) => assert.equal(text,
	    '?logged=true&sort=-login_seconds'));
	assert.equal(await keep(page).textContent(), 'modifiée : enregistrer sous…');
	await page.goBack();
	await keep(page).waitFor({ state: 'hidden' });
	await page.goForward();
	await keep(page).waitFor();
	await page.reload();
	await settled(page);
	assert.match(await menu(page).textContent(), /^Sessions > 12 h$/);
	/* All rows, in the usual order, are no modified view. */
	await page.getByRole('button', { name: 'Tout effacer' }).click();
	await keep(page).waitFor({ state: 'hidden' });
});

reader_test('a view is saved, modified, renamed, replaced and deleted', 'sofia',
    `?team=${VENTES}&sort=team`, async (page) => {
	await save(page, { name: 'Ventes' });
	assert.deepEqual(await views(), [{ owner: 'sofia', name: 'Ventes',
		list: 'users', query: `team=${VENTES}`, columns: null, sort: 'team',
		shared: 'none', is_default: false }]);
	await until(() => menu(page).textContent(), (text) =>
	    assert.equal(text, 'Ventes'));
	await page.locator('.total.s-available').click();
	await until(() => keep(page).textContent(), (text) =>
	    assert.equal(text, 'modifiée : enregistrer'));
	await keep(page).click();
	await until(views, ([{ query }]) => assert.equal(query,
	    `state=available&team=${VENTES}`));
	await keep(page).waitFor({ state: 'hidden' });
	await until(() => page.locator('#digest').textContent(), (text) =>
	    assert.match(text, /La vue Ventes est enregistrée/));

	await edit(page, 'Ventes');
	await store(page, { name: 'Libres, ventes' });
	await closed(page);
	await page.locator('.total.s-available').click();
	await edit(page, 'Libres, ventes');
	assert.match(await form(page).locator('.dim').textContent(),
	    /État : Libre/);
	await form(page).getByLabel('Remplacer').check();
	assert.doesNotMatch(await form(page).locator('.dim').textContent(),
	    /État : Libre/);
	await store(page, {});
	await closed(page);
	assert.deepEqual((await views()).map(({ name, query }) => [name, query]),
	    [['Libres, ventes', `team=${VENTES}`]]);

	await edit(page, 'Libres, ventes');
	await page.getByRole('button', { name: 'Supprimer' }).click();
	assert.equal((await views()).length, 1, 'not at the first click');
	await page.getByRole('button', { name: 'Supprimer pour de bon' }).click();
	await closed(page);
	assert.deepEqual(await views(), []);
	await until(() => menu(page).textContent(), (text) =>
	    assert.equal(text, 'Vues'));
});

reader_test('what another window did meanwhile is said, and not lost', 'sofia',
    '?state=paused', async (page) => {
	await save(page, { name: 'Pauses' });
	await page.locator('.total.s-available').click();
	await keep(page).waitFor();
	const again = (name) => change(`UPDATE cccp.saved_view
		SET name = '${name}', version = version + 1
		WHERE owner = 'sofia'`);

	again('Autre nom');
	await keep(page).click();
	await form(page).getByText(/modifiée entre-temps.*Autre nom/).waitFor();
	assert.equal((await views())[0].query, 'state=paused');
	again('Encore');
	await store(page, { name: 'À moi' });
	await form(page).getByText(/modifiée entre-temps.*Encore/).waitFor();
	assert.equal((await views())[0].name, 'Encore');
	await store(page, { name: 'À moi' });
	await closed(page);
	assert.deepEqual((await views()).map(({ name, query }) => [name, query]),
	    [['À moi', 'state=available,paused']]);
	/* Deleted meanwhile: it becomes a new one. */
	await edit(page, 'À moi');
	change("DELETE FROM cccp.saved_view WHERE owner = 'sofia'");
	await store(page, { name: 'Nouvelle' });
	await form(page).getByText(/supprimée entre-temps/).waitFor();
	await store(page, {});
	await closed(page);
	assert.deepEqual((await views()).map(({ name }) => name), ['Nouvelle']);
	change("DELETE FROM cccp.saved_view WHERE owner = 'sofia'");
}, { allowed: /40[4]|412/ });

reader_test('supervisors share, with teams of theirs', 'luc', '?state=paused',
    async (page) => {
	await page.locator('#reader').getByText(`équipe ${LYON}`).waitFor();
	await menu(page).click();
	await panel(page).getByText(`Votre périmètre : équipe ${LYON}`).waitFor();
	await page.keyboard.press('Escape');
	await menu(page).click();
	await page.getByRole('button', { name: /^Enregistrer ce qui/ }).click();
	await until(() => form(page).locator('option').allTextContents(),
	    (all) => assert.deepEqual(all, ['personne', 'tous', `équipe ${LYON}`,
	        `équipe ${NORD}`]));
	await store(page, { name: 'De Lyon', shared: `équipe ${LYON}` });
	await closed(page);
	assert.deepEqual((await views()).map(({ shared }) => shared),
	    [`team:${LYON}`]);
});

test('a shared view opens to each reader no more than his own scope',
    async () => {
	const { page, context } = await visit(browser, readers.url('sofia'),
	    `?team=${VENTES},${NORD}&sort=team`);

	await settled(page);
	await save(page, { name: 'Pour tous', shared: 'tous' });
	const wide = await keys(page);

	await context.close();
	const nina = await visit(browser, readers.url('nina'));

	await settled(nina.page);
	const scope = await keys(nina.page);

	assert.ok(scope.length > 0 && scope.length < wide.length);
	await menu(nina.page).click();
	await panel(nina.page).getByText('De Lyon').waitFor();
	await panel(nina.page).getByText('une équipe au-dessus').waitFor();
	assert.doesNotMatch(await panel(nina.page).textContent(),
	    new RegExp(VENTES));
	await link(nina.page, 'Pour tous').click();
	await settled(nina.page);
	/* A filter that would name another team is not even told. */
	assert.equal(search(nina.page), `?team=${NORD}&sort=team`);
	assert.deepEqual((await keys(nina.page)).sort(), scope.sort());
	await menu(nina.page).click();
	assert.equal(await panel(nina.page).getByRole('button',
	    { name: /^Modifier/ }).count(), 0);
	await page.context().close();
	/* A reader saves, but does not share. */
	await panel(nina.page).getByRole('button', { name: /^Enregistrer/ })
	    .click();
	assert.equal(await form(nina.page).getByLabel('Partager').isVisible(),
	    false);
	await store(nina.page, { name: 'À elle' });
	await closed(nina.page);
	assert.deepEqual(nina.troubles, []);
	await nina.context.close();
});

test('an admin changes what others share, and not what they keep', async () => {
	const { page, context, troubles } = await visit(browser,
	    readers.url('ada'));

	await settled(page);
	await menu(page).click();
	await link(page, 'Pour tous').waitFor();
	assert.equal(await link(page, 'À elle').count(), 0);
	await page.keyboard.press('Escape');
	await edit(page, 'Pour tous');
	assert.equal(await form(page).getByLabel('Mon périmètre').isVisible(),
	    false);
	await store(page, { name: 'Pour chacun' });
	await closed(page);
	assert.deepEqual((await views("shared = 'all' AND owner IS NOT NULL"))
	    .map(({ owner, name }) => [owner, name]), [['sofia', 'Pour chacun']]);
	assert.deepEqual(troubles, []);
	await context.close();
});

reader_test('the page opens with «Mon périmètre», unless its address says more',
    'nina', '?state=talking,available,paused&sort=-state', async (page) => {
	await menu(page).click();
	await page.getByRole('button', { name: /^Enregistrer ce qui/ }).click();
	await form(page).getByLabel('Mon périmètre').check();
	assert.equal(await form(page).getByLabel('Nom').inputValue(),
	    'Mon périmètre');
	await store(page, {});
	await closed(page);
	const base = readers.url('nina');

	await page.goto(base);
	await settled(page);
	assert.equal(search(page),
	    '?state=talking,available,paused&sort=-state'.replace(
	        'talking,available,paused', 'available,paused,talking'));
	assert.equal(await menu(page).textContent(), 'Mon périmètre');
	await page.goto(`${base}?kind=agent`);
	await settled(page);
	assert.equal(search(page), '?kind=agent');
	/* To see all is not undone by what comes later. */
	await page.getByRole('button', { name: 'Tout effacer' }).click();
	await until(() => search(page), (text) => assert.equal(text, ''));
	await settled(page);
	assert.equal(search(page), '');
	await page.goto(`${base}?view=queues`);
	await page.locator('#board[aria-busy="false"]').waitFor();
	assert.equal(search(page), '?view=queues');
});

test('who may see nobody has no saved views', async () => {
	const { page, context, troubles } = await visit(browser,
	    readers.url('mur'), '', { allowed: /403 \(Forbidden\)/ });

	await page.locator('#wall .queue').first().waitFor();
	assert.equal(search(page), '?view=wall');
	assert.equal(await page.locator('#banner').isVisible(), false);
	assert.deepEqual(troubles, []);
	await context.close();
});

test('who is not signed in opens views, and saves none', async () => {
	const { page, context, troubles } = await visit(browser, board.env.URL,
	    '?state=paused');

	await settled(page);
	await menu(page).click();
	await panel(page).getByText(/il faut être connecté/).waitFor();
	assert.equal(await panel(page).getByRole('button').count(), 0);
	await link(page, 'Libres').click();
	await page.locator('.total.s-paused').click();
	await until(() => search(page), (text) => assert.match(text, /paused/));
	assert.equal(await keep(page).isVisible(), false);
	assert.deepEqual(troubles, []);
	await context.close();
});

for (const [name, options] of [
	['by keyboard, and accessible', { colorScheme: 'dark' }],
	['on a phone', { viewport: { width: 360, height: 640 } }]])
	reader_test(name, 'sofia', '?state=paused&per_page=6', async (page) => {
		await page.locator('#q').focus();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await panel(page).waitFor();
		await judge(page, `${name}, menu`, '#saved-panel');
		await link(page, 'Libres').focus();
		await page.keyboard.press('Enter');
		await until(() => search(page), (text) =>
		    assert.match(text, /^\?state=available/));
		await page.locator('.total.s-paused').click();
		await keep(page).waitFor();
		await judge(page, `${name}, modified`);
		assert.ok(await page.evaluate(() =>
		    document.documentElement.scrollWidth <= innerWidth));
		await keep(page).focus();
		await page.keyboard.press('Enter');
		await form(page).waitFor();
		await judge(page, `${name}, form`, '#saved-form');
		await page.keyboard.press('Enter');
		assert.equal(await form(page).getByLabel('Nom').evaluate((input) =>
		    input.matches(':invalid:focus')), true, 'a name is needed');
		await page.keyboard.press('Escape');
		await closed(page);
		assert.equal(await page.evaluate(() =>
		    document.activeElement.id), 'saved');
	}, options);
