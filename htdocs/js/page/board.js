/**
 * What the page knows: the view, the last answers, and whether the server
 * answers.  It does not touch the document.
 */
import { age } from '../lib/format.js';
import { mapOf } from '../lib/values.js';
import { format, parse } from '../lists/address.js';
import { listOf } from '../lists/lists.js';
import { queueWord } from '../lists/queues.js';
import { questions } from '../lists/questions.js';
import { openedOf, viewOf } from '../lists/saved.js';
import { STEP } from '../model/clock.js';
import { maySee } from '../model/reader.js';
import { receive } from '../model/rows.js';
import { received } from '../model/sources.js';
import { admits, toPage } from '../model/view.js';

const LOST = 2;			/* failures in a row that mean lost contact */

/** The counts of an answer: {facet: {value: count}}, as Maps. */
function countsOf(answer) {
	return new Map([...mapOf(answer?.facets)].map(([facet, counts]) =>
	    [facet, mapOf(counts)]));
}

export class Board {
	t = null;		/* the words (lib/i18n.js) */
	me = null;		/* who is reading (model/reader.js) */
	saved = null;		/* the saved views of the API; null: unknown */
	bare = false;		/* opened without parameters, and nothing done */
	answer = null;		/* the API's rows, null before the first */
	facets = new Map();	/* its counts; see countsOf() */
	more = [];		/* the answers to further questions */
	shown = null;		/* the query that answer and rows are for */
	rows = new Map();
	sources = [];
	refusal = null;		/* the error that said the query is wrong */
	contact = { lost: false, at: NaN, failures: 0, error: null };
	#labels = new Map();	/* of queues in filters, by source/name */
	#worst = new Map();	/* the row of the wall's longest wait */
	#clock;
	#reached = new Map();	/* source -> time shown up to, in ms */

	/** saved: the id of the saved view that it was opened as, or null. */
	constructor(clock, search, saved) {
		this.#clock = clock;
		this.bare = search === '';
		this.view = parse(search, saved);
	}

	/** What is asked of the API for the view, as one text. */
	query() {
		return questions(this.view).join(' ');
	}

	/** The answers of one tab are not shown in another. */
	setView(view) {
		this.bare = false;
		if (view.view !== this.view.view)
			this.#forget();
		this.view = view;
	}

	goTo(search, saved) {
		this.setView(parse(search, saved));
	}

	/** The saved view that is open: {saved, modified}, or null. */
	opened() {
		return openedOf(this.view, this.saved ?? []);
	}

	/**
	 * Answers have come: {body, fresh} for the rows of a view, for the
	 * sources, and for each further question.
	 */
	answered(view, rows, sources, more = []) {
		const list = listOf(view);

		for (const { body, fresh } of [rows, sources])
			if (fresh)
				this.#clock.observe(
				    Date.parse(body.meta.generated_at));
		if (rows.body !== this.answer) {
			this.answer = rows.body;
			this.facets = countsOf(rows.body);
			this.#labels = mapOf(rows.body.labels?.queue);
			this.rows = receive(list, rows.body[list.name],
			    rows.body.meta.generated_at, this.rows);
		}
		if (sources.fresh || this.sources.length === 0)
			this.sources = received(sources.body);
		this.more = more.map(({ body }) => body);
		if (view.view === 'wall')
			this.#worst = receive(list, this.more[1].queues,
			    this.more[1].meta.generated_at, this.#worst);
		this.shown = questions(view).join(' ');
		this.refusal = null;
		this.contact = { lost: false, at: this.#clock.now(),
			failures: 0, error: null };
	}

	/**
	 * No answer.  Rows of another question than the one asked now are not
	 * shown under it: then there is nothing to show.
	 */
	failed(query, error) {
		const { at } = this.contact, refused = error.refused === true;
		const failures = this.contact.failures + 1;

		if (refused || query !== this.shown)
			this.#forget();
		this.refusal = refused ? error : null;
		this.contact = { at, error, failures, lost: !refused &&
			(failures >= LOST || this.answer === null ||
			error.status !== 0) };
	}

	#forget() {
		this.answer = this.shown = this.refusal = null;
		this.more = [];
		this.rows = new Map();
		this.facets = new Map();
		this.#worst = new Map();
	}

	/** The word for a queue of a filter; see lists/queues.js. */
	queueWord(key) {
		return queueWord(key, this.#labels, this.sources.length > 1);
	}

	/**
	 * The figures of the wall, null before an answer: waiting, calls in all
	 * queues; hidden, what of it is in technical ones; longest, the queue
	 * with the longest wait, or undefined; queues, how many there are;
	 * states, the counts of users' states; silent, whether a source that
	 * counts is silent.
	 */
	wall() {
		const { answer, view } = this;

		return answer === null || view.view !== 'wall' ? null : {
			waiting: answer.totals.waiting_tasks === null &&
			    answer.hidden.queues === 0 ? null :
				answer.totals.waiting_tasks +
				    answer.hidden.waiting_tasks,
			hidden: answer.hidden,
			longest: [...this.#worst.values()].find(({ waitStart }) =>
			    waitStart !== undefined),
			queues: answer.meta.filtered,
			states: countsOf(this.more[0]).get('state'),
			silent: this.contact.lost || this.sources.some((one) =>
			    one.stale && admits(view, 'source', one.source)),
		};
	}

	/** The view of the last page when its page is past it, else null. */
	lastPage() {
		const meta = this.answer?.meta;

		return meta && this.view.view !== 'wall' &&
		    this.shown === this.query() &&
		    this.view.page > Math.max(1, meta.pages) ?
		    toPage(this.view, Math.max(1, meta.pages)) : null;
	}

	/**
	 * Where the plain board leads: to the reader's default when the page
	 * was opened without parameters; to the wall for readers to whom it
	 * shows nobody; else null.
	 */
	home() {
		const first = this.bare ?
		    this.saved?.find((one) => one.is_default) : undefined;

		if (first !== undefined)
			return viewOf(first);
		return format(this.view) === '' && !maySee(this.me, 'users') &&
		    maySee(this.me, 'wall') ? parse('?view=wall') : null;
	}

	/** Waiting for the answer to what the view asks now. */
	waiting() {
		return this.shown !== this.query() && this.refusal === null &&
		    !this.contact.lost;
	}

	/** The server's time now, in ms. */
	time() {
		return this.#clock.now();
	}

	/**
	 * The time up to which a row is known: now, or when the server last
	 * answered, or when its source was last heard of.
	 */
	#known(row) {
		const now = this.contact.lost ? this.contact.at : this.time();
		const alive = row?.stale ? this.sources.find(({ source }) =>
		    source === row.source)?.alive : null;

		return alive ? Math.min(now, alive) : now;
	}

	/**
	 * The same for durations: a loss of contact is noticed late, and what
	 * was shown in between is not taken back.
	 */
	now(row) {
		const known = this.#known(row);
		const shown = this.#reached.get(row?.source) ?? known;
		const time = shown - known > STEP ? known :
		    Math.max(known, shown);

		this.#reached.set(row?.source, time);
		return time;
	}

	/** How old a row is, in words; '' when it is current. */
	age(row) {
		if (!this.contact.lost && !row.stale)
			return '';
		return age((this.time() - this.#known(row)) / 1000, this.t.day);
	}
}
