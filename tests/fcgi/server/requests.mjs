/**
 * What each web server is asked: name, path below the mount, and what differs
 * from a plain GET.  `tag` repeats the request with the ETag of the answer, `next`
 * asks for what follows it, with more of a query; an answer that `ticks` is made
 * for each request; `origin` sends that of the page.
 */
const field = 'fields=source,login,name,profile,team,phone,queues';
const long = `profile=${Array.from({ length: 60 },
    (_, i) => `%C3%89quipe_${'%C3%A9'.repeat(19)}_${i}`).join(',')}`;

/** Of the source bord. */
export const names = {
	users: ['a', 'a/b', 'a//b', '/debut', 'debut', '.', '..', '../bord/a', 'c/../a',
		'a/.', '%2e%2e', 'é+b', 'a%2Fb'],
	queues: ['..', 'a//b', '/file'],
};

const json = { 'Content-Type': 'application/json' };
const own = { ...json, 'Sec-Fetch-Site': 'same-origin' };
const grant = '{"who_kind":"user","who":"eve","role":"reader"}';

/** Requests that write; none is right in all, so that nothing is written. */
const writing = [
	['a grant, from nowhere', '/api/v1/grants',
		{ method: 'POST', body: grant, headers: json }],
	['a grant, of another site', '/api/v1/grants', { method: 'POST',
		body: grant, headers: { ...own, 'Sec-Fetch-Site': 'cross-site' } }],
	['a grant, as text', '/api/v1/grants', { method: 'POST', body: grant,
		headers: { ...own, 'Content-Type': 'text/plain' } }],
	['a grant, in part', '/api/v1/grants',
		{ method: 'POST', body: '{"who_kind":"user"}', headers: own }],
	['a grant, by its page', '/api/v1/grants', { method: 'POST', origin: true,
		body: '{"who_kind":"nobody"}', headers: json }],
	['a grant, beyond 64 kB', '/api/v1/grants',
		{ method: 'POST', body: ' '.repeat(65537), headers: own }],
	['a grant, changed blindly', '/api/v1/grants/1',
		{ method: 'PUT', body: grant, headers: own }],
	['a grant, changed since', '/api/v1/grants/1', { method: 'PUT', body: grant,
		headers: { ...own, 'If-Match': '"x"' } }],
	['a grant, ended since', '/api/v1/grants/1',
		{ method: 'DELETE', headers: { ...own, 'If-Match': '"x"' } }],
];

export const requests = [
	['the page', '/'],
	['the page, compressed', '/', { packed: true,
		headers: { 'Accept-Encoding': 'gzip' } }],
	['the page, unchanged', '/', { tag: true }],
	['the page, its head', '/', { method: 'HEAD' }],
	['the page, with a query', '/index.html?state=talking&%C3%A9=1'],
	['a file', '/js/main.js'],
	['no file', '/js/none.js'],
	['users', '/api/v1/users'],
	['users, their head', '/api/v1/users', { method: 'HEAD' }],
	['users, unchanged', '/api/v1/users', { tag: true }],
	['users, any answer will do', '/api/v1/users',
		{ headers: { 'If-None-Match': '*' } }],
	['users, some of them', '/api/v1/users?per_page=7&sort=team,-name&source=prod,lyon'],
	['users, by cursor', '/api/v1/users', { next: '' }],
	['users, by the next cursor', '/api/v1/users', { next: '' }],
	['users, the rest as a file', '/api/v1/users', { next: `&format=csv&${field}` }],
	['users, another generation', '/api/v1/users?generation=0'],
	['users, the last page', '/api/v1/users?per_page=500&page=21&sort=-name'],
	['users, filtered', '/api/v1/users?state=talking,-paused&team=Nord'],
	['users, UTF-8', '/api/v1/users?q=ZO%C3%89'],
	['users, signs', '/api/v1/users?q=100+%25+%5C+_'],
	['users, an encoded comma', '/api/v1/users?team=Est%5C%2C%20Ouest&per_page=3'],
	['users, a query of 8 kB', `/api/v1/users?${long}&per_page=1`],
	['users, a query beyond', `/api/v1/users?${long}&${'q'.repeat(700)}=1`],
	['users, a bad value', '/api/v1/users?page=0'],
	['users, in English', '/api/v1/users?limit=5',
		{ headers: { 'Accept-Language': 'en' } }],
	['users, posted', '/api/v1/users', { method: 'POST', body: 'q=1' }],
	['users, deleted', '/api/v1/users', { method: 'DELETE' }],
	['a file, its head', '/api/v1/users?format=csv&source=lyon',
		{ method: 'HEAD' }],
	['10 000 users, CSV', `/api/v1/users?format=csv&source=grand&${field}`],
	['10 000 users, for a French spreadsheet',
		`/api/v1/users?format=csv&csv=excel-fr&source=grand&${field}`],
	['10 000 users, NDJSON', `/api/v1/users?source=grand&${field}`,
		{ headers: { Accept: 'application/x-ndjson' } }],
	['no format', '/api/v1/users', { headers: { Accept: 'image/png' } }],
	['a user', '/api/v1/users/prod/u003', { ticks: true }],
	['a user, UTF-8 and a slash', '/api/v1/users/lyon/c%C3%B4t%C3%A9%2F%C3%AFle',
		{ ticks: true }],
	['a user, percent and backslash', '/api/v1/users/lyon/cent%25_%5C',
		{ ticks: true }],
	['no user', '/api/v1/users/lyon/nobody'],
	['a user, in a week', '/api/v1/users/prod/u003?from=2026-03-25&to=2026-04-01',
		{ ticks: true }],
	['queues', '/api/v1/queues'],
	['queues, CSV', '/api/v1/queues?format=csv&sort=-name'],
	['a queue, on a day',
		'/api/v1/queues/prod/accueil?from=2026-03-25&to=2026-03-26',
		{ ticks: true }],
	['calls', '/api/v1/calls?sort=call_key'],
	['calls, by agent and queue',
		'/api/v1/calls?agent=prod/u003&queue=accueil&per_page=5&sort=call_key'],
	['calls, a period too long', '/api/v1/calls?from=2020-01-01&to=2021-01-01'],
	['who is asking', '/api/v1/me'],
	['sources', '/api/v1/sources'],
	['no resource', '/api/v1/nothing'],
	['health', '/healthz'],
	['readiness', '/readyz'],
	...writing,
];
