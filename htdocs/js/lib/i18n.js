/**
 * The page's words.  One dictionary for each language, i18n/<tag>.js: key ->
 * text with {names} to be filled in.  A key that depends on a number n is
 * there as key.one and key.other.  boot.js preloads the page's language.
 */
import { number } from './format.js';
import { mapOf } from './values.js';

const LOCALES = { __proto__: null, fr: 'fr-FR', en: 'en-GB' };
export const LANGUAGES = Object.freeze(Object.keys(LOCALES));

/**
 * Promises t(key, values) in a language, which throws for an unknown key.
 * Rejected when the words cannot be fetched.
 */
export async function translator(language) {
	const module = await import(`../../i18n/${language}.js`);
	const dictionary = mapOf(module.default);
	const locale = LOCALES[language];
	let plural;		/* slow to make, and not always needed */

	function t(key, values = {}) {
		const one = Object.hasOwn(values, 'n') &&
		    dictionary.has(`${key}.one`);

		if (one)
			plural ??= new Intl.PluralRules(language);
		const found = dictionary.get(!one ? key : `${key}.${
		    plural.select(values.n) === 'one' ? 'one' : 'other'}`);

		if (found === undefined)
			throw new Error(`no text for ${key} in ${language}`);
		if (!found.includes('{'))
			return found;
		return found.replace(/\{(\w+)\}/g, (whole, name) => {
			const value = Object.hasOwn(values, name) ?
			    values[name] : undefined;

			if (value === undefined)
				return whole;
			return typeof value === 'number' ? number(value, locale) :
			    value;
		});
	}
	return Object.assign(t, { language, locale, day: dictionary.get('day'),
		has: (key) => dictionary.has(key) });
}

/* data-t: text; the others: attributes. */
const ATTRIBUTES = {
	tTitle: 'title', tLabel: 'aria-label', tPlaceholder: 'placeholder',
};

/** Fills in every element that names its words in data-t…. */
export function apply(t, root = document) {
	document.documentElement.lang = t.language;
	for (const node of root.querySelectorAll('[data-t]'))
		node.textContent = t(node.dataset.t);
	for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
		const dashed = name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

		for (const node of root.querySelectorAll(`[data-${dashed}]`))
			node.setAttribute(attribute, t(node.dataset[name]));
	}
}
