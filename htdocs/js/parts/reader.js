/** Who is signed in, with the role, and to what a limited scope is limited. */
import { attribute, text } from '../lib/dom.js';
import { limitsWord, scopeWord } from '../model/reader.js';

/** me: see model/reader.js; null before the API has said. */
export function drawReader(node, me, t) {
	node.hidden = me === null;
	if (me === null)
		return;
	const [user, role, limits] = node.children, word = limitsWord(me, t);

	text(user, me.user ?? t('reader.nobody'));
	text(role, t(`role.${me.role}`));
	text(limits, word);
	limits.hidden = word === '';
	node.classList.toggle('limited', word !== '');
	attribute(node, 'title', scopeWord(me, t));
}
