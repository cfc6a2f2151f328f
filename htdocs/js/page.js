/** The parts of the page, and what is drawn when. */
import { createChips } from './chips.js';
import { createChooser } from './chooser.js';
import { columnsOf } from './columns.js';
import { copy } from './copy.js';
import { createDetail } from './detail.js';
import { attribute, text } from './dom.js';
import { createExport } from './export.js';
import { createGrid } from './grid.js';
import { apply, LANGUAGES, translator } from './i18n.js';
import { createMenus } from './menus.js';
import { announcer, drawBanner, failureWord, noticesOf } from './notice.js';
import { createPager } from './pager.js';
import { createSearch } from './search.js';
import { drawPills } from './sources.js';
import { recall, remember } from './store.js';
import { createTable } from './table.js';
import { drawTheme, nextTheme } from './theme.js';
import { createTips } from './tip.js';
import { createTotals } from './totals.js';
import { choose, format, isNarrowed, plain, show, sortBy } from './view.js';

const $ = (id) => document.getElementById(id);

/** board: see board.js; refresh asks the server at once. */
export function createPage(board, refresh) {
	const say = announcer($('digest'));
	const scroller = $('board');
	let drawn = null;	/* the query that the rows were last drawn for */
	let columns = null, day = null, trouble = '', rows = null;
	let detailError = null;

	/** The next view: into the URL, on the page, and asked for. */
	function go(change, how = 'push') {
		const next = change(board.view), url = format(next);

		if (url === format(board.view))
			return;
		board.view = next;
		history[`${how}State`](null, '', url || location.pathname);
		viewChanged();
	}

	const table = createTable($('users'), (column, second) =>
	    go((view) => sortBy(view, column.sort, column.descending === true,
	        second)));
	const grid = createGrid(table, scroller, $('foot'), (n) => {
		$('pending').hidden = n === 0;
		text($('pending-word'), n === 0 ? '' : board.t('pending', { n }));
	});
	const context = {
		get t() {
			return board.t;
		},
		get today() {
			return board.time();
		},
		now: board.now,
		age: board.age,
	};
	const totals = createTotals($('totals'), go);
	const menus = createMenus($('menus'), go);
	const chips = createChips($('chips'), go);
	const pager = createPager($('pager'), $('counts'), go);
	const search = createSearch($('q'), go);
	const detail = createDetail($('detail'), () => go((v) => show(v, null)));
	const chooser = createChooser($('columns'), $('chooser'), (keys) => {
		remember('columns', keys === null ? null : keys.join(','));
		go((view) => choose(view, keys), 'replace');
	});

	const files = createExport($('export'), $('export-panel'), {
		'excel-fr': $('export-excel'), 'strict': $('export-csv'),
	});

	/** Columns once chosen here hold, unless the URL names others. */
	function rememberedColumns() {
		const keys = recall('columns');

		if (board.view.columns === null && keys !== null) {
			board.view = choose(board.view, keys.split(','));
			history.replaceState(null, '', format(board.view));
		}
	}

	function setColumns() {
		const key = `${board.t.language} ${board.view.columns}`;

		if (key === columns)
			return;
		columns = key;
		table.setColumns(columnsOf(board.view.columns), context);
	}

	/** All that shows the view itself, before any answer to it. */
	function viewChanged() {
		const { view, t } = board;

		setColumns();
		table.setSort(view.sort);
		totals.select(view);
		chips.update(view, t);
		search.update(view);
		files.update(view);
		chooser.update(view.columns, t);
		if (view.user !== null)
			detail.open(view.user);
		else
			detail.close();
		if (drawn !== null && board.query() !== drawn)
			scroller.scrollTop = 0;
		drawState();
		refresh();
	}

	/** What stands in the table's place when it has no rows. */
	function emptyWord() {
		const { t, answer, refusal, contact } = board;

		if (refusal !== null)
			return failureWord(refusal, t);
		if (answer === null)
			return t(contact.lost ? 'empty.lost' : 'empty.waiting');
		if (answer.users.length > 0)
			return '';
		return t(answer.meta.total === 0 ? 'empty.nobody' : 'empty.none');
	}

	/** Everything around the rows. */
	function drawState() {
		const { view, t, answer } = board;
		const lines = noticesOf({ contact: board.contact,
		    sources: board.sources, now: board.time(), t });
		const now = lines.map((line) => line.key).join();

		drawPills($('sources'), board.sources, board.contact.lost,
		    board.time(), t);
		drawBanner($('banner'), lines);
		if (now !== trouble)
			say(lines.map((line) => line.word).join(' ') ||
			    t('contact.back'));
		trouble = now;
		detail.trouble([...lines.map((line) => line.word), detailError &&
		    failureWord(detailError, t)].filter(Boolean).join(' '));
		menus.update(view, answer?.facets ?? {});
		totals.count(answer?.facets.state ?? null, t.locale);
		pager.update(view, answer?.meta ?? null, answer?.users.length, t);
		attribute(scroller, 'aria-busy', String(board.waiting()));
		text($('empty-word'), emptyWord());
		$('empty').hidden = emptyWord() === '';
		$('empty-clear').hidden = board.refusal === null &&
		    !(isNarrowed(view) && answer?.meta.total > 0);
		document.title = answer === null ? t('title') :
		    t('title.count', { n: answer.meta.filtered });
	}

	/** After an answer, or the lack of one; one: that for the open detail. */
	function draw(one = null) {
		const last = board.lastPage();

		detailError = one?.error ?? null;
		if (one?.body)
			detail.show(one.body, board.now, board.t);

		if (last !== null) {
			go(() => last, 'replace');
			return;
		}
		const forced = board.shown !== drawn;

		if (forced || board.rows !== rows)
			grid.show(board.rows, forced);
		rows = board.rows;
		drawState();
		if (forced && drawn !== null && board.answer !== null)
			say(board.t('digest', { n: board.answer.meta.filtered,
			    page: board.view.page,
			    pages: Math.max(1, board.answer.meta.pages) }));
		drawn = board.shown;
		tick();
	}

	/** What grows with time. */
	function tick() {
		const now = board.time(), { t } = board;

		if (Number.isNaN(now))
			return;
		const today = new Date(now).toDateString();

		if (day !== null && day !== today)
			table.redraw();
		day = today;
		table.tick();
		detail.tick(board.now, t);
		drawPills($('sources'), board.sources, board.contact.lost,
		    now, t);
		drawBanner($('banner'), noticesOf({ contact: board.contact,
		    sources: board.sources, now, t }));
	}

	/** Every word, after a change of language. */
	function words() {
		const { t } = board;
		const other = LANGUAGES.find((tag) => tag !== t.language);

		apply(t);
		totals.words(t);
		menus.words(t);
		drawTheme($('theme'), t);
		text($('language'), t(`language.${other}.short`));
		/* The name has what is seen in it, for who speaks to the page. */
		attribute($('language'), 'aria-label', [
			t(`language.${other}.short`), t(`language.${other}`),
		].join(', '));
		attribute($('language'), 'title', t(`language.${other}`));
		$('language').lang = other;
		detail.redraw(board.now, t);
	}

	$('theme').addEventListener('click', () => {
		nextTheme();
		drawTheme($('theme'), board.t);
	});
	$('language').addEventListener('click', () => {
		board.t = translator($('language').lang);
		remember('language', board.t.language);
		words();
		viewChanged();
	});
	$('resort').addEventListener('click', () => {
		scroller.focus({ preventScroll: true });
		grid.release();
	});
	$('empty-clear').addEventListener('click', () => {
		scroller.focus({ preventScroll: true });
		go(plain);
	});
	table.body.addEventListener('click', async (event) => {
		const button = event.target.closest('button[data-copy]');
		const link = event.target.closest('a.name');

		if (button !== null && await copy(button.dataset.copy))
			say(board.t('session.copied'));
		if (link === null || event.ctrlKey || event.metaKey ||
		    event.shiftKey)
			return;
		event.preventDefault();
		go((view) => show(view, link.closest('tr').dataset.key));
	});

	createTips(table.body);
	rememberedColumns();
	return {
		draw,
		tick,
		words,
		viewChanged,
	};
}
