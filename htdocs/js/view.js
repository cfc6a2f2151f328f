/**
 * The view: which list, what is searched, filtered, sorted, paged, and which
 * columns are shown.  It lives in the page's URL, under the names that the
 * API uses too.  Everything here is pure; a view is never changed, a new one
 * is made.
 */
import { listOf, LISTS, TERMS } from './lists.js';
import { formatValues, parseValues } from './values.js';

export const PAGE_SIZES = Object.freeze([25, 50, 100, 250, 500]);
const PAGE_SIZE = 50;
const SORT_KEYS = 4;		/* that the API takes */
const PAGE_MAX = 1_000_000;

function whole(text, fallback, most) {
	const n = /^[0-9]{1,9}$/.test(text ?? '') ? Number(text) : 0;

	return n >= 1 && n <= most ? n : fallback;
}

/** Words by commas, none twice, none empty. */
function list(text) {
	return [...new Set((text ?? '').split(',').filter((v) => v !== ''))];
}

/** '-state_seconds,name' -> [{key, descending}, …]; null: the usual order. */
function parseSort(text, usual) {
	const keys = list(text).slice(0, SORT_KEYS).map((word) => ({
		key: word.replace(/^-/, ''),
		descending: word.startsWith('-'),
	}));

	return keys.length > 0 ? keys : [...usual];
}

export function formatSort(sort) {
	return sort.map(({ key, descending }) =>
	    (descending ? '-' : '') + key).join(',');
}

function parseTerm(name, text) {
	return TERMS[name](text ?? '') ? text : null;
}

/** The view that a query string (with or without its ?) stands for. */
export function parse(search) {
	const params = new URLSearchParams(search);
	const view = Object.hasOwn(LISTS, params.get('view')) ?
	    params.get('view') : 'users';
	const { facets, terms, sort } = LISTS[view];

	return {
		view,
		q: view === 'wall' ? '' : params.get('q') ?? '',
		filters: Object.fromEntries(facets.map((facet) =>
		    [facet, parseValues(params.get(facet))])),
		terms: Object.fromEntries(terms.map((term) =>
		    [term, parseTerm(term, params.get(term))])),
		sort: parseSort(params.get('sort'), sort),
		page: whole(params.get('page'), 1, PAGE_MAX),
		perPage: whole(params.get('per_page'), PAGE_SIZE, 500),
		columns: params.has('cols') ? list(params.get('cols')) : null,
		user: view === 'wall' ? null : params.get('user'),
	};
}

/** Parameters as text, commas left readable: they part the values. */
export function encode(pairs) {
	return pairs.map(([name, value]) => `${name}=${
	    encodeURIComponent(value).replace(/%2C/g, ',')
	        .replace(/%2F/g, '/').replace(/%3A/g, ':')
	}`).join('&');
}

/** What narrows the list; term: how the value of a term is written. */
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

/** The query string of the page: '' for the plain board, else '?…'. */
export function format(view) {
	const pairs = view.view === 'users' ? [] : [['view', view.view]];

	pairs.push(...conditions(view));
	if (formatSort(view.sort) !== formatSort(listOf(view).sort))
		pairs.push(['sort', formatSort(view.sort)]);
	if (view.page !== 1)
		pairs.push(['page', view.page]);
	if (view.perPage !== PAGE_SIZE)
		pairs.push(['per_page', view.perPage]);
	if (view.columns !== null)
		pairs.push(['cols', view.columns.join(',')]);
	if (view.user !== null)
		pairs.push(['user', view.user]);
	return pairs.length === 0 ? '' : `?${encode(pairs)}`;
}

/** Any change of what is listed starts again at the first page. */
function relist(view, change) {
	return { ...view, page: 1, ...change };
}

export function search(view, q) {
	return relist(view, { q });
}

/** Whether a filter asks for this value. */
export function picks(view, facet, value) {
	return view.filters[facet].some((item) =>
	    item.value === value && !item.not);
}

/** The view without this value of a filter, asked for or excluded. */
export function drop(view, facet, value) {
	return relist(view, { filters: { ...view.filters, [facet]:
	    view.filters[facet].filter((item) => item.value !== value) } });
}

/** Turns one value of a filter on or off; an exclusion of it goes. */
export function toggle(view, facet, value) {
	const without = drop(view, facet, value);

	return picks(view, facet, value) ? without : relist(view, { filters: {
		...without.filters,
		[facet]: [...without.filters[facet], { value, not: false }],
	} });
}

export function clearFacet(view, facet) {
	return relist(view, { filters: { ...view.filters, [facet]: [] } });
}

/** Sets the terms of changes; null takes one off. */
export function setTerms(view, changes) {
	return relist(view, { terms: { ...view.terms, ...changes } });
}

/** No search and no filter; order, page size and columns stay. */
export function clearAll(view) {
	return relist(view, { q: '',
	    filters: Object.fromEntries(listOf(view).facets.map((facet) =>
	        [facet, []])),
	    terms: Object.fromEntries(listOf(view).terms.map((term) =>
	        [term, null])) });
}

/** All there are in the usual order; page size and columns stay. */
export function plain(view) {
	return { ...clearAll(view), sort: [...listOf(view).sort] };
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
 * The order after a click on a header.  The first click sorts by it, in its
 * natural direction; the next turns it round.  add (Shift): the key is added
 * behind the others, then turned round where it is, then taken off.
 */
export function sortBy(view, key, descendingFirst, add) {
	return relist(view,
	    { sort: sorted(view.sort, key, descendingFirst, add) });
}

export function toPage(view, page) {
	return { ...view, page };
}

/** Another page size keeps the first row of the page in sight. */
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
