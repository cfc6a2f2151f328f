/**
 * The tabs: links, because each has its own address.  A tab that one comes
 * back to in this window is as one left it.
 */
import { attribute, element, followLinks, glyph, text } from '../lib/dom.js';
import { format, parse } from '../lists/address.js';
import { LISTS } from '../lists/lists.js';
import { recallHere, rememberHere } from '../lib/store.js';
import { show } from '../model/view.js';

/** go(change) gets a function from a view to the next one. */
export function createTabs(nav, go) {
	const links = new Map(Object.keys(LISTS).map((name) => [name,
		element('a', { className: 'tab' }, glyph(name),
		    element('span', { className: 'word' }))]));

	nav.append(...links.values());
	followLinks(nav, (link) => go(() => parse(new URL(link.href).search)));

	/** The address of a tab as it was left. */
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

		/** Which tabs there are: offered(name) for each. */
		offer(offered) {
			for (const [name, link] of links)
				link.hidden = !offered(name);
		},

		/** Marks the view's tab and remembers its address. */
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
