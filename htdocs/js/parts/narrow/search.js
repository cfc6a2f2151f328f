/** The search field. */
import { attribute } from '../../lib/dom.js';
import { search } from '../../model/view.js';

const PAUSE = 200;		/* ms without a key until it is searched */

/** What the API takes as q: groups of digits in a row count as one word. */
export const WORDS = 8, GROUPS = 8, BYTES = 256;	/* of UTF-8 */

const GROUP = '[-0-9+./()_]+(?!\\P{White_Space})';
const FIRST_WORDS = new RegExp(`^\\p{White_Space}*(?:(?:${GROUP}` +
    `(?:\\p{White_Space}+${GROUP}){0,${GROUPS - 1}}|\\P{White_Space}+)` +
    `\\p{White_Space}*){0,${WORDS}}`, 'u');

/** The beginning of a text, as far as the API takes it; no NUL, no half pair. */
export function fitting(text) {
	const [words] = FIRST_WORDS.exec(text.replace(/[\0\p{Cs}]/gu, ''));
	const { read } = new TextEncoder().encodeInto(words,
	    new Uint8Array(BYTES));

	return words.slice(0, read);
}

/**
 * The same for a text that was changed in front of the caret: what was put in
 * there gives way, not what follows.  -> [text, caret]
 */
export function fittingAt(text, caret) {
	const after = text.slice(caret);
	const before = [...fitting(text.slice(0, caret))];

	while (before.length > 0 &&
	    fitting(before.join('') + after) !== before.join('') + after)
		before.pop();
	const whole = fitting(before.join('') + after);

	return [whole, Math.min(before.join('').length, whole.length)];
}

/** Calls act() for a key that is not typed into a field. */
export function onKey(key, act) {
	document.addEventListener('keydown', (event) => {
		if (event.key !== key || event.ctrlKey || event.altKey ||
		    event.metaKey || document.querySelector('dialog[open]') ||
		    event.target.matches?.('input, select, textarea'))
			return;
		event.preventDefault();
		act();
	});
}

/** full(): the words that say that no more fits into the field. */
export function createSearch(input, go, full) {
	let timer, typing = false;

	/** Takes no more than the API does.  False: something was left out. */
	function fit() {
		const [text, caret] = fittingAt(input.value, input.selectionEnd);

		if (text === input.value)
			return true;
		input.value = text;
		input.setSelectionRange(caret, caret);
		return false;
	}

	/** The history gets one entry for all that is typed in one go. */
	function send() {
		clearTimeout(timer);
		timer = undefined;
		fit();
		go((view) => search(view, input.value),
		    typing ? 'replace' : 'push');
		typing = true;
	}

	input.addEventListener('input', ({ isComposing }) => {
		const whole = isComposing || fit();

		input.setCustomValidity(whole ? '' : full());
		if (!whole)
			input.reportValidity();
		clearTimeout(timer);
		timer = setTimeout(send, PAUSE);
	});
	input.addEventListener('keydown', (event) => {
		if (event.key === 'Enter')
			send();
		if (event.key === 'Escape' && input.value !== '') {
			event.preventDefault();
			input.value = '';
			send();
		}
	});
	input.addEventListener('blur', () => {
		if (timer !== undefined)
			send();
		typing = false;
	});
	input.form.addEventListener('submit', (event) =>
	    event.preventDefault());

	onKey('/', () => {
		input.focus();
		input.select();
	});

	return {
		/** Shows the view's search, unless another is being typed. */
		update(view, t) {
			attribute(input, 'placeholder',
			    t.has(`search.${view.view}`) ?
			        t(`search.${view.view}`) : '');
			if (timer === undefined && input.value.trim() !== view.q)
				input.value = view.q;
		},
	};
}
