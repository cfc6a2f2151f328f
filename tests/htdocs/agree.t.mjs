#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// CSV and the screen show what SQL has, for 450 users, cell by cell.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertEqual } from '../e2e/compare.mjs';
import { eventually, query } from '../e2e/stack.mjs';
import { command, launch, settled, start, visit } from './lib/browser.mjs';

const TICKING = ['state_seconds', 'login_seconds', 'talk_seconds',
	'held_seconds', 'ringing_seconds', 'pause_seconds', 'outbound_seconds',
	'contact_seconds_max', 'held_seconds_max', 'ringing_seconds_max'];
let board, browser, rows, told;

/** The view, the times as the API writes them. */
async function view() {
	const [{ names }] = await query(board, `SELECT json_agg(column_name)
	    AS names FROM information_schema.columns WHERE table_schema =
	    'cccp_v1' AND table_name = 'user' AND column_name NOT IN
	    ('present', 'hidden', 'search_key', 'state_from', 'login_from')`);

	return query(board, `SELECT ${names.join()} FROM cccp_v1.user
	    WHERE present AND NOT hidden ORDER BY id`);
}

async function ask(path) {
	const response = await fetch(new URL(`api/v1/users?sort=id${path}`,
	    board.env.URL));

	assert.equal(response.status, 200);
	return response;
}

async function json() {
	return (await (await ask('&per_page=500')).json()).users;
}

/* Moments as microseconds, whatever the offset they are written with. */
function moment(text) {
	const m = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/
	    .exec(text);

	return m === null ? text : Date.parse(`${m[1]}T${m[2]}${m[4]}`) * 1000 +
	    Number((m[3] ?? '.').slice(1).padEnd(6, '0'));
}

const still = (row) => Object.fromEntries(Object.entries(row)
    .filter(([key]) => !TICKING.includes(key))
    .map(([key, value]) => [key, typeof value === 'string' ? moment(value) :
	    key.includes('_seconds') && value !== null ? Math.floor(value) :
	        value]));

before(async () => {
	board = await start({
		SIM_ARGS: '--agents 450 --queues 12 --events 60 --seed 17',
	});
	browser = await launch();
	await eventually(async () => {
		const [row] = await query(board, `SELECT count(*) AS n,
		    count(*) FILTER (WHERE state = 'talking') AS talking
		    FROM cccp_v1.user WHERE present AND NOT hidden`);

		assert.ok(row.n === 450 && row.talking > 5);
	});
	await command(board, 'freeze');
	await eventually(async () => {
		await assertEqual(board);
		[rows, told] = [await view(), await json()];
		assert.deepEqual(told.map(still), rows.map(still));
	});
});

after(async () => {
	await browser?.close();
	board?.stop();
});

/** Lines of cells; strict CSV of one line a row. */
function parse(text) {
	const [head, ...lines] = text.split('\r\n').slice(0, -1).map((line) =>
		[...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
		    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare));

	return lines.map((cells) => Object.fromEntries(
	    head.map((key, i) => [key, cells[i]])));
}

test('CSV has what the view has', async () => {
	const csv = parse(await (await ask('&format=csv')).text());

	assert.equal(csv.length, 450);
	for (const [i, row] of rows.entries())
		for (const [key, value] of Object.entries(still(row))) {
			/* An apostrophe keeps text from becoming a number. */
			const cell = csv[i][key].replace(/^'/, '');
			const is = typeof value === 'number' && cell.includes('T') ?
				moment(cell) : typeof value === 'number' ?
					Number(cell) : cell;

			assert.deepEqual(is, value === null ? '' :
				Array.isArray(value) ? value.join(', ') :
					typeof value === 'boolean' ? `${value}` : value,
			`${key} of ${row.login}`);
		}
});

/* What people read, told here once more and in another way. */
const WORDS = { available: 'Libre', ringing: 'En sonnerie',
    talking: 'En appel', held: 'En garde', outbound: 'Sortant',
    other_call: 'Appel hors file', wrapup: 'Post-appel', paused: 'Pause',
    withdrawn: 'Retrait', supervising: 'Supervision',
    offline: 'Déconnecté', unknown: 'Inconnu' };
const KINDS = { agent: 'Agent', supervisor: 'Superviseur' };

function span(seconds) {
	if (seconds === null)
		return '';
	const s = Math.floor(seconds), pad = (n) => `0${n}`.slice(-2);
	const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24,
		Math.floor(s / 60) % 60];

	return d > 0 ? `${d}j${pad(h)}h` : s >= 3600 ? `${h}h${pad(m)}m` :
		s >= 60 ? `${m}m${pad(s % 60)}s` : `${s}s`;
}

const COUNTS = ['total_inbound', 'managed_inbound', 'lost_inbound',
	'transferred_inbound', 'redirected_inbound', 'total_tasks'];
const SPANS = ['talk_seconds_mean', 'held_seconds_mean', 'ringing_seconds_mean'];
const TEXTS = ['queue', 'profile', 'team', 'source'];

/* A time of today, or with its day, where the browser is (browser.mjs). */
function clock(text) {
	if (text === null)
		return '';
	const shown = (at, options) => at.toLocaleString('fr-FR', {
		timeZone: 'Europe/Paris', ...options });
	const at = new Date(text), day = { day: '2-digit', month: '2-digit' };

	return `${shown(at, day) === shown(new Date(), day) ? '' :
		`${shown(at, day)} `}${shown(at, { hour: '2-digit',
		minute: '2-digit' })}`;
}

/* Seconds of a span as people read it. */
function length(text) {
	const unit = { j: 86400, h: 3600, m: 60, s: 1 };

	return [...text.matchAll(/(\d+)([jhms])/g)].reduce((sum, [, n, u]) =>
		sum + n * unit[u], 0);
}

function wanted(row) {
	const cells = {
		task: row.busy_count >= 1 && row.task !== null ?
			row.task_label ?? row.task : '',
		mode: row.mode_label ?? row.mode ?? '',
		kind: KINDS[row.kind],
		phone: (row.phone ?? '').replace(/\D/g, ''),
		outbound_target: (row.outbound_target ?? '').replace(/\D/g, ''),
		queues: (row.queues ?? []).join(', '),
		session: row.session_id ?? '',
		login_at: clock(row.login_at),
	};

	for (const key of TEXTS)
		cells[key] = row[key] ?? '';
	for (const key of COUNTS)
		cells[key] = row[key] === null ? '' : `${row[key]}`;
	for (const key of SPANS)
		cells[key] = span(row[key]);
	return cells;
}

test('the screen shows what the view has', async () => {
	const cols = ['state', ...TICKING, ...Object.keys(wanted(rows[0]))];
	const asked = Date.now();
	const { page, context, troubles } = await visit(browser, board.env.URL,
	    `?per_page=500&cols=${cols}`);

	await settled(page);
	const shown = new Map(await page.locator(
	    '.list:not([hidden]) tbody tr').evaluateAll((lines, keys) =>
		lines.map((tr) => [tr.dataset.key, Object.fromEntries(
		    ['user', ...keys].map((key) => [key,
			    tr.querySelector(`.c-${key} .copy`)?.dataset.copy ??
			    tr.querySelector(`.c-${key}`).textContent]))]), cols));
	const now = await view(), late = (Date.now() - asked) / 1000 + 60;

	assert.equal(shown.size, 450);
	for (const row of rows) {
		const cells = shown.get(`${row.source}/${row.login}`);
		const want = wanted(row);

		assert.ok(cells !== undefined, row.login);
		assert.ok(cells.user.includes(row.name || row.login), row.login);
		assert.ok(cells.state.includes(WORDS[row.state]),
		    `${row.login}: ${cells.state}, ${row.state}`);
		if (row.state === 'paused')
			assert.ok(cells.state.includes(row.mode_label.replace(
			    /^Pause\s*/i, '')), `${row.login}: ${cells.state}`);
		for (const key of TICKING) {
			const is = now.find(({ id }) => id === row.id)[key];

			assert.equal(cells[key] === '', is === null, key);
			assert.ok(is === null || (length(cells[key]) <= is &&
			    length(cells[key]) >= is - late - (is >= 86400 ? 3600 : 0)),
			`${key} of ${row.login}: ${cells[key]} of ${is}`);
		}
		for (const [key, text] of Object.entries(want)) {
			const is = /^(phone|outbound_target)$/.test(key) ||
			    COUNTS.includes(key) ? cells[key].replace(/\D/g, '') :
				cells[key];

			assert.equal(is, text, `${key} of ${row.login}`);
		}
	}
	assert.deepEqual(troubles, []);
	await context.close();
});
