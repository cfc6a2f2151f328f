/** Filters in a URL, the page's own and the API's.  Pure. */

/**
 * A filter's values as the API writes them: separated by commas, '-' before
 * one excludes it, a backslash escapes the next character, the empty value is
 * for those without.  null: no filter.  -> [{value, not}, …]
 */
export function parseValues(text) {
	if (text === null)
		return [];
	const items = [{ value: '', not: false }];
	let begun = false;

	for (let i = 0; i < text.length; i++) {
		const item = items.at(-1);

		if (text[i] === ',') {
			items.push({ value: '', not: false });
			begun = false;
			continue;
		}
		if (text[i] === '-' && !begun && !item.not) {
			item.not = true;
			continue;
		}
		if (text[i] === '\\' && i + 1 < text.length)
			i++;
		item.value += text[i];
		begun = true;
	}
	return items;
}

export function formatValues(items) {
	return items.map(({ value, not }) => (not ? '-' : '') + value
	    .replace(/[\\,]/g, '\\$&').replace(/^-/, '\\-')).join(',');
}

/**
 * What a JSON object says, by its names, which come from outside: a plain
 * object has more names than were put into it ("valueOf", "constructor").
 */
export function mapOf(object) {
	return new Map(Object.entries(object ?? {}));
}

/** The same as an object that inherits nothing. */
export function record(entries) {
	return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/** Parameters of a URL; commas, slashes and colons stay readable. */
export function encode(pairs) {
	return pairs.map(([name, value]) => `${name}=${
	    encodeURIComponent(value).replace(/%2C/g, ',')
	        .replace(/%2F/g, '/').replace(/%3A/g, ':')
	}`).join('&');
}
