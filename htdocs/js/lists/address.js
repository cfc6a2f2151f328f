/**
 * The view in the page's address (its query string), under the names that the
 * API uses too.  Pure.
 */
import { encode, parseValues, record } from '../lib/values.js';
import { clearAll, conditions, SORT_KEYS } from '../model/view.js';
import { listOf, LISTS, TERMS } from './lists.js';

export const PAGE_SIZES = Object.freeze([25, 50, 100, 250, 500]);
const PAGE_SIZE = 50;
const PAGE_MAX = 1_000_000;

function whole(text, fallback, most) {
	const n = /^[0-9]{1,9}$/.test(text ?? '') ? Number(text) : 0;

	return n >= 1 && n <= most ? n : fallback;
}

/** Words separated by commas, none twice, none empty. */
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

/**
 * The view that a query string (with or without its ?) stands for.  saved: the
 * id of the saved view that it was opened as; the address does not tell.
 */
export function parse(search, saved = null) {
	const params = new URLSearchParams(search);
	const view = Object.hasOwn(LISTS, params.get('view')) ?
	    params.get('view') : 'users';
	const { facets, terms, sort } = LISTS[view];

	return {
		view,
		saved,
		q: view === 'wall' ? '' : params.get('q') ?? '',
		filters: record(facets.map((facet) =>
		    [facet, parseValues(params.get(facet))])),
		terms: record(terms.map((term) =>
		    [term, parseTerm(term, params.get(term))])),
		sort: parseSort(params.get('sort'), sort),
		page: whole(params.get('page'), 1, PAGE_MAX),
		perPage: whole(params.get('per_page'), PAGE_SIZE, 500),
		columns: params.has('cols') ? list(params.get('cols')) : null,
		user: view === 'wall' ? null : params.get('user'),
	};
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

/** All rows, in the usual order. */
export function plain(view) {
	return { ...clearAll(view), sort: [...listOf(view).sort] };
}
