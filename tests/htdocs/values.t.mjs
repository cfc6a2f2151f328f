#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// What the page computes without a browser: texts, times, the day, the wall.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { page } from './lib/modules.mjs';

const F = await page('js/lib/format.js');
const { byLabel, loggedIn } = await page('js/lists/wall.js');
const { queueWord } = await page('js/lists/queues.js');
const { mapOf, record } = await page('js/lib/values.js');
const { anchor, createClock } = await page('js/model/clock.js');
const { pauseReason, stateWord } = await page('js/model/states.js');
const { translator } = await page('js/lib/i18n.js');
const { backoff } = await page('js/lib/api.js');
const { stack } = await page('js/parts/detail/chart.js');
const { spark } = await page('js/parts/table/spark.js');
const { firstHour, hourly, hours, pieces, sums } =
    await page('js/model/day.js');
const { spanTerms } = await page('js/parts/narrow/period.js');
const { pieceWord } = await page('js/parts/detail/timeline.js');
const fr = await translator('fr');
const PARIS = 'Europe/Paris';

test('durations have two units, days in the language', () => {
	const cases = [[0, '0s'], [-3, '0s'], [59.9, '59s'], [60, '1m00s'],
		[245, '4m05s'], [3599, '59m59s'], [3600, '1h00m'],
		[23400, '6h30m'], [86399, '23h59m'], [86400, '1j00h'],
		[216000, '2j12h'], [null, ''], [undefined, ''], [NaN, '']];

	for (const [seconds, text] of cases)
		assert.equal(F.duration(seconds, 'j'), text);
	assert.equal(F.duration(216000, 'd'), '2d12h');
});

test('ages have one unit', () => {
	assert.equal(F.age(0.8, 'j'), '0\u00a0s');
	assert.equal(F.age(119, 'j'), '1\u00a0min');
	assert.equal(F.age(7200, 'j'), '2\u00a0h');
	assert.equal(F.age(200000, 'j'), '2\u00a0j');
	assert.equal(F.age(null, 'j'), '');
});

test('a date of today is its time, another day comes with the day', () => {
	const now = Date.parse('2026-03-29T12:00:00Z');
	const short = (iso) => F.shortDate(iso, now, 'fr-FR', PARIS);

	assert.equal(short('2026-03-29T07:02:09+00:00'), '09:02');
	assert.equal(short('2026-03-28T23:30:00Z'), '00:30');
	assert.equal(short('2026-03-28T22:30:00Z'), '28/03 23:30');
	/* The hour that this day does not have. */
	assert.equal(short('2026-03-29T01:00:00Z'), '03:00');
	assert.equal(short('2025-03-29T08:00:00Z'), '29/03 09:00');
	assert.equal(short(null), '');
	assert.equal(short('nonsense'), '');
	assert.equal(F.fullDate('2026-03-29T07:02:09Z', 'fr-FR', PARIS),
	    '29/03/2026 09:02:09');
	assert.equal(F.timeOfDay('2026-03-28T23:00:00Z', 'en-GB', PARIS),
	    '00:00:00');
});

test('initials, phones, session ids', () => {
	assert.equal(F.initials('Zoé Le Goff', 'x'), 'ZG');
	assert.equal(F.initials('élodie d’Estève-Noir', 'x'), 'ÉN');
	assert.equal(F.initials('Prince', 'x'), 'P');
	assert.equal(F.initials('', 'fblo'), 'FB');
	assert.equal(F.initials(null, 'a'), 'A');
	assert.equal(F.initials('— 𝒵oé', 'x'), '𝒵');
	assert.equal(F.phone('+33199001234'), '+33 1 99 00 12 34');
	assert.equal(F.phone('4012'), '4012');
	assert.equal(F.phone(null), '');
	assert.equal(F.shortId('0123456789abcdef'), '01234567…');
	assert.equal(F.shortId('0123456789'), '0123456789');
	assert.equal(F.shortId(null), '');
	assert.equal(F.number(null, 'fr-FR'), '');
	assert.equal(F.number(0, 'fr-FR'), '0');
});

test('a pause says its reason once', () => {
	assert.equal(pauseReason('Pause café'), 'café');
	assert.equal(pauseReason('PAUSE: déjeuner'), 'déjeuner');
	assert.equal(pauseReason('Formation'), 'Formation');
	assert.equal(pauseReason('Pauser'), 'Pauser');
	assert.equal(pauseReason(null), '');
	assert.equal(stateWord(fr, 'paused', 'Pause café'), 'Pause : café');
	assert.equal(stateWord(fr, 'paused', 'Pause'), 'Pause');
	assert.equal(stateWord(fr, 'talking', 'Pause café'), 'En appel');
	assert.equal(stateWord(fr, 'newfangled', null), 'newfangled');
});

test('the server’s clock never runs backwards', () => {
	let time = 0;
	const clock = createClock(() => time);

	assert.ok(Number.isNaN(clock.now()));
	clock.observe(1_000_000);
	time = 1000;
	assert.equal(clock.now(), 1_001_000);
	/* A late answer, as from a cache, is no reason to go back. */
	clock.observe(1_000_200);
	assert.equal(clock.now(), 1_001_000);
	/* The machine slept: its own time stood still. */
	clock.observe(1_601_000);
	assert.equal(clock.now(), 1_601_000);
	clock.observe(NaN);
	assert.equal(clock.now(), 1_601_000);
	/* The server's clock was an hour ahead and is set right. */
	for (let i = 0; i < 40; i++) {
		time += 2000;
		clock.observe(time - 2_000_000);
	}
	assert.equal(clock.now(), time - 2_000_000);
});

test('what ticks keeps the earliest beginning that it was told', () => {
	const first = anchor(undefined, 'a', 10, 100_000);

	assert.deepEqual(first, { since: 'a', start: 90_000 });
	/* Rounded down again: begins later, if one believed it. */
	assert.equal(anchor(first, 'a', 12, 102_900).start, 90_000);
	assert.equal(anchor(first, 'a', 13, 102_900).start, 89_900);
	assert.equal(anchor(first, 'b', 12, 102_900).start, 90_900);
	assert.equal(anchor(first, 'a', 2, 102_900).start, 100_900);
	assert.equal(anchor(first, 'a', null, 1), undefined);
});

test('tiles stand in the order of their labels, then of their sources', () => {
	const queue = (source, label) => ({ source, name: 'q', label });
	const rows = [queue('b', 'Été'), queue('a', 'Zoo'), queue('b', 'Accueil'),
		queue('a', 'Été')];

	assert.deepEqual(byLabel(rows, 'fr'), [rows[2], rows[3], rows[0],
		rows[1]]);
	/* Of whom nobody knows, nobody says that they are logged in. */
	assert.deepEqual(loggedIn(mapOf({ talking: 2, paused: 1, offline: 4 })),
	    [3]);
	assert.deepEqual(loggedIn(mapOf({ talking: 2, unknown: 5 })), [2, 7]);
	assert.deepEqual(loggedIn(undefined), []);
});

test('a queue is told by its label, with several sources also by its source',
    () => {
	const labels = mapOf({ 'paris/accueil': 'Accueil', 'lyon/accueil':
	    'Accueil', 'sav': 'SAV' });

	assert.equal(queueWord('paris/accueil', labels, false), 'Accueil');
	assert.equal(queueWord('paris/accueil', labels, true), 'Accueil · paris');
	assert.equal(queueWord('lyon/accueil', labels, true), 'Accueil · lyon');
	/* A name alone is that of all sources. */
	assert.equal(queueWord('sav', labels, true), 'SAV');
	assert.equal(queueWord('accueil', labels, true), 'accueil');
	assert.equal(queueWord('lyon/a/b', labels, true), 'a/b · lyon');
	assert.equal(queueWord('lyon/constructor', labels, false), 'constructor');
	assert.equal(queueWord('constructor', labels, false), 'constructor');
});

test('what comes by name has no names of its own', () => {
	const object = JSON.parse('{"__proto__": 1, "toString": 2}');

	assert.deepEqual([...mapOf(object)], [['__proto__', 1], ['toString', 2]]);
	assert.deepEqual([...mapOf(undefined)], []);
	const made = record(Object.entries(object));

	assert.deepEqual(Object.keys(made), ['__proto__', 'toString']);
	assert.equal(made.valueOf, undefined);
	assert.equal(Object.getPrototypeOf(made), null);
});

test('a share is whole only when all of it is there', () => {
	assert.match(F.percent(1, 'fr-FR'), /^100.%$/u);
	assert.match(F.percent(.998, 'fr-FR'), /^99.%$/u);
	assert.equal(F.percent(null, 'fr-FR'), '');
	assert.equal(F.percent(0, 'en-GB'), '0%');
});

test('failures are followed by longer waits, up to a limit, spread out', () => {
	const middle = (n) => backoff(n, 2000, () => 0.5);

	assert.deepEqual([1, 2, 3, 4, 5, 50].map(middle),
	    [2000, 2000, 4000, 8000, 10000, 10000]);
	assert.equal(backoff(9, 2000, () => 0), 7500);
	assert.ok(backoff(9, 2000, () => 0.999) < 12500);
});

test('the day is cut into pieces that are in it', () => {
	const at = (h) => Date.parse(`2026-01-10T${h}:00:00+01:00`);
	const from = at('00');
	const states = [
		{ state: 'offline', mode_label: null,
		    since: '2026-01-09T18:00:00+01:00',
		    until: '2026-01-10T06:00:00+01:00' },
		{ state: 'talking', mode_label: null,
		    since: '2026-01-10T06:00:00+01:00',
		    until: '2026-01-10T06:00:00+01:00' },
		{ state: 'available', mode_label: null,
		    since: '2026-01-10T06:00:00+01:00', until: null },
	];
	const list = pieces(states, from, at(12));

	assert.deepEqual(list.map(({ state, x, width }) => [state, x, width]),
	    [['offline', 0, 50], ['available', 50, 50]]);
	assert.deepEqual(sums([...list, list[1]]), [
		{ state: 'available', seconds: 43200, times: 2, share: 2 / 3 },
		{ state: 'offline', seconds: 21600, times: 1, share: 1 / 3 }]);
	assert.deepEqual(sums([]), []);
	/* The picture leaves the night out, the totals do not. */
	assert.equal(firstHour(states, from), at('06'));
	assert.equal(firstHour(states.slice(0, 1), from), from);
	assert.equal(firstHour([], from), from);
	const marks = hours(from, at(23), 8);

	assert.ok(marks.length >= 2 && marks.length <= 9);
	for (const { at: hour, x } of marks) {
		assert.equal(hour % 3600_000, 0);
		assert.ok(x >= 0 && x <= 100);
	}
	assert.deepEqual(pieces([], from, from), []);
	assert.ok(hours(from, from, 8).length <= 1);
	/* A short time has marks too. */
	assert.deepEqual(hours(from, from + 20 * 60_000, 8).map(({ x }) => x),
	    [0, 25, 50, 75, 100]);
});

/* Runs check() in a time zone. */
function inZone(zone, check) {
	const before = process.env.TZ;

	process.env.TZ = zone;
	try {
		return check();
	} finally {
		if (before === undefined)
			delete process.env.TZ;
		else
			process.env.TZ = before;
	}
}

test('hours are those of the clock, where it changes and at half past', () => {
	const HOUR = 3600_000;
	const days = [
		/* zone, midnight, hours of the day */
		['Europe/Paris', '2026-03-29T00:00:00+01:00', 23],
		['Europe/Paris', '2026-10-25T00:00:00+02:00', 25],
		['Europe/Paris', '2026-11-29T00:00:00+01:00', 24],
		['Asia/Kolkata', '2026-11-29T00:00:00+05:30', 24],
		['Asia/Kathmandu', '2026-11-29T00:00:00+05:45', 24],
		['Australia/Adelaide', '2026-10-04T00:00:00+09:30', 23],
		['Australia/Adelaide', '2026-04-05T00:00:00+10:30', 25],
	];

	for (const [zone, midnight, length] of days)
		inZone(zone, () => {
			const from = Date.parse(midnight);
			const to = from + length * HOUR;
			const name = `${zone} ${midnight}`;
			const minutes = (ms) => new Date(ms).getMinutes();

			assert.equal(new Date(from).getHours(), 0, name);
			assert.equal(new Date(to).getHours(), 0, name);
			const day = hourly([{ state: 'available', since: from,
				until: to }], from, to);

			assert.equal(day.hours.length, length, name);
			assert.deepEqual(day.seconds.available,
			    Array(length).fill(3600), name);
			assert.deepEqual(day.hours.filter(minutes), [], name);
			/* Login at 8:20: the picture begins at 8:00. */
			const login = new Date(from);

			login.setHours(8, 20, 5, 7);
			const first = firstHour([{ state: 'available',
				since: login.toISOString() }], from);

			assert.equal(new Date(first).toTimeString().slice(0, 8),
			    '08:00:00', name);
			for (const [start, end] of [[from, to], [first, to],
				[first + 1, first + 2 * HOUR]]) {
				const marks = hours(start, end, 8);

				assert.ok(marks.length >= 2 && marks.length <= 9,
				    `${name}: ${marks.length}`);
				for (const { at, x } of marks) {
					assert.equal(minutes(at) % 15, 0, name);
					assert.ok(x >= 0 && x <= 100, name);
				}
			}
			assert.ok(hours(from, to, 8).every(({ at }) =>
			    minutes(at) === 0), name);
		});
});

test('yesterday and the week are days of the calendar', () => {
	for (const [zone, now, yesterday, week] of [
		['Europe/Paris', '2026-03-30T00:10:00+02:00',
			'2026-03-29', '2026-03-24'],
		['Europe/Paris', '2026-03-29T23:50:00+02:00',
			'2026-03-28', '2026-03-23'],
		['Europe/Paris', '2026-10-25T23:30:00+01:00',
			'2026-10-24', '2026-10-19'],
		['Europe/Paris', '2026-10-26T00:30:00+01:00',
			'2026-10-25', '2026-10-20'],
		['Asia/Kolkata', '2026-11-29T00:00:00+05:30',
			'2026-11-28', '2026-11-23']])
		inZone(zone, () => {
			const at = Date.parse(now);

			assert.deepEqual(spanTerms('yesterday', at),
			    { from: yesterday, to: now.slice(0, 10) }, now);
			assert.deepEqual(spanTerms('week', at),
			    { from: week, to: null }, now);
		});
});

test('a piece of the day tells itself, and what nobody watched', () => {
	const piece = { state: 'paused', label: 'Pause café', gap: false,
		since: Date.parse('2026-01-10T08:00:00Z'),
		until: Date.parse('2026-01-10T08:15:30Z') };

	assert.match(pieceWord(piece, fr),
	    /^Pause : café · \d\d:00:00 → \d\d:15:30 · 15m30s$/);
	assert.match(pieceWord({ ...piece, gap: true }, fr), /^non observé · /);
});

test('minutes by hour are cut where the hour ends', () => {
	const at = (h, m) => Date.parse(`2026-01-10T0${h}:${m}:00Z`);
	const list = [
		{ state: 'available', since: at(6, '30'), until: at(7, '15') },
		{ state: 'talking', since: at(7, '15'), until: at(9, '00') },
		{ state: 'offline', gap: true, since: at(9, '00'),
		    until: at(9, '10') },
		{ state: 'newfangled', since: at(9, '10'), until: at(9, '20') },
	];

	assert.deepEqual(hourly(list, at(6, '30'), at(9, '20')), {
		hours: [at(6, '00'), at(7, '00'), at(8, '00'), at(9, '00')],
		states: ['available', 'talking', 'unknown'],
		seconds: { __proto__: null, available: [1800, 900, 0, 0],
			talking: [0, 2700, 3600, 0], unknown: [0, 0, 0, 600] },
	});
	assert.equal(hourly([], at(6, '00'), at(6, '00')).hours.length, 1);
	assert.deepEqual(stack([[1, 2], [3, 0], [0, 5]]),
	    [[1, 2], [4, 2], [4, 7]]);
	assert.deepEqual(stack([]), []);
});

test('a sparkline holds each value, and has holes where none is', () => {
	assert.deepEqual(spark([0, 2, 2, 4]), {
		line: 'M56 15H57V8H58V8H59V1H60',
		area: 'M56 16V15H57V16ZM57 16V8H58V16ZM58 16V8H59V16Z' +
		    'M59 16V1H60V16Z' });
	assert.equal(spark([null, 1, null, 1]).line, 'M57 1H58M59 1H60');
	assert.equal(spark(Array(60).fill(0)).line.slice(0, 9), 'M0 15H1V1',
	    'calm is not drawn high');
	assert.deepEqual(spark([]), { line: '', area: '' });
	assert.deepEqual(spark([null, null]), { line: '', area: '' });
});
