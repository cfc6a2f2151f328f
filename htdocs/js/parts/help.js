/**
 * The help: shortcuts, and what every state and every column means.  Its texts
 * are fetched when it is first opened.
 */
import { closeByClick, element, glyph, text } from '../lib/dom.js';
import { LISTS } from '../lists/lists.js';
import { STAGES, STATES } from '../model/states.js';

/* Keys by what they do; the help's texts have "key.<name>". */
export const KEYS = Object.freeze({
	search: ['/'], help: ['?'], rows: ['↑', '↓'], ends: ['Home', 'End'],
	pages: ['PageUp', 'PageDown'], inside: ['←', '→'], open: ['Enter'],
	sort: ['Enter'], add: ['Shift', 'Enter'], close: ['Esc'],
});

const words = new Map();

async function load(language) {
	if (!words.has(language))
		words.set(language, (await import(
		    `../../i18n/help-${language}.js`)).default);
	return words.get(language);
}

/** A list of [term, explanation], below a heading. */
function part(title, pairs) {
	return element('section', {}, element('h3', {}, title),
	    element('dl', {}, ...pairs.map(([term, explained]) =>
	        element('div', {}, element('dt', {}, ...[term].flat()),
	            element('dd', {}, explained)))));
}

function badge(name, state, word) {
	return element('span', { className: `badge s-${state}` }, glyph(name),
	    element('span', { className: 'word' }, word));
}

/** t: the words of the page; h: those of the help. */
function contents(t, h) {
	const keys = Object.entries(KEYS).map(([name, list]) =>
	    [list.map((key) => element('kbd', {}, h[`cap.${key}`] ?? key)),
		h[`key.${name}`]]);
	const states = STATES.map((state) =>
	    [badge(state, state, t(`state.${state}`)), h[`state.${state}`]]);
	const stages = Object.entries(STAGES).map(([name, look]) =>
	    [badge(look.glyph, look.state, t(`stage.${name}`)),
		h[`stage.${name}`]]);
	const columns = Object.values(LISTS).filter((list) =>
	    list.columns.length > 0).map((list) => part(
	    t('help.columns', { list: t(`tab.${list.view}`) }),
	    list.columns.map(({ key, words: name = key }) =>
	        [t(`col.${name}`), h[name]])));

	return [part(t('help.keys'), keys), part(t('help.states'), states),
		part(t('help.stages'), stages), ...columns];
}

/** dialog has .title, .close and .body. */
export function createHelp(dialog) {
	const body = dialog.querySelector('.body');

	closeByClick(dialog);

	/** Opens it, in the language of t. */
	return async (t) => {
		if (dialog.open)
			return;
		text(dialog.querySelector('.title'), t('help'));
		dialog.showModal();
		try {
			body.replaceChildren(...contents(t,
			    await load(t.language)));
		} catch {
			body.replaceChildren(element('p', {},
			    t('help.failed')));
		}
	};
}
