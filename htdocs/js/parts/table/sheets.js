/** The tables, one for each list, and what the reader does in their rows. */
import { copy } from '../../lib/copy.js';
import { followLinks } from '../../lib/dom.js';
import { parse } from '../../lists/address.js';
import { columnsOf } from '../../lists/fields.js';
import { listOf, LISTS } from '../../lists/lists.js';
import { show, sortBy } from '../../model/view.js';
import { createGrid } from './grid.js';
import { Table } from './table.js';

/** Text that is cut off is shown in full under the pointer. */
function tellWhole({ target }) {
	const cell = target.closest('td, th');
	let node = target;

	while (node !== null && node !== cell &&
	    node.scrollWidth <= node.clientWidth)
		node = node.parentElement;
	if (cell === null || node === null || cell.querySelector('[title]'))
		return;
	if (node.scrollWidth > node.clientWidth)
		cell.title = node.textContent;
	else
		cell.removeAttribute('title');
}

async function copyOf({ target }, copied) {
	const button = target.closest('button[data-copy]');

	if (button !== null && await copy(button.dataset.copy))
		copied();
}

/** See createSheets(); isShown(): whether the table is the one shown. */
function createSheet(node, list, { scroller, foot, pending, go, copied },
    isShown) {
	const table = new Table(node, list, (column, add) =>
	    go((view) => sortBy(view, column.sort,
	        column.descending === true, add)));
	const grid = createGrid(table, scroller, foot, (n) => {
		if (isShown())
			pending(n);
	});

	table.body.addEventListener('click', (event) => copyOf(event, copied));
	followLinks(table.body, (link) => go((view) =>
	    link.dataset.user !== undefined ? show(view, link.dataset.user) :
	        parse(new URL(link.href).search)));
	table.body.addEventListener('mouseover', tellWhole);
	return { node, table, grid, columns: null };
}

/**
 * tables: {name of a list: its <table>}; context: of the texts of cells
 * (page/parts.js); acts: scroller, foot and pending(n) as for a grid;
 * go(change) gets a function from a view to the next one; copied() is called
 * when something is on the clipboard.
 */
export function createSheets(tables, context, acts) {
	let current = null;	/* the name of the list that is shown */
	const sheets = new Map(Object.entries(tables).map(([name, node]) =>
	    [name, createSheet(node, LISTS[name], acts,
	        () => name === current)]));
	const shown = () => sheets.get(current);

	/** The table of the view, with its columns and its order. */
	function setView(view) {
		const name = sheets.has(view.view) ? view.view : null;

		if (name !== current)
			shown()?.grid.show(new Map(), true);
		current = name;
		for (const [other, { node }] of sheets)
			node.hidden = other !== name;
		if (name === null)
			return;
		const sheet = shown();
		const columns = `${context.t.language} ${view.columns}`;

		if (columns !== sheet.columns) {
			sheet.table.setColumns(columnsOf(listOf(view),
			    view.columns), context);
			sheet.grid.settle();
		}
		sheet.columns = columns;
		sheet.table.setSort(view.sort);
	}

	return {
		setView,
		/** New data; forced: the reader asked for another list. */
		show: (rows, forced) => shown()?.grid.show(rows, forced),
		/** Applies the new order now. */
		release: () => shown()?.grid.release(),
		tick: () => shown()?.table.tick(),
		/** Every cell anew, when a new day has begun. */
		redraw: () => shown()?.table.redraw(),
	};
}
