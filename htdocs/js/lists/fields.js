/**
 * The fields of a list.  users.js, queues.js and calls.js have one row for each
 * field; columns, detail and wall are made of these rows.  The dictionaries
 * have "col.<words>", the header of its column, "field.<words>", its full name,
 * and in i18n/help-….js "<words>", what it means.
 *
 * key	 name in the URL
 * words name (default: the key)
 * from	 the API's fields that its texts are made of (default: the key)
 * text	 (row, context) -> text of a cell; context: page/parts.js
 * section of the detail (default: none)
 * full	 (row, {t}) -> text in the detail (default: as text)
 * link	 (row) -> address that the text leads to, or null (default: none)
 * wall	 true: the wall needs it
 *
 * Of its column only:
 * width in characters; 0: it is no column
 * sort	 the API's sort key
 * hue	 colour family (css/theme.css, --hue-…)
 * cell	 how it is drawn, when it is more than text (parts/table/cells.js)
 * ticks of a time that grows each second: its fields, in place of from
 * number right-aligned; counts: a zero is dimmed; descending: the usual order
 */
import { duration, fullDate, number, phone, shortDate } from '../lib/format.js';

/** The time since start (model/clock.js, anchor), while the row is known. */
export function since(start, row, { t, now }) {
	return start === undefined ? '' :
	    duration((now(row) - start.start) / 1000, t.day);
}

export function plain(key, width = 0, hue = undefined, more = {}) {
	return { key, sort: key, width, hue,
	    text: (row) => String(row[key] ?? ''), ...more };
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
	const field = seconds(key, hue);

	return { ...field, full: field.text, ticks: [start],
	    text: (row, context) => since(row[start], row, context), ...more };
}

/**
 * Seconds of the day, which tick while the row says that they are running;
 * start: the row's field with when they would have begun in one piece.
 */
export function total(key, start, hue) {
	const field = seconds(key, hue);

	return { ...field, full: field.text, ticks: [start, key, 'running'],
	    from: [key, 'running'], text: (row, context) =>
	        row.running?.includes(key) ? since(row[start], row, context) :
	            field.text(row, context) };
}

/** The longest of the day; what began at start (a row's field) may be it. */
export function longest(key, start, hue) {
	return { ...seconds(key, hue), ticks: [start, key], from: [key],
	    text: (row, { t, now }) => row[key] === null ? '' :
	        duration(Math.max(row[key], row[start] === undefined ? 0 :
	            (now(row) - row[start].start) / 1000), t.day) };
}

export function names(key, width = 0, hue = undefined) {
	return { key, width, hue, text: (row) => (row[key] ?? []).join(', ') };
}

export function date(key, width = 0, hue = undefined) {
	return { key, sort: key, width, hue, number: true, descending: true,
	    text: (row, { t, today }) => shortDate(row[key], today, t.locale),
	    full: (row, { t }) => fullDate(row[key], t.locale) };
}

export function call(key, width, hue) {
	return plain(key, width, hue, { text: (row) => phone(row[key]) });
}

export function flag(key) {
	return plain(key, 0, undefined, { text: (row, { t }) =>
	    (row[key] ?? null) === null ? '' : t(row[key] ? 'yes' : 'no') });
}

/** Fields whose words are those of a list of their own. */
export function named(list, fields) {
	return fields.map((field) =>
	    ({ words: `${list}.${field.key}`, ...field }));
}

export function section(name, fields) {
	return fields.map((field) => ({ ...field, section: name }));
}

/**
 * The columns among fields: the first names the row, those of the keys usual
 * follow in that order, then the others in the order of the fields.
 */
export function columnsAmong([first, ...rest], usual) {
	return Object.freeze([first, ...usual.map((key) =>
	    rest.find((field) => field.key === key)),
	...rest.filter(({ key, width }) => width > 0 && !usual.includes(key))]);
}

/**
 * The API's fields that these are made of, and more.  A list asks for those of
 * all its columns, shown or not, so that all pages ask the same question.
 */
export function askedFor(fields, more) {
	return Object.freeze([...new Set([...more,
		...fields.flatMap(({ key, from }) => from ?? [key])])]);
}

/**
 * The columns of a choice of keys; null: the usual ones.  The list's first
 * column always comes first, because it names the row; unknown keys are left
 * out.
 */
export function columnsOf(list, keys) {
	const [first, ...rest] = list.columns;
	const known = new Map(rest.map((column) => [column.key, column]));

	return [first, ...(keys ?? list.usual).filter((key) =>
	    known.has(key)).map((key) => known.get(key))];
}
