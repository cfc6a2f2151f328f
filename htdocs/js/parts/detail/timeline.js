/** The day of one user: which states, when, how long, and as a picture. */
import { attribute, element, keyed, text, vector } from '../../lib/dom.js';
import { duration, shortDate, timeOfDay } from '../../lib/format.js';
import { Reader } from './reader.js';
import { hours } from '../../model/day.js';
import { known, stateWord } from '../../model/states.js';

/** The words of a piece. */
export function pieceWord(piece, t) {
	const time = (ms) => timeOfDay(new Date(ms).toISOString(), t.locale);

	const word = piece.gap ? t('detail.gap') :
	    stateWord(t, piece.state, piece.label);

	return [word, `${time(piece.since)} → ${time(piece.until)}`,
	    duration((piece.until - piece.since) / 1000, t.day)].join(' · ');
}

function drawMarks(parent, from, to, t) {
	const marks = new Map(hours(from, to, 8).map((mark) =>
	    [String(mark.at), mark]));

	keyed(parent, [...marks.keys()], () => vector('g', {}, vector('line',
	    { y1: 0, y2: 31 }), vector('text', { y: 43 })), (g, key) => {
		const { at, x } = marks.get(key);
		const [line, label] = g.children;

		attribute(line, 'x1', `${x}%`);
		attribute(line, 'x2', `${x}%`);
		attribute(label, 'x', `${x}%`);
		attribute(label, 'text-anchor',
		    x < 4 ? 'start' : x > 96 ? 'end' : 'middle');
		text(label, shortDate(new Date(at).toISOString(), at, t.locale));
	});
}

/**
 * The picture in part; its pieces can be read (reader.js).
 * update(list, from, to, t): pieces() of that time; reset(): another user.
 */
export function createTimeline(part, words) {
	const svg = part.appendChild(vector('svg', { class: 'timeline',
	    'aria-hidden': 'true' }));
	const bars = vector('g'), marks = vector('g');
	let list = [], language = null, marked = null;

	svg.append(vector('rect', { class: 'ground', width: '100%',
	    height: 28 }), marks, bars);

	const reader = new Reader(part, words, {
		find(clientX) {
			const { left, width } = svg.getBoundingClientRect();
			const x = (clientX - left) / width * 100;

			return list.findIndex((piece) => x >= piece.x &&
			    x < piece.x + piece.width);
		},
		tell: (i) => pieceWord(list[i], language),
		mark(i) {
			marked?.classList.remove('read');
			marked = bars.children[i] ?? null;
			marked?.classList.add('read');
		},
	});

	return {
		update(next, from, to, t) {
			list = next;
			language = t;
			const at = new Map(list.map((piece) =>
			    [String(piece.since), piece]));

			keyed(bars, [...at.keys()], () => vector('rect',
			    { y: 0, height: 28 }), (rect, key) => {
				const { state, gap, x, width } = at.get(key);

				attribute(rect, 'class', `${gap ? 'gap' :
				    'bar'} s-${known(state)}${
				    rect === marked ? ' read' : ''}`);
				attribute(rect, 'x', `${x}%`);
				attribute(rect, 'width', `${width}%`);
			});
			drawMarks(marks, from, to, t);
			part.hidden = list.length === 0;
			reader.update([...at.keys()], t('detail.point'));
		},

		reset: () => reader.reset(),
	};
}

/** The totals by state, as rows of a table, which is also the legend. */
export function drawSums(body, totals, t) {
	const sumAt = new Map(totals.map((sum) => [sum.state, sum]));
	const percent = new Intl.NumberFormat(t.locale,
	    { style: 'percent', maximumFractionDigits: 0 });

	keyed(body, [...sumAt.keys()], (state) => element('tr', {},
	    element('th', { scope: 'row' }),
	    element('td', { className: 'share' }, element('span',
	        { className: `bar s-${state}`, 'aria-hidden': 'true' })),
	    element('td', { className: 'number' }),
	    element('td', { className: 'number' }),
	    element('td', { className: 'number' })), (tr, state) => {
		const { seconds, times, share } = sumAt.get(state);
		const [name, bar, ...numbers] = tr.cells;

		text(name, t(`state.${state}`));
		bar.firstChild.style.width = `${(share * 100).toFixed(2)}%`;
		[duration(seconds, t.day), percent.format(share), String(times)]
		    .forEach((word, i) => text(numbers[i], word));
	});
}
