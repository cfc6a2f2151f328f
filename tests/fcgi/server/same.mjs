/**
 * Sends the same requests to a web server and, directly over FastCGI, to the
 * handler behind it, and prints what differs.
 *
 *	node same.mjs URL SOCKET [NAME ...]	without the requests named
 *
 * URL ends where the handler is mounted, without a slash.  Lists are cached by
 * generation, so that even durations are the same.  With `cgi` for NAME, each
 * answer is made by another process, and durations are not compared.
 */
import http from 'node:http';

import { answer, connect, question } from '../fastcgi.mjs';
import { requests } from './requests.mjs';

const [, , base, where, ...except] = process.argv;
const mount = new URL(base).pathname.replace(/\/$/, '');
const cgi = except.includes('cgi');

/* Values that differ in each answer: its time, and the request's id. */
const own = (ticks) => new RegExp(`"(source_age|age_seconds|generated_at|${
	ticks ? '\\w*seconds\\w*|' : ''}request_id)":("[^"]*"|[-0-9.]+)`, 'g');
const told = ['content-type', 'content-language', 'content-encoding', 'etag',
	'cache-control', 'vary', 'link', 'x-total-count', 'allow', 'location',
	'content-security-policy', 'referrer-policy', 'x-content-type-options'];

/** What is compared: { status, body, and the headers of the handler's own }. */
function settle(status, headers, body, { packed, ticks }) {
	const text = packed ? body :
	    body.replace(own(cgi || ticks), '"$1":…');

	return { status, body: text, ...Object.fromEntries(told.map((name) =>
		[name, headers[name]?.replaceAll(', ', ',')])) };
}

/** By HTTP, the path as it is. */
function ask(path, how) {
	const { method = 'GET', headers, body } = how;
	const { hostname, port } = new URL(base);

	return new Promise((resolve, reject) => {
		const request = http.request({ hostname, port, method, agent: false,
			path: mount + path, headers: body === undefined ? headers :
			    { ...headers, 'Content-Length': body.length } },
		async (response) => {
			const pieces = [];

			try {
				for await (const piece of response)
					pieces.push(piece);
				resolve(settle(response.statusCode, response.headers,
				    Buffer.concat(pieces).toString('latin1'), how));
			} catch (error) {
				reject(error);
			}
		});

		request.on('error', reject).setTimeout(60_000, () =>
			request.destroy(new Error('no answer for a minute')));
		request.end(body);
	});
}

/** By FastCGI, as the specification would have it. */
async function askHandler(path, how) {
	const { method = 'GET', headers } = how;
	const [info, query] = path.split('?');
	const more = { SCRIPT_NAME: mount, REQUEST_METHOD: method,
		PATH_INFO: decodeURIComponent(info) };

	for (const [name, value] of Object.entries(headers))
		more[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = value;
	const socket = await connect(where);

	socket.write(question(`?${query ?? ''}`, false, more));
	const got = await answer(socket, 'latin1');

	socket.destroy();
	const end = got.indexOf('\r\n\r\n');
	const head = Object.fromEntries(got.slice(0, end)
	    .split('\r\n').map((line) => {
		const at = line.indexOf(':');

		return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
	}));

	return settle(Number(head.status.slice(0, 3)), head,
	    got.slice(end + 4), how);
}

const excerpt = (value) => String(value).slice(0, 200);
let bad = 0;
let tag = '';

for (const [name, path, how = {}] of requests) {
	if (except.includes(name))
		continue;
	const headers = { ...how.headers };

	if (how.tag)
		headers['If-None-Match'] = tag;
	const want = await askHandler(path, { ...how, headers });
	const got = await ask(path, { ...how, headers })
	    .catch((error) => ({ status: error.message }));

	tag = want.etag;
	for (const key of Object.keys(want)) {
		if (got[key] === want[key])
			continue;
		bad++;
		if (bad < 6)
			console.log(`${name}: ${key} is ${excerpt(got[key])}\n` +
			    `\tinstead of ${excerpt(want[key])}`);
	}
}
console.log(bad === 0 ? 'all the same' : `${bad} differ`);
process.exit(bad === 0 ? 0 : 1);
