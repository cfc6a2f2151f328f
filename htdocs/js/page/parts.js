/** The parts of the page, each in its place in index.html. */
import { byId } from '../lib/dom.js';
import { remember } from '../lib/store.js';
import { savedForm, savedName } from '../lists/saved.js';
import { may } from '../model/reader.js';
import { choose } from '../model/view.js';
import { createChips } from '../parts/narrow/chips.js';
import { Chooser } from '../parts/narrow/chooser.js';
import { createExport } from '../parts/narrow/export.js';
import { createMenus } from '../parts/narrow/menus.js';
import { createPeriod } from '../parts/narrow/period.js';
import { BYTES, createSearch, WORDS } from '../parts/narrow/search.js';
import { createTotals } from '../parts/narrow/totals.js';
import { createPager } from '../parts/pager.js';
import { createSaved } from '../parts/saved/menu.js';
import { createSheets } from '../parts/table/sheets.js';
import { createTabs } from '../parts/tabs.js';
import { createLater } from './later.js';

/**
 * What texts of rows are made with: t, today (ms), now(row): the time in ms up
 * to which the row is known, age(row): how old it is, '' when it is current,
 * opens: whether the reader may see the detail of a user, several: whether there
 * are several sources, so that a name needs its source.
 */
function contextOf(board) {
	return {
		get t() {
			return board.t;
		},
		get today() {
			return board.time();
		},
		now: (row) => board.now(row),
		age: (row) => board.age(row),
		get opens() {
			return may(board.me, 'detail');
		},
		get several() {
			return board.sources.length > 1;
		},
	};
}

/** Parts that are fetched when they are first wanted; see later.js. */
function laterParts(board, context, { go, refresh, failed }) {
	return {
		wall: createLater({ load: () => import('../parts/wall.js'),
		    styles: ['wall'], failed,
		    make: ({ createWall }) => createWall(byId('wall'), context),
		    ready(wall) {
			if (board.view.view === 'wall')
				wall.draw(board.rows, board.wall());
		    } }),
		detail: createLater({
		    load: () => import('../parts/detail/detail.js'),
		    styles: ['dialog', 'chart'], failed,
		    make: ({ Detail }) => new Detail(byId('detail'), context, go),
		    ready(detail) {
			if (board.view.user === null)
				return;
			detail.open(board.view.user);
			refresh();
		    } }),
		help: createLater({ load: () => import('../parts/help.js'),
		    styles: ['dialog', 'help'], failed,
		    make: ({ createHelp }) => createHelp(byId('help')),
		    ready: (open) => open(board.t) }),
	};
}

/** The menu of saved views, and the form for one. */
function savedParts(board, saved, { go, say, failed }) {
	let wanted = [];	/* what the form is to be opened for */
	const added = (id, how) => go((view) => ({ ...view, saved: id }), how);
	const form = createLater({ load: () => import('../parts/saved/form.js'),
	    styles: ['dialog', 'form'], failed,
	    make: ({ SavedForm }) => new SavedForm(byId('saved-form'), board,
	        { ...saved, added, say }),
	    ready: (part) => part.open(...wanted) });

	function edit(...what) {
		wanted = what;
		form.want();
	}

	/** What columns a view leaves to the reader, it goes on to. */
	async function keep(one) {
		const { columns, ...rest } = savedForm(board.view);

		try {
			await saved.change(one, { ...rest,
			    columns: one.columns === null ? null : columns });
			added(one.id, 'replace');
			say(board.t('saved.done',
			    { name: savedName(one, board.t) }));
		} catch (error) {
			edit(one, error);
		}
	}

	return createSaved({ button: byId('saved'), panel: byId('saved-panel'),
	    keep: byId('saved-keep') },
	{ go, edit, keep, refresh: saved.refresh });
}

/**
 * board: see board.js.  saved: see saved.js.  acts: go(change, how) gets a
 * function from a view to the next one, refresh() asks the server at once,
 * say(words) tells the reader, pending(n) is told how many rows would move,
 * failed() that a part could not be fetched.
 */
export function createParts(board, saved, acts) {
	const { go, say, pending } = acts, context = contextOf(board);
	const tables = { users: byId('users'), queues: byId('queues'),
		calls: byId('calls') };

	function chosen(keys) {
		remember(`columns.${board.view.view}`,
		    keys === null ? null : keys.join(','));
		go((view) => choose(view, keys), 'replace');
	}

	return {
		sheets: createSheets(tables, context, { scroller: byId('board'),
			foot: byId('foot'), pending, go,
			copied: () => say(board.t('session.copied')) }),
		tabs: createTabs(byId('tabs'), go),
		totals: createTotals(byId('totals'), go),
		menus: createMenus(byId('menus'), go),
		period: createPeriod(byId('menus'), () => board.time(), go),
		chips: createChips(byId('chips'), go),
		pager: createPager(byId('pager'), byId('counts'), go),
		search: createSearch(byId('q'), go, () => board.t('search.full',
		    { words: WORDS, bytes: BYTES })),
		chooser: new Chooser(byId('columns'), byId('chooser'), chosen),
		files: createExport(byId('export'), byId('export-panel'), {
			'excel-fr': byId('export-excel'),
			'strict': byId('export-csv'),
		}),
		saved: savedParts(board, saved, acts),
		...laterParts(board, context, acts),
	};
}
