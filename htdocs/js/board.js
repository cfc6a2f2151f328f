/**
 * What the page knows: the view, the last answers, how the contact to the
 * server is.  No document here.
 */
import { STEP } from './clock.js';
import { age } from './format.js';
import { receive } from './rows.js';
import { received } from './sources.js';
import { apiQuery, parse, toPage } from './view.js';

const LOST = 2;			/* failures in a row that mean lost contact */

export function createBoard(clock, search) {
	const reached = new Map();	/* source -> time shown up to, in ms */
	let kept = null;	/* the users' answer that rows are made of */

	const board = {
		t: null,
		view: parse(search),
		answer: null,		/* the API's users, null before the first */
		query: () => apiQuery(board.view),
		shown: null,		/* the query that answer and rows are for */
		rows: new Map(),
		sources: [],
		refusal: null,		/* the error that said the query is wrong */
		contact: { lost: false, at: NaN, failures: 0, error: null },

		goTo(newSearch) {
			board.view = parse(newSearch);
		},

		/** Answers have come: {body, fresh} for users and for sources. */
		answered(query, users, sources) {
			for (const { body, fresh } of [users, sources])
				if (fresh)
					clock.observe(Date.parse(
					    body.meta.generated_at));
			if (users.body !== kept) {
				kept = users.body;
				board.answer = kept;
				board.rows = receive(kept.users,
				    kept.meta.generated_at, board.rows);
			}
			if (sources.fresh || board.sources.length === 0)
				board.sources = received(sources.body);
			board.shown = query;
			board.refusal = null;
			board.contact = { lost: false, at: clock.now(),
				failures: 0, error: null };
		},

		/**
		 * No answer.  Rows of another question than the one asked now are
		 * not shown under it: then there is nothing to show.
		 */
		failed(query, error) {
			const { at, failures } = board.contact;
			const refused = error.refused === true;

			if (refused || query !== board.shown) {
				kept = board.answer = board.shown = null;
				board.rows = new Map();
			}
			board.refusal = refused ? error : null;
			board.contact = { at, error, failures: failures + 1,
				lost: !refused && (failures + 1 >= LOST ||
				    board.answer === null || error.status !== 0) };
		},

		/** Past the last page: the last one; null when all is well. */
		lastPage() {
			const meta = board.answer?.meta;

			return meta && board.shown === board.query() &&
			    board.view.page > Math.max(1, meta.pages) ?
			    toPage(board.view, Math.max(1, meta.pages)) : null;
		},

		/** Waiting for the answer to what the view asks now. */
		waiting: () => board.shown !== board.query() &&
		    board.refusal === null && !board.contact.lost,

		source: (name) => board.sources.find((s) => s.source === name),

		/**
		 * The time up to which a user is known: now, or when contact to
		 * the server or the source's last sign of life ended.
		 */
		known(user) {
			const now = board.contact.lost ? board.contact.at :
			    clock.now();
			const alive = user?.stale ?
			    board.source(user.source)?.alive : null;

			return alive ? Math.min(now, alive) : now;
		},

		/**
		 * The same for durations: that nothing has come is noticed a
		 * little later, and what was shown meanwhile is not taken back.
		 */
		now(user) {
			const known = board.known(user);
			const shown = reached.get(user?.source) ?? known;
			const time = shown - known > STEP ? known :
			    Math.max(known, shown);

			reached.set(user?.source, time);
			return time;
		},

		time: () => clock.now(),

		/** How old a row is, in words; '' when it is not old. */
		age(user) {
			if (!board.contact.lost && !user.stale)
				return '';
			return age((clock.now() - board.known(user)) / 1000,
			    board.t.day);
		},
	};
	return board;
}
