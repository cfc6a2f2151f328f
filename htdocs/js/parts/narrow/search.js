/** The search field. */
import { attribute } from '../../lib/dom.js';
import { search } from '../../model/view.js';

const PAUSE = 200;		/* ms without a key until it is searched */

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

export function createSearch(input, go) {
	let timer, typing = false;

	/** The history gets one entry for all that is typed in one go. */
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
