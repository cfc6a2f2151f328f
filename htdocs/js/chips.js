/** The chips: everything that narrows the list, each taken off by one click. */
import { attribute, element, glyph, keyed, text } from './dom.js';
import { valueWord } from './menus.js';
import { clearAll, drop, FACETS, isNarrowed, search, setLogged } from
    './view.js';

/** What is on: [{key, name, word, off}], off giving the view without. */
export function chipsOf(view, t) {
	const chips = [];

	if (view.q.trim() !== '')
		chips.push({ key: 'q', name: t('search.chip'),
		    word: t('search.quoted', { words: view.q.trim() }), off: (v) => search(v, '') });
	if (view.logged !== null)
		chips.push({ key: 'logged', name: t('filter.logged'),
		    word: t(`logged.${view.logged}`),
		    off: (v) => setLogged(v, null) });
	for (const facet of FACETS)
		for (const { value, not } of view.filters[facet]) {
			const word = valueWord(t, facet, value);

			chips.push({ key: `${facet}=${value}`,
			    name: t(`filter.${facet}`),
			    word: not ? t('filter.except', { value: word }) : word,
			    off: (v) => drop(v, facet, value) });
		}
	return chips;
}

export function createChips(parent, go) {
	const list = element('ul');
	const all = element('button', { type: 'button', className: 'clear' });
	let chips = new Map();

	parent.append(list, all);
	all.addEventListener('click', () => go(clearAll));

	/** The focus stays near when the chip that has it goes. */
	function leave(li) {
		const near = li.nextElementSibling ?? li.previousElementSibling;

		(near?.querySelector('button') ??
		    document.getElementById('q')).focus();
	}

	function make(key) {
		const button = element('button', { type: 'button' },
		    element('span', { className: 'what' }),
		    element('b'), glyph('remove'));
		const li = element('li', {}, button);

		button.addEventListener('click', () => {
			const { off } = chips.get(key);

			leave(li);
			go(off);
		});
		return li;
	}

	return {
		update(view, t) {
			const now = chipsOf(view, t);

			chips = new Map(now.map((chip) => [chip.key, chip]));
			keyed(list, [...chips.keys()], make, (li, key) => {
				const { name, word } = chips.get(key);
				const button = li.firstChild;

				text(button.children[0], `${name}\u00a0:`);
				text(button.children[1], word);
				attribute(button, 'aria-label',
				    t('chip.remove', { name, word }));
			});
			text(all, t('chip.all'));
			parent.hidden = !isNarrowed(view);
		},
	};
}
