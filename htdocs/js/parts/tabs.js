/**
 * The tabs: links, for each is a page of its own with an address.  A tab that
 * one comes back to is as one left it, in this window.
 */
import { attribute, element, glyph, text } from '../lib/dom.js';
import { format, parse } from '../lists/address.js';
import { LISTS } from '../lists/lists.js';
import { recallHere, rememberHere } from '../lib/store.js';
import { show } from '../model/view.js';

const GLYPHS = { users: 'users', queues: 'queues', calls: 'calls',
	wall: 'wall' };

/** go(change) gets a function from a view to the next one. */
export function createTabs(nav, go) {
	const links = new Map(Object.keys(LISTS).map((name) => [name,
		element('a', { className: 'tab' }, glyph(GLYPHS[name]),
		    element('span', { className: 'word' }))]));

	nav.append(...links.values());
	nav.addEventListener('click', (event) => {
		const link = event.target.closest('a');

		if (link === null || event.ctrlKey || event.metaKey ||
		    event.shiftKey)
			return;
		event.preventDefault();
		go(() => parse(new URL(link.href).search));
	});

	/** How a tab was left, for where it is not the one shown. */
	function left(name) {
		const search = recallHere(`view.${name}`);

		return search !== null && parse(search).view === name ? search :
		    format(parse(`?view=${name}`));
	}

	return {
		words(t) {
			for (const [name, link] of links) {
				text(link.lastChild, t(`tab.${name}`));
				attribute(link, 'title', t(`tab.${name}.title`));
			}
		},

		/** Marks the view's tab, and keeps how it is for coming back. */
		update(view) {
			const here = format(show(view, null));

			rememberHere(`view.${view.view}`, here);
			for (const [name, link] of links) {
				attribute(link, 'aria-current',
				    name === view.view ? 'page' : null);
				attribute(link, 'href', (name === view.view ?
				    here : left(name)) || './');
			}
		},
	};
}
