/** The page: joins the board, the parts and their drawing to the reader. */
import { byId, text } from '../lib/dom.js';
import { translator } from '../lib/i18n.js';
import { recall, remember } from '../lib/store.js';
import { format, plain } from '../lists/address.js';
import { choose } from '../model/view.js';
import { onKey } from '../parts/narrow/search.js';
import { announcer } from '../parts/sources.js';
import { drawTheme, nextTheme } from '../parts/theme.js';
import { Drawing } from './drawing.js';
import { createParts } from './parts.js';
import { createSavedViews } from './saved.js';

/** board: see board.js; refresh asks the server at once. */
export function createPage(board, refresh) {
	const say = announcer(byId('digest'));
	const failed = () => say(board.t('later.failed'));
	const saved = createSavedViews(board, () => drawing.saved());
	const parts = createParts(board, saved,
	    { go, refresh, say, pending, failed });
	const drawing = new Drawing(board, parts, say);

	/** Changes the view: in the URL, on the page, and in what is asked. */
	function go(change, how = 'push') {
		const next = change(board.view), url = format(next);

		if (url === format(board.view) && next.saved === board.view.saved)
			return;
		board.setView(next);
		history[`${how}State`]({ saved: next.saved }, '',
		    url || location.pathname);
		viewChanged();
	}

	function pending(n) {
		byId('pending').hidden = n === 0;
		text(byId('pending-word'),
		    n === 0 ? '' : board.t('pending', { n }));
	}

	function viewChanged() {
		recallColumns(board);
		drawing.view();
		refresh();
	}

	/** After an answer, or the lack of one; one: that for the detail. */
	function draw(one = null) {
		const better = board.home() ?? board.lastPage();

		/* Once there are rows, they are what the reader has chosen. */
		board.bare &&= board.answer === null;
		drawing.detail(one);
		if (better !== null)
			go(() => better, 'replace');
		else
			drawing.answer();
	}

	listen(board, parts, { go, failed, languageChanged() {
		drawing.words();
		viewChanged();
	} });
	drawing.words();
	viewChanged();
	return { draw, viewChanged, saved, tick: () => drawing.tick() };
}

/** The columns last chosen here, unless the URL names others. */
function recallColumns(board) {
	const keys = recall(`columns.${board.view.view}`);

	if (board.view.columns === null && keys !== null) {
		board.view = choose(board.view, keys.split(','));
		history.replaceState(history.state, '', format(board.view));
	}
}

/** The buttons that are in index.html and belong to no part. */
function listen(board, { help, sheets }, { go, failed, languageChanged }) {
	const clicked = (id, act) => byId(id).addEventListener('click', act);
	/* A button that will be hidden gives the focus to the table. */
	const leave = () => byId('board').focus({ preventScroll: true });

	clicked('theme', () => {
		nextTheme();
		drawTheme(byId('theme'), board.t);
	});
	clicked('language', async () => {
		try {
			board.t = await translator(byId('language').lang);
		} catch {
			failed();
			return;
		}
		remember('language', board.t.language);
		languageChanged();
	});
	clicked('help-button', help.want);
	onKey('?', help.want);
	clicked('resort', () => {
		leave();
		sheets.release();
	});
	clicked('empty-clear', () => {
		leave();
		go(plain);
	});
}
