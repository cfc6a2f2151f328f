/** Who is signed in, with the role; what they may see is its title. */
import { attribute, text } from '../lib/dom.js';
import { scopeWord } from '../model/reader.js';

/** me: see model/reader.js; null before the API has said. */
export function drawReader(node, me, t) {
	node.hidden = me === null;
	if (me === null)
		return;
	text(node.firstElementChild, me.user ?? t('reader.nobody'));
	text(node.lastElementChild, t(`role.${me.role}`));
	attribute(node, 'title', scopeWord(me, t));
}
