/**
 * Charts, drawn by uPlot, which make copies to vendor/.  It is fetched with the
 * first chart; when it is missing the page says so.
 */
import { addSheet, element, text } from '../../lib/dom.js';

const VENDOR = new URL('../../../vendor/uplot/', import.meta.url);
const HEIGHT = 150;		/* pixels */
const STEPS = [600, 1800, 3600, 7200, 10800, 14400, 21600];	/* seconds */
let library = null;		/* promise of uPlot, or of null */

async function load() {
	try {
		const [module] = await Promise.all([
			import(new URL('uPlot.esm.js', VENDOR).href),
			addSheet(new URL('uPlot.min.css', VENDOR).href)
			    .catch(() => undefined)]);

		return module.default;
	} catch {
		return null;
	}
}

/** The heights of stacked values, from the bottom up.  Pure. */
export function stack(rows) {
	let below = null;

	return rows.map((row) => {
		below = row.map((value, i) => value + (below?.[i] ?? 0));
		return below;
	});
}

/**
 * A chart in host.  A spec is {x: [seconds], from, to, series: [{look,
 * values}], most, unit}: stacked bars; look is the class that gives a
 * series its colour (css/chart.css), most the top of the scale, unit its word.
 */
export class Chart {
	#host;
	#area;			/* what uPlot draws in */
	#lacking = element('p', { className: 'lacking', hidden: true });
	#probe;			/* an element whose colour is looked up */
	#uPlot;			/* undefined: not asked for; null: not there */
	#plot = null;
	#shape = '';		/* of what plot was made for */
	#spec = null;
	#pointed = -1;

	constructor(host) {
		this.#host = host;
		this.#area = host.appendChild(element('div',
		    { className: 'chart' }));
		this.#probe = this.#area.appendChild(element('i',
		    { hidden: true }));
		host.after(this.#lacking);
		new ResizeObserver(() => this.#draw()).observe(this.#area);
		/* Another theme has other colours. */
		new MutationObserver(() => this.#plot?.redraw(false, true))
		    .observe(document.documentElement,
		        { attributeFilter: ['data-theme'] });
	}

	/** Shows which x is being read; -1 none. */
	point(i) {
		this.#pointed = i;
		this.#plot?.setCursor(i < 0 ? { left: -10, top: -10 } :
		    { left: this.#plot.valToPos(this.#spec.x[i], 'x'),
		        top: 1 }, false);
	}

	/** The index of the x next to a place on the screen, or -1. */
	find(clientX) {
		return this.#plot === null ? -1 : this.#plot.posToIdx(clientX -
		    this.#plot.over.getBoundingClientRect().left);
	}

	async show(spec, t) {
		this.#spec = spec;
		this.#uPlot ??= await (library ??= load());
		text(this.#lacking, t('chart.lacking'));
		this.#lacking.hidden = this.#uPlot !== null;
		this.#host.classList.toggle('unseen', this.#uPlot === null);
		this.#draw();
	}

	#colour(look) {
		this.#probe.className = `ink ${look}`;
		return getComputedStyle(this.#probe).color;
	}

	/** Series as uPlot draws them: the tallest first. */
	#lines() {
		return [...this.#spec.series].reverse();
	}

	#axis(more) {
		const font = `12px ${getComputedStyle(this.#host).fontFamily}`;

		return { stroke: () => this.#colour('dim'), font,
		    labelFont: font, ticks: { show: false },
		    grid: { stroke: () => this.#colour('line'), width: 1 },
		    ...more };
	}

	#options(width) {
		const none = () => null;
		const clock = (seconds) => new Date(seconds * 1000)
		    .toTimeString().slice(0, 5);

		return {
			width, height: HEIGHT, legend: { show: false },
			padding: [8, 20, 0, 0],
			cursor: { y: false, points: { show: false },
			    drag: { x: false, y: false },
			    bind: { mousedown: none, mouseup: none, click: none,
			        dblclick: none, mousemove: none,
			        mouseleave: none, mouseenter: none } },
			scales: {
				x: { range: () => [this.#spec.from,
					this.#spec.to] },
				y: { range: () => [0, this.#spec.most] },
			},
			axes: [this.#axis({ size: 28, incrs: STEPS,
			    values: (_, ticks) => ticks.map(clock) }),
			this.#axis({ size: 40, label: this.#spec.unit,
			    labelSize: 18,
			    incrs: [1, 2, 5, 10, 15, 20, 50, 100, 200, 500] })],
			series: [{}, ...this.#lines().map(({ look }) => ({
				points: { show: false }, width: 0,
				stroke: () => this.#colour(look),
				fill: () => this.#colour(look),
				paths: this.#uPlot.paths.bars({ size: [0.92] }),
			}))],
		};
	}

	#draw() {
		const width = this.#area.clientWidth;

		if (this.#spec === null || !this.#uPlot || width === 0)
			return;
		const { x, series, unit } = this.#spec;
		const data = [x, ...stack(series.map(({ values }) => values))
		    .reverse()];
		const shape = `${unit} ${series.map(({ look }) => look)}`;

		if (this.#plot !== null && shape === this.#shape) {
			if (this.#plot.width !== width)
				this.#plot.setSize({ width, height: HEIGHT });
			this.#plot.setData(data);
		} else {
			this.#plot?.destroy();
			this.#plot = new this.#uPlot(this.#options(width), data,
			    this.#area);
			this.#shape = shape;
		}
		this.point(this.#pointed);
	}
}
