/** Saved views of the API, as views of the page, and the other way.  Pure. */
import { encode, formatValues, record } from '../lib/values.js';
import { conditions } from '../model/view.js';
import { formatSort, parse } from './address.js';
import { listOf, TERMS } from './lists.js';
import { termForApi } from './questions.js';

/** What the API takes in a saved view: fewer characters stay as they are. */
function encodeAll(pairs) {
	return encode(pairs).replace(/[/!'()]/g, (c) =>
	    `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The values of a filter have no order. */
function sortedFilters(filters) {
	return record(Object.entries(filters).map(([facet, items]) => [facet,
		[...items].sort((a, b) => formatValues([a]) < formatValues([b]) ?
		    -1 : 1)]));
}

/** What is saved of a view: {list, query, columns, sort}; null: as usual. */
export function savedForm(view) {
	const list = listOf(view), sort = formatSort(view.sort);
	const filters = sortedFilters(view.filters);

	return { list: list.name,
	    query: encodeAll(conditions({ ...view, filters }, termForApi)),
	    columns: view.columns === null ? null :
	        view.columns.join(',') || list.columns[0].key,
	    sort: sort === formatSort(list.sort) ? null : sort };
}

/** A time of the API on the reader's clock; '' when it is none. */
function localTime(text) {
	const at = new Date(text);

	if (TERMS.from(text) || Number.isNaN(at.getTime()))
		return TERMS.from(text) ? text : '';
	return new Date(at - at.getTimezoneOffset() * 60_000).toISOString()
	    .slice(0, 19).replace(/:00$/, '');
}

/** The view that a saved one opens. */
export function viewOf({ id, list, query, columns, sort }) {
	const pairs = [...new URLSearchParams(query)].map(([name, value]) =>
	    [name, ['from', 'to'].includes(name) ? localTime(value) : value]);

	return parse(encode([['view', list], ...pairs,
		...sort === null ? [] : [['sort', sort]],
		...columns === null ? [] : [['cols', columns]]]), id ?? null);
}

/** Whether a view shows what a saved one does; the reader's columns are free. */
function shows(view, saved) {
	const is = savedForm(view), was = savedForm(viewOf(saved));

	return is.list === was.list && is.query === was.query &&
	    is.sort === was.sort &&
	    (was.columns === null || is.columns === was.columns);
}

/**
 * Which of the saved views is open: {saved, modified}, or null.  It is the one
 * that was opened, or one that shows the same.
 */
export function openedOf(view, all) {
	const list = view.view === 'wall' ? [] :
	    all.filter((saved) => saved.list === view.view);
	const chosen = list.find(({ id }) => id === view.saved);
	const saved = chosen ?? list.find((one) => shows(view, one));

	return saved === undefined ? null :
	    { saved, modified: !shows(view, saved) };
}

/** The name of a saved view; those as they come with the board have ours. */
export function savedName({ name, shipped, version }, t) {
	const key = `saved.shipped.${shipped}`;

	return shipped !== null && version === '1' && t.has(key) ? t(key) : name;
}
