/** A small picture of the last hour, for the cell of a table. */
import { attribute, vector } from './dom.js';

const WIDTH = 60, HEIGHT = 16;		/* a minute is one unit wide */
const MINUTE = 60_000;

/**
 * What a row of samples looks like: {line, area, most, last}.  points: [{at,
 * value}] by time, at in ms; to: the right edge in ms, an hour after the left
 * one.  line and area are SVG paths in 60 × 16 units; a value holds until the
 * next, and where a minute or more is missing, or a value is null, nothing is
 * drawn.  The scale begins at 0 and ends at most, at least 1.  Pure.
 */
export function spark(points, to, least = 1) {
	const from = to - WIDTH * MINUTE;
	const inside = points.filter(({ at }) => at > from - MINUTE && at <= to);
	const values = inside.map(({ value }) => value)
	    .filter((value) => value !== null);
	const most = Math.max(least, ...values);
	const x = (at) => Number((Math.max(0, at - from) / MINUTE).toFixed(2));
	const y = (value) => Number((HEIGHT - 1 - value / most * (HEIGHT - 2))
	    .toFixed(2));
	let line = '', area = '', open = false;

	inside.forEach(({ at, value }, i) => {
		if (value === null) {
			open = false;
			return;
		}
		const next = inside[i + 1];
		const end = Math.min(to, next !== undefined &&
		    next.at - at < 2 * MINUTE ? next.at : at + MINUTE);

		line += `${open ? 'V' : `M${x(at)} `}${y(value)}H${x(end)}`;
		area += `M${x(at)} ${HEIGHT}V${y(value)}H${x(end)}V${HEIGHT}Z`;
		open = next !== undefined && end === next.at;
	});
	return { line, area, most, last: values.at(-1) ?? null };
}

/** An <svg> to be filled by drawSpark(); the words stand beside it. */
export function makeSpark() {
	return vector('svg', { class: 'spark', 'aria-hidden': 'true',
	    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none' },
	vector('path', { class: 'area' }), vector('path', { class: 'line' }));
}

/** Writes only what has changed.  See spark(); returns what it returns. */
export function drawSpark(svg, points, to, least) {
	const drawn = spark(points, to, least);

	attribute(svg.children[0], 'd', drawn.area);
	attribute(svg.children[1], 'd', drawn.line);
	return drawn;
}
