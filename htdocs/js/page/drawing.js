/** Draws what the board knows, and keeps what has been drawn. */
import { attribute, byId, text } from '../lib/dom.js';
import { apply, LANGUAGES } from '../lib/i18n.js';
import { may, maySee } from '../model/reader.js';
import { failureWord, noticesOf } from '../model/sources.js';
import { isNarrowed } from '../model/view.js';
import { drawReader } from '../parts/reader.js';
import { drawBanner, drawPills } from '../parts/sources.js';
import { drawTheme } from '../parts/theme.js';

/** What is shown instead of rows; '' when there are rows. */
function emptyWord({ t, answer, refusal, contact, rows, view }) {
	if (refusal !== null)
		return failureWord(refusal, t);
	if (answer === null)
		return t(contact.lost ? 'empty.lost' : 'empty.waiting');
	if (rows.size > 0)
		return '';
	return t(`empty.${answer.meta.total === 0 ? 'nothing' : 'none'}.${
	    view.view}`);
}

/** The button that changes to the other language. */
function drawLanguage(button, t) {
	const other = LANGUAGES.find((tag) => tag !== t.language);
	const short = t(`language.${other}.short`);
	const name = t(`language.${other}`);

	text(button, short);
	/* The name contains the visible words, for voice control. */
	attribute(button, 'aria-label', `${short}, ${name}`);
	attribute(button, 'title', name);
	button.lang = other;
}

export class Drawing {
	#board;
	#parts;
	#say;
	#query = null;		/* for which rows were last drawn */
	#rows = null;
	#day = null;
	#notices = '';		/* keys of the notices last shown */
	#detailError = null;

	/** parts: see parts.js; say(words) tells the reader (parts/sources.js). */
	constructor(board, parts, say) {
		this.#board = board;
		this.#parts = parts;
		this.#say = say;
	}

	/** Every word, after a change of language. */
	words() {
		const { t } = this.#board;
		const { tabs, totals, menus, period, detail } = this.#parts;

		apply(t);
		for (const part of [tabs, totals, menus, period])
			part.words(t);
		drawTheme(byId('theme'), t);
		drawLanguage(byId('language'), t);
		detail.part?.redraw();
	}

	/** The view itself, before any answer to it. */
	view() {
		const { view, t } = this.#board, scroller = byId('board');
		const { sheets, tabs, totals, period, search, files, chooser } =
		    this.#parts;

		document.body.dataset.view = view.view;
		sheets.setView(view);
		tabs.update(view);
		totals.select(view);
		period.update(view);
		search.update(view, t);
		files.update(view);
		chooser.update(view, t);
		this.#viewLater(view);
		attribute(scroller, 'aria-labelledby', `caption-${view.view}`);
		text(byId('heading'), t(`tab.${view.view}`));
		if (this.#query !== null && this.#board.query() !== this.#query)
			scroller.scrollTop = 0;
		this.#around();
	}

	/** The same of the parts that are fetched when they are wanted. */
	#viewLater({ view, user }) {
		const { wall, detail } = this.#parts;

		byId('wall').hidden = view !== 'wall';
		if (view === 'wall' && wall.part === null)
			wall.want();
		if (user === null)
			detail.part?.close();
		else if (detail.part === null)
			detail.want();
		else
			detail.part.open(user);
	}

	/** The saved views, after a change of them. */
	saved() {
		this.#parts.saved.update(this.#board);
	}

	/** The answer about the user whose detail is open: {body, error}. */
	detail(one) {
		this.#detailError = one?.error ?? null;
		if (one?.body)
			this.#parts.detail.part?.show(one.body);
	}

	/** After an answer, or the lack of one. */
	answer() {
		const { shown, rows, view } = this.#board;
		const { sheets, wall } = this.#parts;
		const forced = shown !== this.#query, notices = this.#notices;

		if (forced || rows !== this.#rows)
			sheets.show(rows, forced);
		if (view.view === 'wall')
			wall.part?.draw(rows, this.#board.wall());
		this.#rows = rows;
		this.#around();
		if (forced && this.#query !== null)
			this.#sayDigest();
		this.#query = shown;
		/* Else what ticks is drawn by the next tick(). */
		if (forced || notices !== this.#notices)
			this.tick();
		else if (view.view === 'wall')
			wall.part?.tick();
	}

	/** Says how many rows there are, after another list was asked for. */
	#sayDigest() {
		const { answer, view, t } = this.#board;

		if (answer !== null)
			this.#say(t(`digest.${view.view}`, {
				n: answer.meta.filtered, page: view.page,
				pages: Math.max(1, answer.meta.pages) }));
	}

	/** Everything around the rows. */
	#around() {
		const board = this.#board, { view, t, answer, facets } = board;
		const queueWord = (key) => board.queueWord(key);
		const { menus, chips, totals, pager } = this.#parts;
		const empty = emptyWord(board);

		this.#drawReader();
		this.saved();
		this.#drawNotices();
		menus.update(view, facets, queueWord);
		chips.update(view, t, queueWord);
		totals.count(facets, t.locale);
		totals.hidden(answer?.hidden, t);
		pager.update(view, answer?.meta ?? null, board.rows.size, t);
		attribute(byId('board'), 'aria-busy', String(board.waiting()));
		text(byId('empty-word'), empty);
		byId('empty').hidden = empty === '';
		byId('empty-clear').hidden = board.refusal === null &&
		    !(isNarrowed(view) && answer?.meta.total > 0);
		document.title = answer === null || view.view === 'wall' ?
		    t('title') : t('title.count', { n: answer.meta.filtered,
		        what: t(`tab.${view.view}`) });
	}

	/** Who is reading; what they may not see or do is not offered. */
	#drawReader() {
		const { me, t } = this.#board;

		drawReader(byId('reader'), me, t);
		this.#parts.tabs.offer((tab) => maySee(me, tab));
		byId('export').hidden = !may(me, 'export');
	}

	/** Shows what is wrong, and says it when it is new. */
	#drawNotices() {
		const { t } = this.#board, lines = this.#drawSources();
		const words = lines.map(({ word }) => word);
		const keys = lines.map(({ key }) => key).join();
		const error = this.#detailError;

		if (keys !== this.#notices)
			this.#say(words.join(' ') || t('contact.back'));
		this.#notices = keys;
		this.#parts.detail.part?.trouble([...words,
			error && failureWord(error, t)].filter(Boolean).join(' '));
	}

	/** Draws sources and banner; -> the lines of the banner. */
	#drawSources() {
		const { sources, contact, t } = this.#board;
		const now = this.#board.time();
		const lines = noticesOf({ contact, sources, now, t });

		drawPills(byId('sources'), sources, contact.lost, now, t);
		drawBanner(byId('banner'), lines);
		return lines;
	}

	/** What grows with time, each second. */
	tick() {
		const { sheets, wall, detail } = this.#parts;
		const now = this.#board.time();

		if (Number.isNaN(now))
			return;
		const today = new Date(now).toDateString();

		if (this.#day !== null && this.#day !== today)
			sheets.redraw();
		this.#day = today;
		sheets.tick();
		if (this.#board.view.view === 'wall')
			wall.part?.tick();
		detail.part?.tick();
		this.#drawSources();
	}
}
