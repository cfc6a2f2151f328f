/**
 * Asks for N event streams at once and keeps those that it gets:
 *
 *	node streams.mjs URL N
 *
 * Then it writes how many answers had each status, and those of /healthz and of
 * a page of users, which are asked for while the streams are open.
 */
import http from 'node:http';

const [, , url, n] = process.argv;

/** The status, once the answer has begun; a body that is not kept is read. */
const ask = (path, keep) => new Promise((resolve, reject) => {
	const request = http.get(url + path, { agent: false }, (response) => {
		if (!keep || response.statusCode !== 200)
			response.resume();
		resolve(response.statusCode);
	});

	request.setTimeout(60_000, () => {
		request.destroy(new Error(`${path}: no answer in 60 s`));
	});
	request.on('error', reject);
});

const counts = {};
const statuses = await Promise.all(Array.from({ length: Number(n) },
    () => ask('/api/v1/events', true)));

for (const status of statuses)
	counts[status] = (counts[status] ?? 0) + 1;
counts.healthz = await ask('/healthz');
counts.users = await ask('/api/v1/users?per_page=1');
console.log(JSON.stringify(counts));
process.exit(0);
