/** Asks the API what the view needs, again and again, and has it drawn. */
import { ApiError, loop, remembering } from './lib/api.js';
import { createClock } from './model/clock.js';
import { fetchGlyphs } from './lib/dom.js';
import { followEvents } from './lib/events.js';
import { translator } from './lib/i18n.js';
import { Board } from './page/board.js';
import { createPage } from './page/page.js';
import { questions } from './lists/questions.js';

const PERIOD = 2_000;		/* ms between two turns */
const LIVE = 5_000;		/* while the server tells of changes */
const HIDDEN = 10_000;		/* while the page is hidden */
const READER = 30_000;		/* between two questions who is reading */

const clock = createClock();
const board = new Board(clock, location.search, history.state?.saved ?? null);
const language = () => board.t.language;
const askRows = remembering(language);
const askMore = [remembering(language), remembering(language)];
const askSources = remembering(language);
const askUser = remembering(language);
const askMe = remembering(language);
let knownAt = -Infinity;	/* when the reader was last asked for */

/** The user whose detail is open; an error concerns the dialog only. */
async function detail(user, signal) {
	try {
		const slash = user.indexOf('/');
		const query = new URLSearchParams({
			source: user.slice(0, Math.max(slash, 0)),
			login: user.slice(slash + 1) });
		const { body } = await askUser(`api/v1/user?${query}`, signal);

		return { body, error: null };
	} catch (error) {
		return { body: null, error };
	}
}

/**
 * Who is reading, and the saved views, now and then, and again after a failure.
 */
async function reader(signal) {
	if (performance.now() - knownAt < READER)
		return;
	const { body } = await askMe('api/v1/me', signal);

	board.me = body.me;
	await page.saved.read(signal);
	knownAt = performance.now();
}

/** Asks everything that the view needs; true on success. */
async function turn(signal) {
	const { view } = board, { user } = view, query = board.query();
	const [rows, ...more] = questions(view);

	try {
		const [answer, sources, one, , ...others] = await Promise.all([
			askRows(`api/v1/${rows}`, signal),
			askSources('api/v1/sources', signal),
			user === null ? null : detail(user, signal),
			reader(signal),
			...more.map((question, i) =>
			    askMore[i](`api/v1/${question}`, signal)),
		]);

		signal.throwIfAborted();
		board.answered(view, answer, sources, others);
		page.draw(one);
		return true;
	} catch (error) {
		if (signal.aborted)
			return false;
		/* A bug of the page is reported, and shown like a failure. */
		if (!(error instanceof ApiError))
			reportError(error);
		knownAt = -Infinity;
		board.failed(query, error);
		page.draw();
		return false;
	}
}

let live = false;
const refresh = loop(turn, () => live ? LIVE : PERIOD, HIDDEN);

[board.t] = await Promise.all([
	translator(document.documentElement.lang), fetchGlyphs()]);
const page = createPage(board, refresh);

setInterval(() => {
	if (!document.hidden)
		page.tick();
}, 1000);
document.addEventListener('visibilitychange', () => {
	if (!document.hidden) {
		page.tick();
		refresh();
	}
});
followEvents(refresh.soon, (yes) => {
	live = yes;
});
addEventListener('online', refresh);
addEventListener('popstate', ({ state }) => {
	board.goTo(location.search, state?.saved ?? null);
	page.viewChanged();
});
