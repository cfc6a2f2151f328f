/**
 * The filter menus: one button a facet, behind it the values with their
 * counts.  An open menu holds still: counts change in place, values that come
 * are added at the end, values that are gone stay with a zero.
 */
import { attribute, element, glyph, keyed, text } from '../../lib/dom.js';
import { number } from '../../lib/format.js';
import { clearFacet, picks, toggle } from '../../model/view.js';
import { place } from './popover.js';

/** States and stages have their own line (totals.js). */
const MENUS = Object.freeze([
	'kind', 'direction', 'type', 'profile', 'team', 'queue', 'source',
]);
const FINDER = 12;		/* from so many values on they can be searched */

/* Facets whose values are codes: the dictionaries have the words. */
const CODED = ['state', 'kind', 'stage', 'direction'];

/**
 * What people read for a value of a facet; '' stands for those without.
 * labels: of queues, by the names that calls know them by.
 */
export function valueWord(t, facet, value, labels) {
	if (value === '')
		return t('filter.without');
	if (CODED.includes(facet))
		return t.has(`${facet}.${value}`) ? t(`${facet}.${value}`) : value;
	return facet === 'queue' && labels?.get(value) || value;
}

function fold(word) {
	return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function createMenu(facet, go) {
	const id = `menu-${facet}`;
	const label = element('span', { className: 'word' });
	const chosen = element('b', { className: 'count' });
	const button = element('button', { type: 'button', className: 'menu' },
	    label, chosen, glyph('below'));
	const finder = element('input', { type: 'search', className: 'finder',
	    autocomplete: 'off' });
	const values = element('ul', { className: 'values' });
	const clear = element('button', { type: 'button' });
	const panel = element('div', { className: 'panel', id, popover: 'auto',
	    role: 'group' }, finder, values, clear);
	let t, view, facets = {}, keys = [], labels;

	button.setAttribute('popovertarget', id);
	clear.addEventListener('click', () => {
		panel.hidePopover();
		go((v) => clearFacet(v, facet));
	});
	finder.addEventListener('input', sieve);
	panel.addEventListener('beforetoggle', (event) => {
		if (event.newState !== 'open')
			return;
		finder.value = '';
		keys = [];
		draw();
	});
	panel.addEventListener('toggle', (event) => {
		if (event.newState === 'open')
			place(button, panel);
	});

	function make(value) {
		const box = element('input', { type: 'checkbox' });

		box.addEventListener('change', () =>
		    go((v) => toggle(v, facet, value)));
		return element('li', {}, element('label', {}, box,
		    element('span', { className: 'word' }),
		    element('b', { className: 'count' })));
	}

	function sieve() {
		const words = fold(finder.value).split(/\s+/).filter(Boolean);

		for (const li of values.children) {
			const word = fold(li.querySelector('.word').textContent);

			li.hidden = !words.every((w) => word.includes(w));
		}
	}

	function draw() {
		const picked = view.filters[facet] ?? [];
		const known = new Set([...Object.keys(facets),
			...picked.map(({ value }) => value)]);
		const word = (value) => valueWord(t, facet, value, labels);
		const fresh = [...known].filter((v) => !keys.includes(v))
		    .sort((a, b) => word(a).localeCompare(word(b), t.language));

		keys = [...keys, ...fresh];
		keyed(values, keys, make, (li, value) => {
			li.querySelector('input').checked = picks(view, facet, value);
			text(li.querySelector('.word'), word(value));
			text(li.querySelector('.count'),
			    number(facets[value] ?? 0, t.locale));
		});
		finder.hidden = keys.length < FINDER;
		clear.disabled = picked.length === 0;
		sieve();
	}

	return {
		nodes: [button, panel],
		words(translate) {
			t = translate;
			text(label, t(`filter.${facet}`));
			text(clear, t('filter.clear'));
			attribute(panel, 'aria-label', t(`filter.${facet}`));
			attribute(finder, 'aria-label', t('filter.find'));
			attribute(finder, 'placeholder', t('filter.find'));
		},
		update(nextView, nextFacets, nextLabels) {
			view = nextView;
			facets = nextFacets ?? {};
			labels = nextLabels;
			const n = view.filters[facet]?.length ?? 0;

			button.hidden = view.filters[facet] === undefined;
			text(chosen, n > 0 ? String(n) : '');
			button.classList.toggle('on', n > 0);
			if (panel.matches(':popover-open'))
				draw();
		},
	};
}

/** go(change) gets a function from a view to the next one. */
export function createMenus(parent, go) {
	const menus = MENUS.map((facet) => [facet, createMenu(facet, go)]);

	parent.append(...menus.flatMap(([, menu]) => menu.nodes));
	window.addEventListener('resize', () => {
		for (const panel of document.querySelectorAll(':popover-open'))
			panel.hidePopover();
	});
	return {
		words(t) {
			for (const [, menu] of menus)
				menu.words(t);
		},
		update(view, facets, labels) {
			for (const [facet, menu] of menus)
				menu.update(view, facets[facet], labels);
		},
	};
}
