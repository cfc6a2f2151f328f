/**
 * What the page knows: the view, the last answers, how the contact to the
 * server is.  No document here.
 */
import { STEP } from '../model/clock.js';
import { age } from '../lib/format.js';
import { parse } from '../lists/address.js';
import { listOf } from '../lists/lists.js';
import { questions } from '../lists/questions.js';
import { receive } from '../model/rows.js';
import { received } from '../model/sources.js';
import { toPage } from '../model/view.js';

const LOST = 2;			/* failures in a row that mean lost contact */

/** What people call the queues that calls name. */
function labelsOf(list, more) {
	return new Map(list.view !== 'calls' ? [] : more?.queues.map((queue) =>
	    [queue.name, queue.label ?? queue.name]));
}

export function createBoard(clock, search) {
	const reached = new Map();	/* source -> time shown up to, in ms */
	let kept = null;	/* the answer that rows are made of */

	function forget() {
		kept = board.answer = board.more = board.shown = null;
		board.refusal = null;
		board.rows = new Map();
	}

	const board = {
		t: null,
		view: parse(search),
		answer: null,		/* the API's rows, null before the first */
		more: null,		/* the answer to the second question */
		labels: new Map(),	/* of queues, by the names calls have */
		query: () => questions(board.view).join(' '),
		shown: null,		/* the query that answer and rows are for */
		rows: new Map(),
		sources: [],
		refusal: null,		/* the error that said the query is wrong */
		contact: { lost: false, at: NaN, failures: 0, error: null },

		/** The answers of one tab are not shown in another. */
		setView(view) {
			if (view.view !== board.view.view)
				forget();
			board.view = view;
		},

		goTo(newSearch) {
			board.setView(parse(newSearch));
		},

		/**
		 * Answers have come: {body, fresh} for the rows of a view, for
		 * the sources, and for a second question if there was one.
		 */
		answered(view, rows, sources, more = null) {
			const list = listOf(view);

			for (const { body, fresh } of [rows, sources])
				if (fresh)
					clock.observe(Date.parse(
					    body.meta.generated_at));
			if (rows.body !== kept) {
				kept = rows.body;
				board.answer = kept;
				board.rows = receive(list, kept[list.name],
				    kept.meta.generated_at, board.rows);
			}
			if (sources.fresh || board.sources.length === 0)
				board.sources = received(sources.body);
			board.more = more?.body ?? null;
			board.labels = labelsOf(list, board.more);
			board.shown = questions(view).join(' ');
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

			if (refused || query !== board.shown)
				forget();
			board.refusal = refused ? error : null;
			board.contact = { at, error, failures: failures + 1,
				lost: !refused && (failures + 1 >= LOST ||
				    board.answer === null || error.status !== 0) };
		},

		/** Past the last page: the last one; null when all is well. */
		lastPage() {
			const meta = board.answer?.meta;

			return meta && board.view.view !== 'wall' &&
			    board.shown === board.query() &&
			    board.view.page > Math.max(1, meta.pages) ?
			    toPage(board.view, Math.max(1, meta.pages)) : null;
		},

		/** Waiting for the answer to what the view asks now. */
		waiting: () => board.shown !== board.query() &&
		    board.refusal === null && !board.contact.lost,

		source: (name) => board.sources.find((s) => s.source === name),

		/**
		 * The time up to which a row is known: now, or when contact to
		 * the server or its source's last sign of life ended.
		 */
		known(row) {
			const now = board.contact.lost ? board.contact.at :
			    clock.now();
			const alive = row?.stale ?
			    board.source(row.source)?.alive : null;

			return alive ? Math.min(now, alive) : now;
		},

		/**
		 * The same for durations: that nothing has come is noticed a
		 * little later, and what was shown meanwhile is not taken back.
		 */
		now(row) {
			const known = board.known(row);
			const shown = reached.get(row?.source) ?? known;
			const time = shown - known > STEP ? known :
			    Math.max(known, shown);

			reached.set(row?.source, time);
			return time;
		},

		time: () => clock.now(),

		/** How old a row is, in words; '' when it is not old. */
		age(row) {
			if (!board.contact.lost && !row.stale)
				return '';
			return age((clock.now() - board.known(row)) / 1000,
			    board.t.day);
		},
	};
	return board;
}
