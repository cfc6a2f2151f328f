/**
 * The tables, one a list, of which one is shown.  What one finds and clicks in
 * their rows is told here too.
 */
import { parse } from '../../lists/address.js';
import { columnsOf } from '../../lists/fields.js';
import { copy } from '../../lib/copy.js';
import { createGrid } from './grid.js';
import { listOf, LISTS } from '../../lists/lists.js';
import { createTable } from './table.js';
import { createTips } from './tips.js';
import { show, sortBy } from '../../model/view.js';

/**
 * tables: {name of a list: its <table>}; context: what texts of cells are
 * made with (lists/fields.js); parts: {scroller, foot, pending(n)} as for a grid;
 * go(change) gets a function from a view to the next one; copied() is called
 * when something is on the clipboard.
 */
export function createSheets(tables, context, parts, go, copied) {
	const sheets = new Map(Object.entries(tables).map(([name, node]) => {
		const table = createTable(node, LISTS[name], (column, add) =>
		    go((view) => sortBy(view, column.sort,
		        column.descending === true, add)));

		table.body.addEventListener('click', clicked);
		createTips(table.body);
		return [name, { node, table, columns: null,
			grid: createGrid(table, parts.scroller, parts.foot,
			    (n) => {
				if (name === current)
					parts.pending(n);
			}) }];
	}));
	let current = null;

	async function clicked(event) {
		const button = event.target.closest('button[data-copy]');
		const link = event.target.closest('a[href]');

		if (button !== null && await copy(button.dataset.copy))
			copied();
		if (link === null || event.ctrlKey || event.metaKey ||
		    event.shiftKey)
			return;
		event.preventDefault();
		go((view) => link.dataset.user !== undefined ?
		    show(view, link.dataset.user) :
		    parse(new URL(link.href).search));
	}

	return {
		/** The table of the view, with its columns and its order. */
		setView(view) {
			const name = sheets.has(view.view) ? view.view : null;

			if (name !== current)
				sheets.get(current)?.grid.show(new Map(), true);
			current = name;
			for (const [other, { node }] of sheets)
				node.hidden = other !== name;
			if (name === null)
				return;
			const sheet = sheets.get(name);
			const key = `${context.t.language} ${view.columns}`;

			if (key !== sheet.columns) {
				sheet.table.setColumns(columnsOf(listOf(view),
				    view.columns), context);
				sheet.grid.settle();
			}
			sheet.columns = key;
			sheet.table.setSort(view.sort);
		},

		/** New data; forced: the reader asked for another list. */
		show(rows, forced) {
			sheets.get(current)?.grid.show(rows, forced);
		},

		/** Takes over the order now. */
		release() {
			sheets.get(current)?.grid.release();
		},

		tick() {
			sheets.get(current)?.table.tick();
		},

		/** Every cell anew, when a new day has begun. */
		redraw() {
			sheets.get(current)?.table.redraw();
		},
	};
}
