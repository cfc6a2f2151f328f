/** A small picture of the last hour, for the cell of a table. */
import { attribute, vector } from '../../lib/dom.js';

const WIDTH = 60, HEIGHT = 16;		/* a minute is one unit wide */

/**
 * -> {line, area}: SVG paths in 60 × 16 units.  values: one for each minute,
 * the oldest first, the last one at the right edge; null is not drawn.  The
 * scale is from 0 to the highest value, at least 1.  Pure.
 */
export function spark(values) {
	const most = Math.max(1, ...values);
	const y = (value) => Number((HEIGHT - 1 - value / most * (HEIGHT - 2))
	    .toFixed(2));
	let line = '', area = '', open = false;

	values.forEach((value, i) => {
		const x = WIDTH - values.length + i;

		if (value !== null) {
			line += `${open ? 'V' : `M${x} `}${y(value)}H${x + 1}`;
			area += `M${x} ${HEIGHT}V${y(value)}H${x + 1}V${HEIGHT}Z`;
		}
		open = value !== null;
	});
	return { line, area };
}

/** An empty <svg> for drawSpark(). */
export function makeSpark() {
	return vector('svg', { class: 'spark', 'aria-hidden': 'true',
	    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none' },
	vector('path', { class: 'area' }), vector('path', { class: 'line' }));
}

/** Writes only what has changed.  See spark(). */
export function drawSpark(svg, values) {
	const { line, area } = spark(values);

	attribute(svg.children[0], 'd', area);
	attribute(svg.children[1], 'd', line);
}
