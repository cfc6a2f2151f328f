/**
 * The line of totals: how many users are in each state, or calls at each
 * stage, each a filter of its own, after what part of the list there can be.
 */
import { attribute, element, glyph, text } from '../../lib/dom.js';
import { number } from '../../lib/format.js';
import { STAGES, STATES } from '../../model/states.js';
import { clearFacet, picks, setTerms, toggle } from '../../model/view.js';

/** Sets a term, or takes it off where it is set to just that. */
function flip(term, value) {
	return { on: (view) => view.terms[term] === value,
	    change: (view) => setTerms(view, { [term]:
	        view.terms[term] === value ? null : value }) };
}

/** Neither a value of the facet nor the term: all there are. */
function all(facet, term) {
	return { sum: term, on: (view) => view.filters[facet].length === 0 &&
	    view.terms[term] === null,
	change: (view) => setTerms(clearFacet(view, facet), { [term]: null }) };
}

/** Buttons for values of a facet; looks: {value: {glyph, state}}. */
function values(facet, looks) {
	return Object.fromEntries(Object.entries(looks).map(([name, look]) =>
	    [name, { ...look, counted: true, words: `${facet}.${name}`,
	        on: (view) => picks(view, facet, name),
	        change: (view) => toggle(view, facet, name) }]));
}

/*
 * By list: the facet that is counted, and its buttons.  Of each: words, glyph,
 * state: whose colours it has; counted: by its name; sum: of all counts, unless
 * this term narrows them.
 */
const LINES = {
	users: { facet: 'state', buttons: {
		all: { words: 'totals.all', ...all('state', 'logged') },
		logged: { words: 'totals.logged', ...flip('logged', 'true') },
		...values('state', Object.fromEntries(STATES.map((name) =>
		    [name, { glyph: name }]))),
	} },
	queues: { facet: null, buttons: {
		hidden: { words: 'totals.hidden', ...flip('hidden', 'true') },
	} },
	calls: { facet: 'stage', buttons: {
		both: { words: 'totals.both', ...all('stage', 'active') },
		active: { glyph: 'live', words: 'totals.active',
		    ...flip('active', 'true') },
		over: { glyph: 'offline', words: 'totals.over',
		    ...flip('active', 'false') },
		...values('stage', STAGES),
	} },
};

function make([name, spec], go) {
	const count = spec.counted || spec.sum ?
	    element('b', { className: 'count' }) : null;
	const button = element('button', { type: 'button',
	    className: `total s-${spec.state ?? name}` },
	...spec.glyph ? [glyph(spec.glyph)] : [],
	element('span', { className: 'word' }), ...count ? [count] : []);

	button.dataset.name = name;
	button.addEventListener('click', () => go(spec.change));
	return { name, spec, count, button };
}

/** go(change) gets a function from a view to the next one. */
export function createTotals(parent, go) {
	const lines = Object.fromEntries(Object.entries(LINES).map(
	    ([list, { buttons }]) => [list, Object.entries(buttons).map(
	        (one) => make(one, go))]));
	let shown = null, facet = null, terms = {};

	return {
		/** The words; again after a change of language. */
		words(t) {
			for (const { spec, button } of Object.values(lines).flat()) {
				text(button.querySelector('.word'), t(spec.words));
				attribute(button, 'title',
				    t(`${spec.words}.title`));
			}
		},

		/** Which there are for this view, and which are on. */
		select(view) {
			const line = lines[view.view] ?? [];

			if (line !== shown)
				parent.replaceChildren(...line.map(
				    ({ button }) => button));
			shown = line;
			facet = LINES[view.view]?.facet;
			terms = view.terms;
			for (const { spec, button } of line)
				attribute(button, 'aria-pressed',
				    String(spec.on(view)));
		},

		/**
		 * The counts that an answer's facets have.  They are what each
		 * value would give, so their sum is what all would, but for a
		 * term that all takes off.  null: not known.
		 */
		count(facets, locale) {
			const counts = facets?.[facet];
			const sum = Object.values(counts ?? {})
			    .reduce((a, b) => a + b, 0);

			for (const { name, spec, count, button } of shown ?? []) {
				if (count === null)
					continue;
				const n = spec.sum ? sum : counts?.[name] ?? 0;
				const sure = counts !== undefined &&
				    !(spec.sum && terms[spec.sum] !== null);

				text(count, sure ? number(n, locale) : '');
				button.classList.toggle('none', sure && n === 0);
			}
		},
	};
}
