/**
 * What a column is, and how the usual ones are made.  The lists (users.js,
 * queues.js, calls.js) are THE places where a column is added, with its words
 * in the dictionaries: "col.<words>" heads it, "field.<words>" is its name in
 * full, and "<words>" in i18n/help-….js says what it means.
 *
 * key	 name in the URL
 * words name in the dictionaries (default: the key)
 * sort	 the API's sort key
 * width in characters
 * hue	 colour family of the column (css/theme.css, --hue-…)
 * from	 fields that the text is made of; when none has changed, neither has
 *	 the text (default: the key itself)
 * text	 (row, context) -> text; context: {t, now(row): the time in ms up to
 *	 which the row is known, today: the time in ms, age(row): how old a
 *	 row is, '' when it is not, label(queue): what people call a queue of
 *	 that name, or undefined}
 * cell	 how it is drawn, when it is more than text (cells.js)
 * ticks it grows each second: what else, of the row, its text is made of
 * number right-aligned; counts: a zero of it is dimmed; descending: the
 *	 natural first order
 * extra not shown until it is chosen
 */
import { duration, number, phone, shortDate } from '../lib/format.js';

/** What grows since start (clock.js, anchor), as long as the row is known. */
export function since(start, row, { t, now }) {
	return start === undefined ? '' :
	    duration((now(row) - start.start) / 1000, t.day);
}

export function plain(key, width, hue, more = {}) {
	return { key, sort: key, width, hue, text: (row) => row[key] ?? '',
	    ...more };
}

export function counter(key, hue, more = {}) {
	return { key, sort: key, width: 10, hue, number: true, counts: true,
	    descending: true,
	    text: (row, { t }) => number(row[key], t.locale), ...more };
}

export function seconds(key, hue, more = {}) {
	return { key, sort: key, width: 13, hue, number: true, descending: true,
	    text: (row, { t }) => duration(row[key], t.day), ...more };
}

/** Seconds that tick: start is the row's field with their beginning. */
export function ticking(key, start, hue, more = {}) {
	return seconds(key, hue, { ticks: [start],
	    text: (row, context) => since(row[start], row, context), ...more });
}

export function names(key, width, hue, more = {}) {
	return { key, width, hue,
	    text: (row) => (row[key] ?? []).join(', '), ...more };
}

export function date(key, width, hue, more = {}) {
	return { key, sort: key, width, hue, number: true, descending: true,
	    text: (row, { t, today }) => shortDate(row[key], today, t.locale),
	    ...more };
}

export function call(key, width, hue, more = {}) {
	return { key, sort: key, width, hue, text: (row) => phone(row[key]),
	    ...more };
}

/** The columns of a list whose words are its own, not those of users. */
export function named(list, columns) {
	return Object.freeze(columns.map((column) =>
	    ({ words: `${list}.${column.key}`, ...column })));
}

/**
 * What is asked of the API for rows of these columns, shown or not: so that
 * boards with other columns are still one question.  more: other fields.
 */
export function fieldsOf(columns, more) {
	return Object.freeze([...new Set([...more, ...columns.flatMap(
	    ({ key, from }) => from ?? [key])])]);
}

/** What is shown when nobody has chosen, after the first column. */
export function defaultKeys(list) {
	return list.columns.slice(1).filter((column) => !column.extra)
	    .map((column) => column.key);
}

/**
 * The columns of a choice of keys, null being the default.  The list's first
 * column always comes first, for a line without a name is nobody's; keys that
 * this page does not know are left out.
 */
export function columnsOf(list, keys) {
	const [first, ...rest] = list.columns;
	const known = new Map(rest.map((column) => [column.key, column]));

	return [first, ...(keys ?? defaultKeys(list)).filter((key) =>
	    known.has(key)).map((key) => known.get(key))];
}
