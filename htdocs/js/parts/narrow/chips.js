/** The chips: everything that narrows the list; a click removes it. */
import { attribute, element, glyph, keyed, text } from '../../lib/dom.js';
import { fullDate, wholeDuration } from '../../lib/format.js';
import { DURATIONS } from '../../lists/lists.js';
import { valueWord } from './menus.js';
import { clearAll, drop, isNarrowed, search, setTerms } from '../../model/view.js';

/** The value of a term, in words: a duration, a time, or one of two words. */
function termWord(t, term, value) {
	if (DURATIONS.includes(term))
		return t(term.endsWith('_gt') ? 'term.above' : 'term.below',
		    { duration: wholeDuration(Number(value), t.day) });
	return term === 'from' || term === 'to' ?
	    fullDate(value.includes('T') ? value : `${value}T00:00`, t.locale)
	        .replace(/:00$/, '') : t(`${term}.${value}`);
}

/**
 * -> [{key, name, word, off(view): the view without it}].  queueWord: see
 * valueWord().
 */
export function chipsOf(view, t, queueWord) {
	const chips = [];

	if (view.q.trim() !== '')
		chips.push({ key: 'q', name: t('search.chip'),
		    word: t('search.quoted', { words: view.q.trim() }),
		    off: (v) => search(v, '') });
	for (const [term, value] of Object.entries(view.terms))
		if (value !== null)
			chips.push({ key: term, name: t(`filter.${term}`),
			    word: termWord(t, term, value),
			    off: (v) => setTerms(v, { [term]: null }) });
	for (const [facet, items] of Object.entries(view.filters))
		for (const { value, not } of items) {
			const word = valueWord(t, facet, value, queueWord);

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

	/** Moves the focus to a neighbour before a chip is removed. */
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
		update(view, t, queueWord) {
			const now = chipsOf(view, t, queueWord);

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
