/** The parts of the page, and what is drawn when. */
import { createChips } from '../parts/narrow/chips.js';
import { createChooser } from '../parts/narrow/chooser.js';
import { attribute, text } from '../lib/dom.js';
import { createExport } from '../parts/narrow/export.js';
import { apply, LANGUAGES, translator } from '../lib/i18n.js';
import { createLater } from '../lib/later.js';
import { createMenus } from '../parts/narrow/menus.js';
import { format, plain } from '../lists/address.js';
import { failureWord, noticesOf } from '../model/notices.js';
import { announcer, drawBanner } from '../parts/banner.js';
import { createPager } from '../parts/pager.js';
import { createPeriod } from '../parts/narrow/period.js';
import { createSearch, onKey } from '../parts/narrow/search.js';
import { createSheets } from '../parts/table/sheets.js';
import { drawPills } from '../parts/pills.js';
import { recall, remember } from '../lib/store.js';
import { createTabs } from '../parts/tabs.js';
import { drawTheme, nextTheme } from '../parts/theme.js';
import { createTotals } from '../parts/narrow/totals.js';
import { choose, isNarrowed, show } from '../model/view.js';

const $ = (id) => document.getElementById(id);

/** board: see board.js; refresh asks the server at once. */
export function createPage(board, refresh) {
	const say = announcer($('digest'));
	const scroller = $('board');
	let drawn = null;	/* the query that the rows were last drawn for */
	let day = null, trouble = '', rows = null;
	let detailError = null;

	/** The next view: into the URL, on the page, and asked for. */
	function go(change, how = 'push') {
		const next = change(board.view), url = format(next);

		if (url === format(board.view))
			return;
		board.setView(next);
		history[`${how}State`](null, '', url || location.pathname);
		viewChanged();
	}

	const context = {
		get t() {
			return board.t;
		},
		get today() {
			return board.time();
		},
		now: board.now,
		age: board.age,
		label: (queue) => board.labels.get(queue),
	};
	const sheets = createSheets({ users: $('users'), queues: $('queues'),
		calls: $('calls') }, context, { scroller, foot: $('foot'), pending },
	go, () => say(board.t('session.copied')));
	const tabs = createTabs($('tabs'), go);
	const totals = createTotals($('totals'), go);
	const menus = createMenus($('menus'), go);
	const period = createPeriod($('menus'), board.time, go);
	const chips = createChips($('chips'), go);
	const pager = createPager($('pager'), $('counts'), go);
	const search = createSearch($('q'), go);
	const failed = () => say(board.t('later.failed'));
	const wall = createLater({ load: () => import('../parts/wall.js'),
	    styles: ['wall'], failed,
	    make: ({ createWall }) => createWall($('wall'), context),
	    ready: (part) => part.draw(board.rows, board.more) });
	const detail = createLater({ load: () => import('../parts/detail/detail.js'),
	    styles: ['dialog', 'chart'], failed,
	    make: ({ createDetail }) => createDetail($('detail'),
	        () => go((v) => show(v, null))),
	    ready(part) {
		if (board.view.user === null)
			return;
		part.open(board.view.user);
		refresh();
	    } });
	const help = createLater({ load: () => import('../parts/help.js'),
	    styles: ['dialog', 'help'], failed,
	    make: ({ createHelp }) => createHelp($('help')),
	    ready: (open) => open(board.t) });
	const chooser = createChooser($('columns'), $('chooser'), (keys) => {
		remember(`columns.${board.view.view}`,
		    keys === null ? null : keys.join(','));
		go((view) => choose(view, keys), 'replace');
	});
	const files = createExport($('export'), $('export-panel'), {
		'excel-fr': $('export-excel'), 'strict': $('export-csv'),
	});

	function pending(n) {
		$('pending').hidden = n === 0;
		text($('pending-word'), n === 0 ? '' : board.t('pending', { n }));
	}

	/** Columns once chosen here hold, unless the URL names others. */
	function rememberedColumns() {
		const keys = recall(`columns.${board.view.view}`);

		if (board.view.columns === null && keys !== null) {
			board.view = choose(board.view, keys.split(','));
			history.replaceState(null, '', format(board.view));
		}
	}

	/** All that shows the view itself, before any answer to it. */
	function viewChanged() {
		rememberedColumns();
		const { view, t } = board;

		document.body.dataset.view = view.view;
		sheets.setView(view);
		tabs.update(view);
		totals.select(view);
		period.update(view);
		search.update(view, t);
		files.update(view);
		chooser.update(view, t);
		$('wall').hidden = view.view !== 'wall';
		if (view.view === 'wall' && wall.part === null)
			wall.want();
		attribute(scroller, 'aria-labelledby', `caption-${view.view}`);
		text($('heading'), t(`tab.${view.view}`));
		if (view.user === null)
			detail.part?.close();
		else if (detail.part === null)
			detail.want();
		else
			detail.part.open(view.user);
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
		if (board.rows.size > 0)
			return '';
		return t(`empty.${answer.meta.total === 0 ? 'nothing' : 'none'}.${
		    board.view.view}`);
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
		detail.part?.trouble([...lines.map((line) => line.word), detailError &&
		    failureWord(detailError, t)].filter(Boolean).join(' '));
		menus.update(view, answer?.facets ?? {}, board.labels);
		chips.update(view, t, board.labels);
		totals.count(answer?.facets ?? null, t.locale);
		pager.update(view, answer?.meta ?? null, board.rows.size, t);
		attribute(scroller, 'aria-busy', String(board.waiting()));
		text($('empty-word'), emptyWord());
		$('empty').hidden = emptyWord() === '';
		$('empty-clear').hidden = board.refusal === null &&
		    !(isNarrowed(view) && answer?.meta.total > 0);
		document.title = answer === null || view.view === 'wall' ?
		    t('title') : t('title.count', { n: answer.meta.filtered,
		        what: t(`tab.${view.view}`) });
	}

	/** After an answer, or the lack of one; one: that for the open detail. */
	function draw(one = null) {
		const last = board.lastPage();

		detailError = one?.error ?? null;
		if (one?.body)
			detail.part?.show(one.body, board.now, board.t);

		if (last !== null) {
			go(() => last, 'replace');
			return;
		}
		const forced = board.shown !== drawn, told = trouble;

		if (forced || board.rows !== rows)
			sheets.show(board.rows, forced);
		if (board.view.view === 'wall')
			wall.part?.draw(board.rows, board.more);
		rows = board.rows;
		drawState();
		if (forced && drawn !== null && board.answer !== null)
			say(board.t(`digest.${board.view.view}`, {
			    n: board.answer.meta.filtered,
			    page: board.view.page,
			    pages: Math.max(1, board.answer.meta.pages) }));
		drawn = board.shown;
		/* What ticks can wait for its second, unless it is told anew. */
		if (forced || told !== trouble)
			tick();
		else if (board.view.view === 'wall')
			wall.part?.tick();
	}

	/** What grows with time. */
	function tick() {
		const now = board.time(), { t } = board;

		if (Number.isNaN(now))
			return;
		const today = new Date(now).toDateString();

		if (day !== null && day !== today)
			sheets.redraw();
		day = today;
		sheets.tick();
		if (board.view.view === 'wall')
			wall.part?.tick();
		detail.part?.tick(board.now, t);
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
		tabs.words(t);
		totals.words(t);
		menus.words(t);
		period.words(t);
		drawTheme($('theme'), t);
		text($('language'), t(`language.${other}.short`));
		/* The name has what is seen in it, for who speaks to the page. */
		attribute($('language'), 'aria-label', [
			t(`language.${other}.short`), t(`language.${other}`),
		].join(', '));
		attribute($('language'), 'title', t(`language.${other}`));
		$('language').lang = other;
		detail.part?.redraw(board.now, t);
	}

	$('theme').addEventListener('click', () => {
		nextTheme();
		drawTheme($('theme'), board.t);
	});
	$('language').addEventListener('click', async () => {
		try {
			board.t = await translator($('language').lang);
		} catch {
			failed();
			return;
		}
		remember('language', board.t.language);
		words();
		viewChanged();
	});
	$('help-button').addEventListener('click', help.want);
	onKey('?', help.want);
	$('resort').addEventListener('click', () => {
		scroller.focus({ preventScroll: true });
		sheets.release();
	});
	$('empty-clear').addEventListener('click', () => {
		scroller.focus({ preventScroll: true });
		go(plain);
	});
	return {
		draw,
		tick,
		words,
		viewChanged,
	};
}
