/** The day of one user as a picture: where each state begins and ends. */
import { attribute, keyed, text, vector } from './dom.js';
import { duration, shortDate, timeOfDay } from './format.js';
import { known, stateWord, STATES } from './states.js';

const HOUR = 3600_000;

/**
 * Pieces of the day between from and to (ms), each {state, label, since,
 * until, x, width} with x and width in percent.  Intervals are cut at both
 * ends; one without an end lasts until to.  Pure.
 */
export function pieces(states, from, to) {
	const span = Math.max(1, to - from);

	return states.map((state) => {
		const since = Math.max(from, Date.parse(state.since));
		const until = Math.min(to, state.until === null ? to :
		    Date.parse(state.until));

		return { state: state.state, label: state.mode_label, since, until,
		    x: (since - from) / span * 100,
		    width: Math.max(0, until - since) / span * 100 };
	}).filter((piece) => piece.width > 0);
}

/** Seconds in each state, in display order, only those that occur.  Pure. */
export function sums(list) {
	const seconds = new Map();

	for (const { state, since, until } of list) {
		const code = known(state);

		seconds.set(code, (seconds.get(code) ?? 0) +
		    (until - since) / 1000);
	}
	return STATES.filter((state) => seconds.has(state))
	    .map((state) => ({ state, seconds: seconds.get(state) }));
}

/** The full hours between from and to, thinned out to at most `most`. */
export function hours(from, to, most) {
	const marks = [];
	let step = 1;

	while ((to - from) / HOUR / step > most)
		step++;
	for (let at = Math.ceil(from / HOUR) * HOUR; at <= to; at += HOUR)
		if (new Date(at).getHours() % step === 0)
			marks.push({ at, x: (at - from) / Math.max(1, to - from) *
			    100 });
	return marks;
}

/** Draws the pieces into an <svg> of any width; each tells itself on hover. */
export function drawTimeline(svg, list, from, to, t) {
	if (svg.firstChild === null)
		svg.append(vector('rect', { class: 'ground', width: '100%',
		    height: 22 }), vector('g'), vector('g'));
	const [, bars, marks] = svg.children;
	const pieceAt = new Map(list.map((piece) => [String(piece.since), piece]));
	const markAt = new Map(hours(from, to, 8).map((mark) =>
	    [String(mark.at), mark]));

	keyed(bars, [...pieceAt.keys()], () => vector('rect',
	    { y: 0, height: 22 }, vector('title')), (rect, key) => {
		const { state, label, since, until, x, width } = pieceAt.get(key);

		attribute(rect, 'class', `bar s-${known(state)}`);
		attribute(rect, 'x', `${x}%`);
		attribute(rect, 'width', `${width}%`);
		text(rect.firstChild, `${stateWord(t, state, label)} — ${
		    [since, until].map((ms) => timeOfDay(new Date(ms)
		        .toISOString(), t.locale)).join(' → ')} (${
		    duration((until - since) / 1000, t.day)})`);
	});
	keyed(marks, [...markAt.keys()], () => vector('g', {}, vector('line',
	    { y1: 0, y2: 25 }), vector('text', { y: 36 })), (g, key) => {
		const { at, x } = markAt.get(key);
		const [line, label] = g.children;

		attribute(line, 'x1', `${x}%`);
		attribute(line, 'x2', `${x}%`);
		attribute(label, 'x', `${x}%`);
		attribute(label, 'text-anchor',
		    x < 4 ? 'start' : x > 96 ? 'end' : 'middle');
		text(label, shortDate(new Date(at).toISOString(), at, t.locale));
	});
}
