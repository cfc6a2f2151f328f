/**
 * Reads a drawing piece by piece, with the pointer or the arrow keys.  The
 * drawing is one tab stop, a slider along its pieces; the words of a piece are
 * shown below it.
 */
import { attribute, text } from '../../lib/dom.js';

/** The piece that a key leads to from the one at `at`, or undefined. */
function target(key, at, last) {
	return {
		__proto__: null,
		ArrowLeft: at - 1, ArrowDown: at - 1,
		ArrowRight: at + 1, ArrowUp: at + 1,
		PageDown: at - 10, PageUp: at + 10,
		Home: 0, End: last,
	}[key];
}

export class Reader {
	#part;
	#words;
	#drawing;
	#keys = [];
	#hint = '';
	#pointed = -1;		/* under the pointer; -1: it is elsewhere */
	#chosen = null;		/* key of the piece last read by keyboard */

	/**
	 * part: the element round the drawing; words: where a piece is told.
	 * drawing: {find(clientX) -> index of the piece there, tell(index) ->
	 * its text, mark(index) shows which one is read, -1 none}.
	 */
	constructor(part, words, drawing) {
		this.#part = part;
		this.#words = words;
		this.#drawing = drawing;
		attribute(part, 'role', 'slider');
		part.tabIndex = 0;
		part.addEventListener('keydown', (event) => this.#onKey(event));
		part.addEventListener('pointermove', ({ clientX }) =>
		    this.#point(drawing.find(clientX)));
		part.addEventListener('pointerleave', () => this.#point(-1));
		part.addEventListener('focus', () => this.#draw());
		part.addEventListener('blur', () => this.#draw());
	}

	/** The pieces now, by key; the one being read stays the same. */
	update(keys, hint) {
		if (this.#pointed >= 0)
			this.#pointed = keys.indexOf(this.#keys[this.#pointed]);
		this.#keys = keys;
		this.#hint = hint;
		this.#draw();
	}

	/** Another drawing: nothing has been read yet. */
	reset() {
		this.#keys = [];
		this.#pointed = -1;
		this.#chosen = null;
	}

	/** The piece that the keyboard reads: the chosen one, or the last. */
	#current() {
		const at = this.#keys.indexOf(this.#chosen);

		return at < 0 ? this.#keys.length - 1 : at;
	}

	#point(i) {
		this.#pointed = i;
		this.#draw();
	}

	#onKey(event) {
		const last = this.#keys.length - 1;
		const next = target(event.key, this.#current(), last);

		if (next === undefined || last < 0 || event.altKey ||
		    event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		this.#chosen = this.#keys[Math.max(0, Math.min(next, last))];
		this.#point(-1);
	}

	#draw() {
		const part = this.#part, at = this.#current();
		const { tell, mark } = this.#drawing;
		const read = this.#pointed >= 0 ? this.#pointed :
		    document.activeElement === part ? at : -1;

		attribute(part, 'aria-valuemin', '1');
		attribute(part, 'aria-valuemax', `${this.#keys.length}`);
		attribute(part, 'aria-valuenow', `${at + 1}`);
		attribute(part, 'aria-valuetext', at < 0 ? '' : tell(at));
		mark(read);
		text(this.#words, read < 0 ? this.#hint : tell(read));
	}
}
