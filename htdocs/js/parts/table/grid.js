/**
 * A table that is being read: it keeps its order while the pointer, the
 * keyboard focus or a selection is in it, and the arrow keys move through it.
 */
import { arrange } from '../../model/rows.js';

/**
 * -> held(): whether the rows are being read; onRelease is called when that
 * ends.  To go to the note of what would move (foot) does not end it, because
 * its button would be gone before it is reached.
 */
function createHold(scroller, foot, body, onRelease) {
	const under = new Set();	/* where the pointer is */
	let was = false;

	function held() {
		const chosen = document.getSelection();
		const focus = document.activeElement;

		return under.has(scroller) || body.contains(focus) ||
		    (was && (under.has(foot) || foot.contains(focus))) ||
		    (!chosen.isCollapsed && chosen.rangeCount > 0 &&
		    chosen.getRangeAt(0).intersectsNode(body));
	}

	function changed() {
		const before = was;

		was = held();
		if (before && !was)
			onRelease();
	}

	/*
	 * Between two places the pointer, and the focus, is nowhere for a
	 * moment.  A finger that is lifted does not point at anything.
	 */
	const later = () => setTimeout(changed);

	for (const part of [scroller, foot]) {
		part.addEventListener('pointerenter', (event) => {
			if (event.pointerType !== 'touch')
				under.add(part);
			later();
		});
		part.addEventListener('pointerleave', () => {
			under.delete(part);
			later();
		});
	}
	for (const part of [body, foot]) {
		part.addEventListener('focusin', later);
		part.addEventListener('focusout', later);
	}
	document.addEventListener('selectionchange', changed);
	return held;
}

/* What can be focused in a row; each row has at least one. */
const STOPS = ':is(a, button, [tabindex]):not([hidden])';

function stop(row, index) {
	const stops = row.querySelectorAll(STOPS);

	return stops[Math.max(0, Math.min(index, stops.length - 1))];
}

/**
 * One row is a tab stop.  Up, down, Home, End and the page keys go to other
 * rows, left and right to what else can be focused in the row.
 */
function createWalk(body, scroller) {
	let current = null;

	/** Makes the row last used, or the first, the only tab stop. */
	function settle(row = current) {
		const next = row?.isConnected ? row : body.rows[0] ?? null;

		if (current === next)
			return;
		if (current !== null)
			stop(current, 0).tabIndex = -1;
		current = next;
		if (current !== null)
			stop(current, 0).tabIndex = 0;
	}

	function go(row, index) {
		settle(row);
		stop(row, index).focus({ preventScroll: true });
		row.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	}

	body.addEventListener('focusin', (event) =>
	    settle(event.target.closest('tr')));
	body.addEventListener('keydown', (event) => {
		const row = event.target.closest('tr');

		if (row === null || event.altKey || event.ctrlKey ||
		    event.metaKey || event.shiftKey)
			return;
		const rows = body.rows, at = row.sectionRowIndex;
		const stops = [...row.querySelectorAll(STOPS)];
		const index = stops.indexOf(event.target);
		const page = Math.max(1,
		    Math.floor(scroller.clientHeight / row.offsetHeight) - 2);
		const target = {
			__proto__: null,
			ArrowUp: at - 1, ArrowDown: at + 1,
			PageUp: at - page, PageDown: at + page,
			Home: 0, End: rows.length - 1,
		}[event.key];

		if (target !== undefined)
			go(rows[Math.max(0, Math.min(target, rows.length - 1))],
			    index);
		else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
			go(row, index + (event.key === 'ArrowRight' ? 1 : -1));
		else
			return;
		event.preventDefault();
	});
	return settle;
}

/**
 * Draws rows in a table (table.js), in the new order or, while they are read,
 * in the old one.  onPending(n) is told how many rows would move, come or go;
 * foot has the note of it.
 */
export function createGrid(table, scroller, foot, onPending) {
	let rows = new Map();
	const held = createHold(scroller, foot, table.body, () => draw(false));
	const settle = createWalk(table.body, scroller);

	function draw(hold) {
		const { order, departed, pending } =
		    arrange(table.shown, [...rows.keys()], hold);

		table.update(order, rows, departed);
		settle();
		onPending(pending);
	}

	return {
		/** After other rows, or the same rows made anew. */
		settle,

		/** New data; forced: the reader asked for another list. */
		show(next, forced) {
			rows = next;
			draw(held() && !forced);
		},

		/** Applies the new order now. */
		release() {
			draw(false);
		},
	};
}
