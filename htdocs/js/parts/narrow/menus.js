/**
 * The filter menus: one button for each facet, which opens its values with
 * their counts.  While a menu is open nothing moves in it: counts change in
 * place, new values are added at the end, values that are gone stay with a
 * zero.
 */
import { attribute, element, glyph, keyed, text } from '../../lib/dom.js';
import { number } from '../../lib/format.js';
import { clearFacet, picks, toggle } from '../../model/view.js';
import { openUnder } from './popover.js';

/** States and stages have their own line (totals.js). */
const MENUS = Object.freeze([
	'kind', 'direction', 'type', 'profile', 'team', 'queue', 'source',
]);
const FINDER = 12;		/* values from which on they can be searched */

/* Facets whose values are codes; the dictionaries have their words. */
const CODED = ['state', 'kind', 'stage', 'direction'];

/**
 * The word for a value of a facet; '' stands for those without.
 * queueWord(value): that of a queue (lists/queues.js).
 */
export function valueWord(t, facet, value, queueWord) {
	if (value === '')
		return t('filter.without');
	if (CODED.includes(facet))
		return t.has(`${facet}.${value}`) ? t(`${facet}.${value}`) : value;
	return facet === 'queue' ? queueWord(value) : value;
}

/* Without accents, and without what is not seen; as cccp.fold() of SQL. */
export function fold(word) {
	return word.normalize('NFKD').replace(/[\p{M}\p{DI}]/gu, '').toLowerCase();
}

class Menu {
	#facet;
	#go;
	#t;
	#view;
	#counts = new Map();	/* of the facet's values, by the API */
	#keys = [];		/* values in the order of the open menu */
	#queueWord;
	#label = element('span', { className: 'word' });
	#chosen = element('b', { className: 'count' });
	#finder = element('input', { type: 'search', className: 'finder',
		autocomplete: 'off' });
	#values = element('ul', { className: 'values' });
	#clear = element('button', { type: 'button' });
	#button = element('button', { type: 'button', className: 'menu' },
		this.#label, this.#chosen, glyph('below'));
	#panel = element('div', { className: 'panel', popover: 'auto',
		role: 'group' }, this.#finder, this.#values, this.#clear);

	constructor(facet, go) {
		this.#facet = facet;
		this.#go = go;
		this.#panel.id = `menu-${facet}`;
		this.#button.setAttribute('popovertarget', this.#panel.id);
		this.#clear.addEventListener('click', () => {
			this.#panel.hidePopover();
			go((view) => clearFacet(view, facet));
		});
		this.#finder.addEventListener('input', () => this.#sieve());
		this.#panel.addEventListener('beforetoggle', (event) => {
			if (event.newState !== 'open')
				return;
			this.#finder.value = '';
			this.#keys = [];
			this.#draw();
		});
		openUnder(this.#button, this.#panel);
	}

	get nodes() {
		return [this.#button, this.#panel];
	}

	words(t) {
		const facet = this.#facet, find = t('filter.find');
		const name = t(`filter.${facet}`);

		this.#t = t;
		text(this.#label, name);
		text(this.#clear, t('filter.clear'));
		attribute(this.#panel, 'aria-label', name);
		attribute(this.#finder, 'aria-label', find);
		attribute(this.#finder, 'placeholder', find);
	}

	/** counts: {value: count} as a Map; queueWord: see valueWord(). */
	update(view, counts, queueWord) {
		const n = view.filters[this.#facet]?.length ?? 0;

		this.#view = view;
		this.#counts = counts ?? new Map();
		this.#queueWord = queueWord;
		this.#button.hidden = view.filters[this.#facet] === undefined;
		text(this.#chosen, n > 0 ? String(n) : '');
		this.#button.classList.toggle('on', n > 0);
		if (this.#panel.matches(':popover-open'))
			this.#draw();
	}

	#draw() {
		const facet = this.#facet, counts = this.#counts, t = this.#t;
		const picked = this.#view.filters[facet] ?? [];
		const word = (value) => valueWord(t, facet, value,
		    this.#queueWord);
		const fresh = [...new Set([...counts.keys(),
			...picked.map(({ value }) => value)])]
		    .filter((value) => !this.#keys.includes(value))
		    .sort((a, b) => word(a).localeCompare(word(b), t.language));

		this.#keys = [...this.#keys, ...fresh];
		keyed(this.#values, this.#keys, (value) => this.#makeValue(value),
		    (li, value) => {
			li.querySelector('input').checked =
			    picks(this.#view, facet, value);
			text(li.querySelector('.word'), word(value));
			text(li.querySelector('.count'),
			    number(counts.get(value) ?? 0, t.locale));
		});
		this.#finder.hidden = this.#keys.length < FINDER;
		this.#clear.disabled = picked.length === 0;
		this.#sieve();
	}

	#makeValue(value) {
		const box = element('input', { type: 'checkbox' });

		box.addEventListener('change', () => this.#go((view) =>
		    toggle(view, this.#facet, value)));
		return element('li', {}, element('label', {}, box,
		    element('span', { className: 'word' }),
		    element('b', { className: 'count' })));
	}

	/** Shows only the values that have all words of the search field. */
	#sieve() {
		const words = fold(this.#finder.value).split(/\s+/)
		    .filter(Boolean);

		for (const li of this.#values.children) {
			const word = fold(li.querySelector('.word').textContent);

			li.hidden = !words.every((w) => word.includes(w));
		}
	}
}

/** go(change) gets a function from a view to the next one. */
export function createMenus(parent, go) {
	const menus = new Map(MENUS.map((facet) =>
	    [facet, new Menu(facet, go)]));

	parent.append(...[...menus.values()].flatMap(({ nodes }) => nodes));
	window.addEventListener('resize', () => {
		for (const panel of document.querySelectorAll(':popover-open'))
			panel.hidePopover();
	});
	return {
		words(t) {
			for (const menu of menus.values())
				menu.words(t);
		},
		/** facets: the counts by facet; queueWord: see valueWord(). */
		update(view, facets, queueWord) {
			for (const [facet, menu] of menus)
				menu.update(view, facets.get(facet), queueWord);
		},
	};
}
