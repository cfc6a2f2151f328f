/**
 * The dialog with everything that is known of one user.  It is refreshed with
 * the board; values are patched in place, so that what is being read or
 * selected stays.
 */
import { closeByClick, followLinks, setGlyph, text } from '../../lib/dom.js';
import { duration } from '../../lib/format.js';
import { parse } from '../../lists/address.js';
import { keyOf } from '../../lists/users.js';
import { anchor } from '../../model/clock.js';
import { firstHour, pieces, sums } from '../../model/day.js';
import { known, stateWord } from '../../model/states.js';
import { show } from '../../model/view.js';
import { drawCalls } from './calls.js';
import { drawFields } from './fields.js';
import { createHourly } from './hourly.js';
import { createTimeline, drawSums } from './timeline.js';

const STILL = 10_000;		/* ms after which a quiet day is drawn again */

export class Detail {
	#dialog;
	#context;
	#timeline;
	#hourly;
	#user = null;		/* the key of whom it is open for */
	#answer = null;		/* what the API says of the user */
	#drawn = null;		/* the answer that was drawn last */
	#drawnAt = 0;		/* the time that the day was drawn up to, in ms */
	#start;			/* of the state; see anchor() */

	/**
	 * dialog: as in index.html.  context: {t, now(user): the time up to
	 * which a user is known}.  go(change) gets a function from a view to the
	 * next one.
	 */
	constructor(dialog, context, go) {
		this.#dialog = dialog;
		this.#context = context;
		this.#timeline = createTimeline(this.#part('day'),
		    this.#part('day-word'));
		this.#hourly = createHourly(this.#part('hours'),
		    this.#part('hours-word'));
		dialog.addEventListener('close', () => {
			this.#user = null;
			this.#forget();
			go((view) => show(view, null));
		});
		closeByClick(dialog);
		followLinks(dialog, (link) =>
			go(() => parse(new URL(link.href).search)));
	}

	#part(name) {
		return this.#dialog.querySelector(`.${name}`);
	}

	#forget() {
		this.#answer = this.#drawn = null;
		this.#start = undefined;
		this.#timeline.reset();
		this.#hourly.reset();
	}

	/** Opens it for a user (key); what is known follows by show(). */
	open(key) {
		if (key === this.#user)
			return;
		this.#user = key;
		this.#forget();
		this.#part('known').hidden = this.#part('now').hidden = true;
		text(this.#part('title'), key.split('/').at(-1));
		text(this.#part('since'), '');
		if (!this.#dialog.open)
			this.#dialog.showModal();
	}

	close() {
		if (this.#dialog.open)
			this.#dialog.close();
	}

	/** What the API says of the user; the same answer costs nothing. */
	show(answer) {
		const { user, meta } = answer;

		/* Late: another user's detail has been opened since. */
		if (keyOf(user) !== this.#user)
			return;
		this.#answer = answer;
		this.#start = anchor(this.#start, user.state_since,
		    user.state_seconds, Date.parse(meta.generated_at));
		if (this.#drawn !== answer)
			this.#draw();
		this.tick();
	}

	#draw() {
		const { user, calls } = this.#answer, { t, now } = this.#context;

		this.#part('known').hidden = false;
		this.#drawHead(user, t);
		drawFields(this.#part('fields'), user, t);
		this.#drawDay(now(user), t);
		drawCalls(this.#part('calls'), calls, t);
		this.#drawn = this.#answer;
	}

	#drawHead(user, t) {
		const badge = this.#part('now'), code = known(user.state);

		text(this.#part('title'), user.name || user.login);
		badge.hidden = false;
		badge.className = `now badge s-${code}`;
		setGlyph(badge.firstElementChild, code);
		text(badge.lastElementChild,
		    stateWord(t, user.state, user.mode_label));
	}

	/** The pictures of the day up to now. */
	#drawDay(now, t) {
		const { states, meta } = this.#answer;
		const day = Date.parse(meta.from);
		const from = firstHour(states, day);
		const list = pieces(states, from, now);

		this.#timeline.update(list, from, now, t);
		this.#hourly.update(list, from, now, t);
		drawSums(this.#part('sums').tBodies[0],
		    sums(pieces(states, day, now)), t);
		this.#drawnAt = now;
	}

	/** The time in the state, each second. */
	tick() {
		if (this.#answer === null)
			return;
		const { t } = this.#context;
		const time = this.#context.now(this.#answer.user);

		text(this.#part('since'), this.#start === undefined ? '' :
		    duration((time - this.#start.start) / 1000, t.day));
		if (time - this.#drawnAt >= STILL)
			this.#drawDay(time, t);
	}

	/** What is wrong; the dialog hides the page's banner. */
	trouble(words) {
		text(this.#part('problem'), words);
		this.#part('problem').hidden = words === '';
	}

	/** Draws all again, after a change of language. */
	redraw() {
		this.#drawn = null;
		if (this.#answer !== null)
			this.show(this.#answer);
	}
}
