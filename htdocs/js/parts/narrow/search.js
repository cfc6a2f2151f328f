/** The search field. */
import { attribute } from '../../lib/dom.js';
import { search } from '../../model/view.js';

const PAUSE = 200;		/* ms without a key before it is asked */

/** Calls act() for a key, wherever it is not a letter of a text. */
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

export function createSearch(input, go) {
	let timer, typing = false;

	/** While one types, the history gets one entry, not one a letter. */
	function send() {
		clearTimeout(timer);
		timer = undefined;
		go((view) => search(view, input.value),
		    typing ? 'replace' : 'push');
		typing = true;
	}

	input.addEventListener('input', () => {
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
		/** Shows the view's words, unless newer ones are being typed. */
		update(view, t) {
			attribute(input, 'placeholder',
			    t.has(`search.${view.view}`) ?
			        t(`search.${view.view}`) : '');
			if (timer === undefined && input.value.trim() !== view.q)
				input.value = view.q;
		},
	};
}
