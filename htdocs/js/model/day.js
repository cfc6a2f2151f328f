/** The day of one user, computed.  All pure. */
import { known, STATES } from './states.js';

export const HOUR = 3600_000;
const MINUTE = 60_000;

/**
 * Pieces of the time between from and to (ms), each {state, label, gap, since,
 * until, x, width} with x and width in percent.  Intervals are cut at both
 * ends; one without an end lasts until to.  Pure.
 */
export function pieces(states, from, to) {
	const span = Math.max(1, to - from);

	return states.map((state) => {
		const since = Math.max(from, Date.parse(state.since));
		const until = Math.min(to, state.until === null ? to :
		    Date.parse(state.until));

		return { state: state.state, label: state.mode_label,
		    gap: state.gap === true, since, until,
		    x: (since - from) / span * 100,
		    width: Math.max(0, until - since) / span * 100 };
	}).filter((piece) => piece.width > 0);
}

/**
 * The start of the hour that at (ms) is in, by the browser's clock: half past
 * in UTC where zones have half-hours.
 */
function hourStart(at) {
	return at - new Date(at).getMinutes() * MINUTE - at % MINUTE;
}

/**
 * Where a picture of the day begins: at the hour of the first state other than
 * offline, so that the night is left out.
 */
export function firstHour(states, from) {
	const first = states.find(({ state }) => state !== 'offline');

	return first === undefined ? from :
	    Math.max(from, hourStart(Date.parse(first.since)));
}

/**
 * [{state, seconds, times, share}] in display order, only those that occur;
 * times: how often it began, share: of the whole, 0 to 1.  Pure.
 */
export function sums(list) {
	const found = new Map();
	let whole = 0;

	for (const { state, since, until } of list) {
		const code = known(state);
		const sum = found.get(code) ?? { state: code, seconds: 0, times: 0 };

		sum.seconds += (until - since) / 1000;
		sum.times++;
		whole += (until - since) / 1000;
		found.set(code, sum);
	}
	return STATES.filter((state) => found.has(state)).map((state) =>
	    ({ ...found.get(state), share: found.get(state).seconds / whole }));
}

const STEPS = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720];	/* minutes */

/** Round times of day between from and to, at most `most` + 1. */
export function hours(from, to, most) {
	const marks = [];
	const step = STEPS.find((minutes) =>
	    (to - from) / minutes / MINUTE <= most) ?? STEPS.at(-1);
	const stride = Math.min(step, 60) * MINUTE;

	for (let at = hourStart(from); at <= to; at += stride)
		if (at >= from && (step <= 60 ||
		    new Date(at).getHours() % (step / 60) === 0))
			marks.push({ at, x: (at - from) / Math.max(1, to - from) *
			    100 });
	return marks;
}

/**
 * {hours: [start in ms, …], states: [code, …], seconds: {code: [of each hour,
 * …]}} of the pieces between from and to; states in display order, only those
 * that occur.  Pure.
 */
export function hourly(list, from, to) {
	const first = hourStart(from);
	const n = Math.max(1, Math.ceil((to - first) / HOUR));
	const hours = Array.from({ length: n }, (_, i) => first + i * HOUR);
	const seconds = Object.create(null);

	for (const { state, gap, since, until } of list) {
		if (gap)
			continue;
		const row = seconds[known(state)] ??= hours.map(() => 0);

		for (let i = Math.floor((since - first) / HOUR);
		    i < n && hours[i] < until; i++)
			row[i] += (Math.min(until, hours[i] + HOUR) -
			    Math.max(since, hours[i])) / 1000;
	}
	return { hours, seconds,
	    states: STATES.filter((state) => state in seconds) };
}
