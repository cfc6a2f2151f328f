/**
 * The line of totals: how many are in each state, each a filter of its own,
 * after "all" and "connected".
 */
import { attribute, element, glyph, text } from './dom.js';
import { number } from './format.js';
import { STATES } from './states.js';
import { clearFacet, picks, setLogged, toggle } from './view.js';

/** go(change) gets a function from a view to the next one. */
export function createTotals(parent, go) {
	const counts = new Map(), buttons = new Map();

	function add(name, symbol, change) {
		const count = name === 'logged' ? '' :
		    element('b', { className: 'count' });
		const button = element('button', { type: 'button',
		    className: `total s-${name}` },
		    ...(symbol ? [glyph(symbol)] : []),
		    element('span', { className: 'word' }), count);

		button.addEventListener('click', () => go(change));
		if (count !== '')
			counts.set(name, count);
		buttons.set(name, button);
		parent.append(button);
	}

	add('all', null, (view) => setLogged(clearFacet(view, 'state'), null));
	add('logged', null, (view) =>
	    setLogged(view, view.logged === 'true' ? null : 'true'));
	for (const state of STATES)
		add(state, state, (view) => toggle(view, 'state', state));

	return {
		/** The words; again after a change of language. */
		words(t) {
			for (const [name, button] of buttons) {
				text(button.querySelector('.word'),
				    t(STATES.includes(name) ? `state.${name}` :
				        `totals.${name}`));
				attribute(button, 'title',
				    t(STATES.includes(name) ?
				        `state.${name}.title` :
				        `totals.${name}.title`));
			}
		},

		/** Which of them are on. */
		select(view) {
			const chosen = view.filters.state.length > 0;

			for (const [name, button] of buttons)
				attribute(button, 'aria-pressed', String(
				    name === 'all' ? !chosen && view.logged === null :
				    name === 'logged' ? view.logged === 'true' :
				    picks(view, 'state', name)));
		},

		/**
		 * The counts of the state facet.  They are what each state would
		 * give, so their sum is what "all" would.  null: not known.
		 */
		count(facet, locale) {
			const sum = Object.values(facet ?? {})
			    .reduce((a, b) => a + b, 0);

			for (const [name, count] of counts) {
				const n = name === 'all' ? sum : facet?.[name] ?? 0;

				text(count, facet === null ? '' : number(n, locale));
				buttons.get(name).classList.toggle('none', n === 0);
			}
		},
	};
}
