/**
 * Sends the same requests to a web server and, directly over FastCGI, to the
 * handler behind it, and prints what differs.
 *
 *	node same.mjs URL SOCKET [NAME ...]	without the requests named
 *
 * URL ends where the handler is mounted, without a slash.  Lists are cached by
 * generation, so that even durations are the same.  With `cgi` for NAME, each
 * answer is made by another process, and durations are not compared.  With
 * `parameters`, users are asked for by parameters only, not by their path; with
 * `paths`, each path is asked for once, and nothing by parameters.
 */
import http from 'node:http';

import { answer, connect, question } from '../fastcgi.mjs';
import { names, requests } from './requests.mjs';

const [, , base, where, ...except] = process.argv;
const mount = new URL(base).pathname.replace(/\/$/, '');
const cgi = except.includes('cgi');
const paths = except.includes('paths');

/* Values that differ in each answer: its time, and the request's id. */
const own = (ticks) => new RegExp(`"(source_age|age_seconds|generated_at|${
	ticks ? '\\w*seconds\\w*|' : ''}request_id)":("[^"]*"|[-0-9.]+)`, 'g');
const told = ['content-type', 'content-language', 'content-encoding', 'etag',
	'cache-control', 'vary', 'link', 'x-total-count', 'allow', 'location',
	'content-security-policy', 'referrer-policy', 'x-content-type-options'];

/** What is compared: { status, body, and the headers of the handler's own }. */
function settle({ status, headers, body }, { packed, ticks }) {
	const text = packed ? body :
	    body.replace(own(cgi || ticks), '"$1":…');

	return { status, body: text, ...Object.fromEntries(told.map((name) =>
		[name, headers[name]?.replaceAll(', ', ',')])) };
}

/** By HTTP, the path as it is; -> { status, headers, body in Latin 1 }. */
function ask(path, { method = 'GET', headers, body } = {}) {
	const { hostname, port } = new URL(base);

	return new Promise((resolve, reject) => {
		const request = http.request({ hostname, port, method, agent: false,
			path: Buffer.from(mount + path).toString('latin1'),
			headers: body === undefined ? headers :
			    { ...headers, 'Content-Length': body.length } },
		async (response) => {
			const pieces = [];

			try {
				for await (const piece of response)
					pieces.push(piece);
				resolve({ status: response.statusCode,
					headers: response.headers,
					body: Buffer.concat(pieces).toString('latin1') });
			} catch (error) {
				reject(error);
			}
		});

		request.on('error', reject).setTimeout(60_000, () =>
			request.destroy(new Error('no answer for a minute')));
		request.end(body);
	}).catch((error) => ({ status: error.message, headers: {}, body: '' }));
}

/** By FastCGI, as the specification would have it. */
async function askHandler(path, how) {
	const { method = 'GET', headers, body = '' } = how;
	const [info, query] = path.split('?');
	const more = { SCRIPT_NAME: mount, REQUEST_METHOD: method,
		PATH_INFO: decodeURIComponent(info) };

	for (const [name, value] of Object.entries(headers))
		more[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`
		    .replace('HTTP_CONTENT', 'CONTENT')] = value;
	if (body !== '')
		more.CONTENT_LENGTH = `${body.length}`;
	const socket = await connect(where);

	socket.write(question(`?${query ?? ''}`, false, more, body));
	const got = await answer(socket, 'latin1');

	socket.destroy();
	const end = got.indexOf('\r\n\r\n');
	const head = Object.fromEntries(got.slice(0, end)
	    .split('\r\n').map((line) => {
		const at = line.indexOf(':');

		return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
	}));

	return { status: Number(head.status.slice(0, 3)), headers: head,
		body: got.slice(end + 4) };
}

let bad = 0;

/** Says what differs, for the first few. */
function compare(what, got, want) {
	const excerpt = (value) => String(value).slice(0, 200);

	if (got !== want && ++bad < 6)
		console.log(`${what} is ${excerpt(got)}\n` +
		    `\tinstead of ${excerpt(want)}`);
}

/** The JSON of an answer; {} where it is something else. */
async function json(path) {
	const { status, headers, body } = await ask(path);

	return { status, ...headers['content-type']?.includes('json') ?
		JSON.parse(Buffer.from(body, 'latin1').toString()) : {} };
}

async function compareRequests() {
	const asked = new Set();
	let before;

	for (const [name, path, how = {}] of requests) {
		const [bare] = path.split('?');

		if (except.includes(name) || (paths && asked.has(bare)))
			continue;
		asked.add(bare);
		const headers = { ...how.headers };
		const at = how.next === undefined ? path :
		    path + JSON.parse(before.body).meta.next + how.next;

		if (how.tag)
			headers['If-None-Match'] = before.headers.etag;
		if (how.origin)
			Object.assign(headers, { Host: new URL(base).host,
				Origin: new URL(base).origin });
		before = await askHandler(at, { ...how, headers });
		const want = settle(before, how);
		const got = settle(await ask(at, { ...how, headers }), how);

		compare(`${name}: it fails`, want.status >= 500, false);
		for (const key of Object.keys(want))
			compare(`${name}: ${key}`, got[key], want[key]);
	}
}

/** Whatever the login or name, its own detail. */
async function compareParameters() {
	for (const name of names.users) {
		const { user } = await json(`/api/v1/user?source=bord&login=${
			encodeURIComponent(name)}`);

		compare(`the user ${name}`, user?.login, name);
	}
	for (const name of names.queues) {
		const { queue } = await json(`/api/v1/queue?source=bord&name=${
			encodeURIComponent(name)}`);

		compare(`the queue ${name}`, queue?.name, name);
	}
	compare('a user of no source', (await json(
	    '/api/v1/user?source=..&login=sources')).status, 404);
	compare('what a user lacks', (await json(
	    '/api/v1/user?source=bord')).parameter, 'login');
}

/** By path the user's own detail or a refusal, but nobody else's. */
async function comparePaths() {
	for (const name of names.users) {
		const encoded = encodeURIComponent(name);

		for (const at of new Set([name, encoded,
			encoded.replaceAll('.', '%2E')])) {
			const { status, user } = await json(`/api/v1/users/bord/${at}`);

			if (status === 200 || at === 'a/b')
				compare(`the user at ${at}`, user?.login,
				    decodeURIComponent(at));
		}
	}
}

/** Without its last slash the page's links would not work. */
async function compareSlash() {
	const { status, headers } = await ask('');

	compare('without a slash: a redirect', [301, 308].includes(status) ||
	    status, true);
	compare('without a slash: the place',
	    new URL(headers.location ?? '', base).href, `${base}/`);
}

await compareRequests();
if (!paths)
	await compareParameters();
if (!except.includes('parameters')) {
	await comparePaths();
	if (mount !== '')
		await compareSlash();
}
console.log(bad === 0 ? 'all the same' : `${bad} differ`);
process.exit(bad === 0 ? 0 : 1);
