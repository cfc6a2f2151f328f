/**
 * Reading a drawing piece by piece, with the pointer or the arrow keys.  The
 * drawing is one tab stop, a slider along its pieces; what a piece says stands
 * as text below it.
 */
import { attribute, text } from '../../lib/dom.js';

/**
 * part: the element round the drawing; words: where a piece is told.
 * find(clientX) -> index of the piece there, tell(index) -> its text,
 * mark(index) shows which one is read, -1 none.
 */
export function createReader(part, words, { find, tell, mark }) {
	let keys = [], hint = '';
	let pointed = -1;	/* under the pointer; -1: it is elsewhere */
	let chosen = null;	/* key of the piece last read by keyboard */

	attribute(part, 'role', 'slider');
	part.tabIndex = 0;

	/** The piece of the keyboard: the last one until another is chosen. */
	function current() {
		const at = keys.indexOf(chosen);

		return at < 0 ? keys.length - 1 : at;
	}

	function draw() {
		const at = current();
		const read = pointed >= 0 ? pointed :
		    document.activeElement === part ? at : -1;

		attribute(part, 'aria-valuemin', '1');
		attribute(part, 'aria-valuemax', `${keys.length}`);
		attribute(part, 'aria-valuenow', `${at + 1}`);
		attribute(part, 'aria-valuetext', at < 0 ? '' : tell(at));
		mark(read);
		text(words, read < 0 ? hint : tell(read));
	}

	part.addEventListener('keydown', (event) => {
		const at = current(), last = keys.length - 1;
		const next = {
			ArrowLeft: at - 1, ArrowDown: at - 1,
			ArrowRight: at + 1, ArrowUp: at + 1,
			PageDown: at - 10, PageUp: at + 10,
			Home: 0, End: last,
		}[event.key];

		if (next === undefined || last < 0 || event.altKey ||
		    event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		pointed = -1;
		chosen = keys[Math.max(0, Math.min(next, last))];
		draw();
	});
	part.addEventListener('pointermove', (event) => {
		pointed = find(event.clientX);
		draw();
	});
	part.addEventListener('pointerleave', () => {
		pointed = -1;
		draw();
	});
	part.addEventListener('focus', draw);
	part.addEventListener('blur', draw);

	return {
		/** The pieces now, by key; the one being read stays the same. */
		update(next, nextHint) {
			if (pointed >= 0)
				pointed = next.indexOf(keys[pointed]);
			keys = next;
			hint = nextHint;
			draw();
		},

		/** Another drawing: nothing has been read yet. */
		reset() {
			keys = [];
			pointed = -1;
			chosen = null;
		},
	};
}
