/**
 * Charts, drawn by uPlot, which make puts into vendor/.  It is fetched with
 * the first chart; without it a word says so and the rest of the page works.
 */
import { element, text } from '../../lib/dom.js';

const VENDOR = new URL('../../../vendor/uplot/', import.meta.url);
const HEIGHT = 150;		/* pixels */
const STEPS = [600, 1800, 3600, 7200, 10800, 14400, 21600];	/* seconds */
let library = null;		/* promise of uPlot, or of null */

function styled() {
	return new Promise((done) => {
		const link = element('link', { rel: 'stylesheet',
		    href: new URL('uPlot.min.css', VENDOR).href });

		link.addEventListener('load', done);
		link.addEventListener('error', done);
		document.head.append(link);
	});
}

async function load() {
	try {
		const [module] = await Promise.all([
			import(new URL('uPlot.esm.js', VENDOR).href), styled()]);

		return module.default;
	} catch {
		return null;
	}
}

/** Values that stand on one another, from the bottom up.  Pure. */
export function stack(rows) {
	let below = null;

	return rows.map((row) => {
		below = row.map((value, i) => value + (below?.[i] ?? 0));
		return below;
	});
}

/**
 * A chart in host.  A spec is {x: [seconds], from, to, series: [{look,
 * values}], most, unit}: bars that stand on one another; look is the class that
 * gives a series its colour (css/chart.css), most the top of the scale, unit
 * its word.
 */
export function createChart(host) {
	const place = host.appendChild(element('div', { className: 'chart' }));
	const lacking = element('p', { className: 'lacking', hidden: true });
	const probe = place.appendChild(element('i', { hidden: true }));
	let plot = null, shape = '', spec = null, uPlot, pointed = -1;

	host.after(lacking);

	function colour(look) {
		probe.className = `ink ${look}`;
		return getComputedStyle(probe).color;
	}

	/** Series as uPlot draws them: the tallest first. */
	function lines() {
		return [...spec.series].reverse();
	}

	function data() {
		return [spec.x, ...stack(spec.series.map(({ values }) =>
		    values)).reverse()];
	}

	function axis(more) {
		const font = `12px ${getComputedStyle(host).fontFamily}`;

		return { stroke: () => colour('dim'), font, labelFont: font,
		    ticks: { show: false },
		    grid: { stroke: () => colour('line'), width: 1 }, ...more };
	}

	function options(width) {
		const none = () => null;

		return {
			width, height: HEIGHT, legend: { show: false },
			padding: [8, 20, 0, 0],
			cursor: { y: false, points: { show: false },
			    drag: { x: false, y: false },
			    bind: { mousedown: none, mouseup: none, click: none,
			        dblclick: none, mousemove: none,
			        mouseleave: none, mouseenter: none } },
			scales: {
				x: { range: () => [spec.from, spec.to] },
				y: { range: () => [0, spec.most] },
			},
			axes: [axis({ size: 28, incrs: STEPS, values: (_, ticks) =>
			    ticks.map((s) => new Date(s * 1000).toTimeString()
			        .slice(0, 5)) }),
			axis({ size: 40, label: spec.unit, labelSize: 18,
			    incrs: [1, 2, 5, 10, 15, 20, 50, 100, 200, 500] })],
			series: [{}, ...lines().map(({ look }) => ({
				points: { show: false }, width: 0,
				stroke: () => colour(look),
				fill: () => colour(look),
				paths: uPlot.paths.bars({ size: [0.92] }),
			}))],
		};
	}

	function draw() {
		const width = place.clientWidth;

		if (spec === null || !uPlot || width === 0)
			return;
		const next = `${spec.unit} ${lines().map(({ look }) => look)}`;

		if (plot !== null && next === shape) {
			if (plot.width !== width)
				plot.setSize({ width, height: HEIGHT });
			plot.setData(data());
		} else {
			plot?.destroy();
			plot = new uPlot(options(width), data(), place);
			shape = next;
		}
		point(pointed);
	}

	/** Shows which x is being read; -1 none. */
	function point(i) {
		pointed = i;
		plot?.setCursor(i < 0 ? { left: -10, top: -10 } :
		    { left: plot.valToPos(spec.x[i], 'x'), top: 1 }, false);
	}

	new ResizeObserver(draw).observe(place);
	/* The colours are another theme's. */
	new MutationObserver(() => plot?.redraw(false, true)).observe(
	    document.documentElement, { attributeFilter: ['data-theme'] });

	return {
		point,

		/** The index of the x next to a place on the screen, or -1. */
		find(clientX) {
			if (plot === null)
				return -1;
			return plot.posToIdx(clientX -
			    plot.over.getBoundingClientRect().left);
		},

		async show(next, t) {
			spec = next;
			uPlot ??= await (library ??= load());
			text(lacking, t('chart.lacking'));
			lacking.hidden = uPlot !== null;
			host.classList.toggle('unseen', uPlot === null);
			draw();
		},
	};
}
