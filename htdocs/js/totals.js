/**
 * The line of totals.  Of users: how many are in each state, each a filter of
 * its own, after "all" and "connected".  Of the other lists: what part of them.
 */
import { attribute, element, glyph, text } from './dom.js';
import { number } from './format.js';
import { STATES } from './states.js';
import { clearFacet, picks, setTerms, toggle } from './view.js';

/** Sets a term, or takes it off where it is set to just that. */
function flip(term, value) {
	return { on: (view) => view.terms[term] === value,
	    change: (view) => setTerms(view, { [term]:
	        view.terms[term] === value ? null : value }) };
}

function state(name) {
	return { glyph: name, counted: true, words: `state.${name}`,
	    on: (view) => picks(view, 'state', name),
	    change: (view) => toggle(view, 'state', name) };
}

/* name: {words, on(view), change(view), glyph, counted}, by list. */
const LINES = {
	users: {
		all: { counted: true, words: 'totals.all',
		    on: (view) => view.filters.state.length === 0 &&
		        view.terms.logged === null,
		    change: (view) => setTerms(clearFacet(view, 'state'),
		        { logged: null }) },
		logged: { words: 'totals.logged', ...flip('logged', 'true') },
		...Object.fromEntries(STATES.map((name) => [name, state(name)])),
	},
	queues: {
		hidden: { words: 'totals.hidden', ...flip('hidden', 'true') },
	},
	calls: {
		both: { words: 'totals.both',
		    on: (view) => view.terms.active === null,
		    change: (view) => setTerms(view, { active: null }) },
		active: { glyph: 'live', words: 'totals.active',
		    ...flip('active', 'true') },
		over: { glyph: 'offline', words: 'totals.over',
		    ...flip('active', 'false') },
	},
};

/** go(change) gets a function from a view to the next one. */
export function createTotals(parent, go) {
	const buttons = [];

	for (const [list, line] of Object.entries(LINES))
		for (const [name, spec] of Object.entries(line)) {
			const count = spec.counted ?
			    element('b', { className: 'count' }) : null;
			const button = element('button', { type: 'button',
			    className: `total s-${name}` },
			    ...spec.glyph ? [glyph(spec.glyph)] : [],
			    element('span', { className: 'word' }),
			    ...count ? [count] : []);

			button.addEventListener('click', () => go(spec.change));
			buttons.push({ list, name, spec, count, button });
			parent.append(button);
		}

	return {
		/** The words; again after a change of language. */
		words(t) {
			for (const { spec, button } of buttons) {
				text(button.querySelector('.word'), t(spec.words));
				attribute(button, 'title',
				    t(`${spec.words}.title`));
			}
		},

		/** Which there are for this view, and which are on. */
		select(view) {
			for (const { list, spec, button } of buttons) {
				button.hidden = list !== view.view;
				if (!button.hidden)
					attribute(button, 'aria-pressed',
					    String(spec.on(view)));
			}
		},

		/**
		 * The counts of the state facet.  They are what each state would
		 * give, so their sum is what "all" would.  null: not known.
		 */
		count(facet, locale) {
			const sum = Object.values(facet ?? {})
			    .reduce((a, b) => a + b, 0);

			for (const { name, count, button } of buttons) {
				if (count === null)
					continue;
				const n = name === 'all' ? sum : facet?.[name] ?? 0;

				text(count, facet ? number(n, locale) : '');
				button.classList.toggle('none', n === 0);
			}
		},
	};
}
