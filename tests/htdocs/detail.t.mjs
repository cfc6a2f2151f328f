#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The detail of one user: all that is known, the day read by keyboard.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { command, keys, launch, start, tester, until } from './lib/browser.mjs';
import { page as module } from './lib/modules.mjs';

const { users } = await module('js/lists/users.js');
const { translator } = await module('js/lib/i18n.js');
const fr = await translator('fr');
let board, browser;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 40 --events 4 --seed 3' });
	browser = await launch();
});

after(async () => {
	await browser?.close();
	board?.stop();
});

const detail_test = tester(() => ({ board, browser }),
    () => command(board, 'thaw'));

async function answerOf(key) {
	const answer = await fetch(`${board.env.URL}api/v1/users/${key}`);

	return answer.json();
}

/** A user at work whose day has several states; the rest stands still. */
async function busy() {
	await command(board, 'freeze');
	const answer = await fetch(
	    `${board.env.URL}api/v1/users?state=available&kind=agent`);
	const { login } = (await answer.json()).users[0];
	const key = `demo/${login}`;

	for (const [verb, state] of [['pause Formation', 'paused'],
		['available', 'available'], ['talk', 'talking'],
		['available', null]]) {
		await command(board, `agent ${login} ${verb}`);
		await until(() => answerOf(key), ({ user }) => state === null ?
		    assert.notEqual(user.state, 'talking') :
		    assert.equal(user.state, state));
	}
	return { key, login };
}

async function opened(page, key) {
	const dialog = page.locator('dialog[open]');

	await page.goto(`${board.env.URL}?user=${key}`);
	await dialog.locator('.known').waitFor();
	return dialog;
}

detail_test('all that the API tells of a user is there', '', async (page) => {
	const key = (await keys(page))[0];
	const { user } = await answerOf(key);
	const dialog = await opened(page, key);
	const told = users.fields.filter((field) => field.section !== undefined)
	    .filter((field) => (field.full ?? field.text)(user, { t: fr }) !== '');

	assert.ok(told.length > 20);
	assert.deepEqual(await dialog.locator('dt').allTextContents(),
	    told.map((field) => fr(`field.${field.key}`)));
	await dialog.getByRole('heading', { name: user.name }).waitFor();
	for (const value of [user.login, user.profile, user.team,
		user.phone_uri])
		assert.ok((await dialog.locator('dd').allTextContents())
		    .includes(value), value);
});

detail_test('the day is read with the arrow keys and with the pointer', '',
    async (page) => {
	const { key } = await busy();
	const { states } = await answerOf(key);
	const dialog = await opened(page, key);
	const line = dialog.locator('.day'), word = dialog.locator('.day-word');
	const said = async () => [await line.getAttribute('aria-valuetext'),
		await word.textContent()];

	assert.ok(states.length >= 4);
	assert.equal(await dialog.locator('.timeline rect:not(.ground)').count(),
	    states.length);
	await line.focus();
	await until(said, ([value, text]) => {
		assert.match(text, / · \d\d:\d\d:\d\d → \d\d:\d\d:\d\d · /);
		assert.equal(value, text);
	});
	await page.keyboard.press('Home');
	assert.equal(await line.getAttribute('aria-valuenow'), '1');
	await page.keyboard.press('End');
	const places = [];

	for (let i = 0; i < 3; i++) {
		await page.keyboard.press('ArrowLeft');
		const [value, text] = await said();

		assert.equal(value, text);
		places.push(text.split(' · ')[0]);
	}
	assert.deepEqual(places, ['En appel', 'Libre', 'Pause : Formation']);
	assert.equal(await dialog.locator('.timeline .read').count(), 1);
	/* Other news leaves what is being read. */
	await command(board, `agent ${key.split('/')[1]} withdraw`);
	await dialog.locator('.now').getByText('Retrait').waitFor();
	assert.match((await said())[1], /^Pause : Formation · /);
	assert.ok(await line.evaluate((part) => part === document.activeElement));
	/* The pointer reads what it is on, and gives back the keyboard's. */
	const box = await dialog.locator('.timeline rect:not(.ground)').first()
	    .boundingBox();

	await page.mouse.move(box.x + box.width / 2, box.y + 10);
	await until(said, ([, text]) =>
	    assert.doesNotMatch(text, /^Pause : Formation/));
	await dialog.locator('h2').hover();
	await until(said, ([, text]) =>
	    assert.match(text, /^Pause : Formation · /));
});

detail_test('times by state add up to the day, and are the server’s', '',
    async (page) => {
	const { key } = await busy();
	const begun = Date.now();
	const dialog = await opened(page, key);
	const { states, meta } = await answerOf(key);
	const midnight = new Date(meta.generated_at.replace(/T.*([+-])/,
	    'T00:00:00$1')).getTime();
	const wanted = new Map();

	for (const { state, since, until: end } of states) {
		const seconds = (Date.parse(end ?? meta.generated_at) -
		    Math.max(midnight, Date.parse(since))) / 1000;

		wanted.set(state, (wanted.get(state) ?? 0) + seconds);
	}
	const rows = await dialog.locator('.sums tbody tr').evaluateAll((all) =>
	    all.map((tr) => [tr.dataset.key, ...[...tr.cells].slice(2)
	        .map((cell) => cell.textContent)]));
	/* What has gone by between the page's answer and ours. */
	const late = (Date.now() - begun) / 1000 + 1;
	const seconds = (text) => [...text.matchAll(/(\d+)([jhms])/g)]
	    .reduce((sum, [, n, unit]) => sum + n *
	        { j: 86400, h: 3600, m: 60, s: 1 }[unit], 0);

	assert.deepEqual(rows.map(([state]) => state).sort(),
	    [...wanted.keys()].sort());
	for (const [state, time, , times] of rows) {
		assert.ok(Math.abs(seconds(time) - wanted.get(state)) <=
		    (seconds(time) >= 3600 ? 60 : 0) + late,
		`${state}: ${time}, ${wanted.get(state)} s`);
		assert.equal(Number(times), states.filter((piece) =>
		    piece.state === state).length);
	}
	const shares = rows.reduce((sum, [, , share]) =>
	    sum + parseInt(share, 10), 0);

	assert.ok(Math.abs(shares - 100) <= rows.length, `${shares} %`);
});

/** Whether anything is painted in the plot's colour of a state. */
function painted(page, state) {
	return page.evaluate((look) => {
		const canvas = document.querySelector('.hours canvas');
		const probe = document.createElement('canvas').getContext('2d');
		const mark = document.querySelector(`.sums .s-${look}`);

		probe.fillStyle = getComputedStyle(mark).backgroundColor;
		probe.fillRect(0, 0, 1, 1);
		const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
		const { data } = canvas.getContext('2d').getImageData(0, 0,
		    canvas.width, canvas.height);
		let n = 0;

		for (let i = 0; i < data.length; i += 4)
			n += Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) +
			    Math.abs(data[i + 2] - b) < 9 && data[i + 3] > 250;
		return n;
	}, state);
}

detail_test('the hours are a chart in the states’ colours of the theme', '',
    async (page) => {
	const key = (await keys(page))[0];
	const dialog = await opened(page, key);
	const longest = () => dialog.locator('.sums tbody tr').evaluateAll((all) =>
	    all.sort((a, b) => b.cells[1].firstChild.offsetWidth -
	        a.cells[1].firstChild.offsetWidth)[0].dataset.key);
	const drawn = () => painted(page, state);

	await dialog.locator('.hours canvas').waitFor();
	const state = await longest();

	await until(drawn, (n) => assert.ok(n > 100, `${n} pixels`));
	await page.emulateMedia({ colorScheme: 'dark' });
	await until(drawn, (n) => assert.ok(n > 100, `${n} pixels, dark`));
	await dialog.locator('.hours').focus();
	await page.keyboard.press('End');
	assert.match(await dialog.locator('.hours-word').textContent(),
	    /^\d\d:00 → \d\d:00 · \S/);
	assert.ok(await dialog.locator('.hours .u-cursor-x').isVisible());
}, { allowed: /willReadFrequently/ });

detail_test('without uPlot the page says so, and the rest is there', '',
    async (page, context) => {
	await context.route('**/vendor/**', (route) => route.abort());
	const dialog = await opened(page, (await keys(page))[0]);

	await dialog.getByText('uPlot n’a pas été installé').waitFor();
	assert.equal(await dialog.locator('canvas').count(), 0);
	assert.ok(await dialog.locator('.timeline rect').count() > 1);
	await dialog.locator('dl').first().waitFor();
}, { allowed: /ERR_FAILED/ });

detail_test('a new call and a selection leave each other alone', '',
    async (page) => {
	const { key, login } = await busy();
	const dialog = await opened(page, key);
	const calls = dialog.locator('.calls tbody tr');

	await until(() => calls.count(), (n) => assert.ok(n >= 1));
	const count = await calls.count();

	await calls.first().locator('td').nth(2).selectText();
	const selected = await page.evaluate(() =>
	    String(document.getSelection()));

	assert.notEqual(selected, '');
	await command(board, `agent ${login} talk`);
	await until(() => calls.count(), (n) => assert.equal(n, count + 1));
	assert.equal(await page.evaluate(() => String(document.getSelection())),
	    selected);
	await command(board, `agent ${login} free`);
});
