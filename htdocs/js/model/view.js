/**
 * The view: which list, its search, filters, order, page and columns; see
 * parse() in lists/address.js.  Pure: each change makes a new view.
 */
import { formatValues, record } from '../lib/values.js';

export const SORT_KEYS = 4;		/* that the API accepts */

/** Parameters that narrow the list; term(name, value): how a term is written. */
export function conditions(view, term = (name, value) => value) {
	const pairs = [];

	if (view.q.trim() !== '')
		pairs.push(['q', view.q.trim()]);
	for (const [facet, items] of Object.entries(view.filters))
		if (items.length > 0)
			pairs.push([facet, formatValues(items)]);
	for (const [name, value] of Object.entries(view.terms))
		if (value !== null)
			pairs.push([name, term(name, value)]);
	return pairs;
}

/** A change of what is listed shows its first page. */
function relist(view, change) {
	return { ...view, page: 1, ...change };
}

export function search(view, q) {
	return relist(view, { q });
}

/** The view with these values of one filter. */
function withFilter(view, facet, items) {
	return relist(view, { filters: { __proto__: null, ...view.filters,
		[facet]: items } });
}

/** Whether a filter asks for this value. */
export function picks(view, facet, value) {
	return view.filters[facet].some((item) =>
	    item.value === value && !item.not);
}

/** Whether rows with this value pass a filter. */
export function admits(view, facet, value) {
	const items = view.filters[facet];
	const some = items.some(({ not }) => !not);

	return !items.some((item) => item.not && item.value === value) &&
	    (!some || picks(view, facet, value));
}

/** The view without this value of a filter, asked for or excluded. */
export function drop(view, facet, value) {
	return withFilter(view, facet,
	    view.filters[facet].filter((item) => item.value !== value));
}

/** Turns one value of a filter on or off; an exclusion of it goes. */
export function toggle(view, facet, value) {
	const without = drop(view, facet, value);

	return picks(view, facet, value) ? without : withFilter(view, facet,
	    [...without.filters[facet], { value, not: false }]);
}

export function clearFacet(view, facet) {
	return withFilter(view, facet, []);
}

/** changes: {term: value, or null for none} */
export function setTerms(view, changes) {
	return relist(view, { terms: { __proto__: null, ...view.terms,
		...changes } });
}

/** Without search and filters; it is no saved view any more. */
export function clearAll(view) {
	return relist(view, { q: '', saved: null,
	    filters: record(Object.keys(view.filters).map((facet) =>
	        [facet, []])),
	    terms: record(Object.keys(view.terms).map((term) =>
	        [term, null])) });
}

export function isNarrowed(view) {
	return conditions(view).length > 0;
}

/** The keys of an order after a click on a header; see sortBy. */
function sorted(sort, key, descendingFirst, add) {
	const at = sort.findIndex((s) => s.key === key);
	const turned = { key, descending: !sort[at]?.descending };
	const fresh = { key, descending: descendingFirst };

	if (!add)
		return [at === 0 ? turned : fresh];
	if (at < 0)
		return [...sort.slice(0, SORT_KEYS - 1), fresh];
	if (sort[at].descending !== descendingFirst && sort.length > 1)
		return sort.filter((s, i) => i !== at);
	return sort.map((s, i) => i === at ? turned : s);
}

/**
 * The order after a click on a header.  The first click sorts by it, the next
 * reverses it.  add (Shift): the key is added after the others, then reversed,
 * then removed.
 */
export function sortBy(view, key, descendingFirst, add) {
	return relist(view,
	    { sort: sorted(view.sort, key, descendingFirst, add) });
}

export function toPage(view, page) {
	return { ...view, page };
}

/** Another page size, with the page that has the first row of this one. */
export function resize(view, perPage) {
	const first = (view.page - 1) * view.perPage;

	return { ...view, perPage, page: Math.floor(first / perPage) + 1 };
}

export function show(view, user) {
	return { ...view, user };
}

export function choose(view, columns) {
	return { ...view, columns };
}
