/**
 * The line of totals: buttons that filter by a term, and those for each state
 * of users or stage of calls, with their counts.
 */
import { attribute, element, glyph, text } from '../../lib/dom.js';
import { number } from '../../lib/format.js';
import { record } from '../../lib/values.js';
import { STAGES, STATES } from '../../model/states.js';
import { clearFacet, picks, setTerms, toggle } from '../../model/view.js';

/** A button that sets a term, or removes it when it has this value. */
function flip(term, value) {
	return { on: (view) => view.terms[term] === value,
	    change: (view) => setTerms(view, { [term]:
	        view.terms[term] === value ? null : value }) };
}

/** A button that removes the values of the facet and the term. */
function all(facet, term) {
	return { sum: term, on: (view) => view.filters[facet].length === 0 &&
	    view.terms[term] === null,
	change: (view) => setTerms(clearFacet(view, facet), { [term]: null }) };
}

/** Buttons for the values of a facet; looks: {value: {glyph, state}}. */
function values(facet, looks) {
	return record(Object.entries(looks).map(([name, look]) =>
	    [name, { ...look, counted: true, words: `${facet}.${name}`,
	        on: (view) => picks(view, facet, name),
	        change: (view) => toggle(view, facet, name) }]));
}

/*
 * By list: the facet that is counted, and the buttons by name.  words: key in
 * the dictionaries; state: whose colours it has (default: its name); counted:
 * has the count of its name; sum: has the sum of all counts, unless this term
 * is set.
 */
const LINES = {
	__proto__: null,
	users: { facet: 'state', buttons: {
		all: { words: 'totals.all', ...all('state', 'logged') },
		logged: { words: 'totals.logged', ...flip('logged', 'true') },
		...values('state', record(STATES.map((name) =>
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
	const lines = record(Object.entries(LINES).map(
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

		/** The buttons of this view, and which are pressed. */
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
		 * The counts of an answer's facets, {value: count} as a Map;
		 * undefined: unknown.  Their sum is not what all() gives when
		 * its term is set.
		 */
		count(facets, locale) {
			const counts = facets.get(facet);
			const sum = [...counts?.values() ?? []]
			    .reduce((a, b) => a + b, 0);

			for (const { name, spec, count, button } of shown ?? []) {
				if (count === null)
					continue;
				const n = spec.sum ? sum : counts?.get(name) ?? 0;
				const sure = counts !== undefined &&
				    !(spec.sum && terms[spec.sum] !== null);

				text(count, sure ? number(n, locale) : '');
				button.classList.toggle('none', sure && n === 0);
			}
		},

		/** What waits in technical queues that are not shown. */
		hidden(waits, t) {
			const one = shown?.find(({ name }) => name === 'hidden');
			const n = waits?.queues ?? 0;

			if (one === undefined)
				return;
			one.button.classList.toggle('s-ringing', n > 0);
			text(one.button.querySelector('.word'), n === 0 ?
			    t('totals.hidden') : t('totals.hidden.waiting',
			        { n, calls: waits.waiting_tasks }));
		},
	};
}
