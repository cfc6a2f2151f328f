/**
 * The view: what is searched, filtered, sorted, paged, and which columns are
 * shown.  It lives in the page's URL, under the names that the API uses too.
 * Everything here is pure; a view is never changed, a new one is made.
 */
export const FACETS = Object.freeze([
	'state', 'kind', 'profile', 'team', 'queue', 'source',
]);
export const PAGE_SIZES = Object.freeze([25, 50, 100, 250, 500]);
const PAGE_SIZE = 50;
const SORT = Object.freeze([{ key: 'name', descending: false }]);
const SORT_KEYS = 2;
const PAGE_MAX = 1_000_000;

function whole(text, fallback, most) {
	const n = /^[0-9]{1,9}$/.test(text ?? '') ? Number(text) : 0;

	return n >= 1 && n <= most ? n : fallback;
}

/** Words by commas, none twice, none empty. */
function list(text) {
	return [...new Set((text ?? '').split(',').filter((v) => v !== ''))];
}

/**
 * The values of a filter, as the API writes them: by commas, '-' before one
 * excludes it, a backslash takes the next character as it is, and an empty
 * one stands for those without.  null: no filter.  -> [{value, not}, …]
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

/** '-state_seconds,name' -> [{key, descending}, …]. */
function parseSort(text) {
	const keys = list(text).map((word) => ({
		key: word.replace(/^-/, ''),
		descending: word.startsWith('-'),
	}));

	return keys.length > 0 ? keys : [...SORT];
}

function formatSort(sort) {
	return sort.map(({ key, descending }) =>
	    (descending ? '-' : '') + key).join(',');
}

/** The view that a query string (with or without its ?) stands for. */
export function parse(search) {
	const params = new URLSearchParams(search);
	const logged = params.get('logged');

	return {
		q: params.get('q') ?? '',
		filters: Object.fromEntries(FACETS.map((facet) =>
		    [facet, parseValues(params.get(facet))])),
		logged: ['true', 'false'].includes(logged) ? logged : null,
		sort: parseSort(params.get('sort')),
		page: whole(params.get('page'), 1, PAGE_MAX),
		perPage: whole(params.get('per_page'), PAGE_SIZE, 500),
		columns: params.has('cols') ? list(params.get('cols')) : null,
		user: params.get('user'),
	};
}

/** Parameters as text, commas left readable: they part the values. */
function encode(pairs) {
	return pairs.map(([name, value]) => `${name}=${
	    encodeURIComponent(value).replace(/%2C/g, ',').replace(/%2F/g, '/')
	}`).join('&');
}

function common(view) {
	const pairs = [];

	if (view.q.trim() !== '')
		pairs.push(['q', view.q.trim()]);
	for (const facet of FACETS)
		if (view.filters[facet].length > 0)
			pairs.push([facet, formatValues(view.filters[facet])]);
	if (view.logged !== null)
		pairs.push(['logged', view.logged]);
	return pairs;
}

/** The query string of the page: '' for the plain board, else '?…'. */
export function format(view) {
	const pairs = common(view);

	if (formatSort(view.sort) !== formatSort(SORT))
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

/** What GET api/v1/users is asked for this view. */
export function apiQuery(view) {
	return encode([...common(view), ['sort', formatSort(view.sort)],
	    ['page', view.page], ['per_page', view.perPage]]);
}

/** The same for a file of all that match, in a dialect of CSV. */
export function exportQuery(view, dialect) {
	return encode([...common(view), ['sort', formatSort(view.sort)],
	    ['format', 'csv'], ['csv', dialect]]);
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

export function setLogged(view, logged) {
	return relist(view, { logged });
}

/** No search and no filter; order, page size and columns stay. */
export function clearAll(view) {
	return relist(view, { q: '', logged: null,
	    filters: Object.fromEntries(FACETS.map((facet) => [facet, []])) });
}

/** All users in the usual order; page size and columns stay. */
export function plain(view) {
	return { ...clearAll(view), sort: [...SORT] };
}

export function isNarrowed(view) {
	return common(view).length > 0;
}

/**
 * The order after a click on a header.  The first click sorts by it, in its
 * natural direction; the next turns it round.  second (Shift): the key is
 * added behind, or turned round where it is.
 */
export function sortBy(view, key, descendingFirst, second) {
	const at = view.sort.findIndex((s) => s.key === key);
	const turned = { key, descending: at < 0 ? descendingFirst :
	    !view.sort[at].descending };
	let sort;

	if (!second)
		sort = [at === 0 ? turned : { key, descending: descendingFirst }];
	else if (at >= 0)
		sort = view.sort.map((s, i) => i === at ? turned : s);
	else
		sort = [...view.sort.slice(0, SORT_KEYS - 1), turned];
	return relist(view, { sort });
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
