/** The fields of the detail, in sections; see lists/fields.js. */
import { attribute, element, keyed, text } from '../../lib/dom.js';
import { users } from '../../lists/users.js';

const sections = new Map();	/* name -> its fields */
const links = new Map(users.fields.map(({ key, link }) => [key, link]));

for (const field of users.fields.filter(({ section }) => section))
	sections.set(field.section,
	    [...sections.get(field.section) ?? [], field]);

/** Those without a value are left out, and so is a section without any. */
export function drawFields(parent, user, t) {
	const textOf = ({ full, text }) => (full ?? text)(user, { t });

	keyed(parent, [...sections.keys()], () => element('section', {},
	    element('h3'), element('dl')), (section, name) => {
		const told = new Map(sections.get(name).map((field) =>
		    [field.key, textOf(field)]).filter(([, words]) => words));

		text(section.firstChild, t(`detail.${name}`));
		section.hidden = told.size === 0;
		keyed(section.lastChild, [...told.keys()], () =>
		    element('div', {}, element('dt'), element('dd', {},
		        element('a', { className: 'lead' }))),
		(pair, key) => {
			const words = pair.lastChild.firstChild;

			text(pair.firstChild, t(`field.${key}`));
			text(words, told.get(key));
			attribute(words, 'href', links.get(key)?.(user) ?? null);
		});
	});
}
