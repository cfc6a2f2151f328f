/** Asks as a reader, and says what is wrong with an answer. */
import assert from 'node:assert/strict';

import { spec } from '../api/spec.mjs';

export const auditor = ['/api/v1/access-log', '/api/v1/export/user'];
export const keyOf = { users: 'id', queues: 'id', calls: 'call_key',
	sources: 'source' };
export const types = new Map();	/* path -> types of its answers */
export const count = { asked: 0, wrong: 0 };

/** Says what is wrong, and goes on. */
export function check(what, ok, more = '') {
	if (!ok && ++count.wrong <= 40)
		console.log(`${what}: ${more}`);
}

export function same(what, got, wanted) {
	try {
		assert.deepEqual(got, wanted);
	} catch (error) {
		check(what, false, error.message.slice(0, 600));
	}
}

/** Asks, and looks for foreign words. */
export async function ask(reader, path, at, more = {}) {
	const got = await reader.ask(at, more);

	count.asked++;
	assert.ok(got !== null, `${at}: no answer`);
	const method = more.REQUEST_METHOD ?? 'GET';
	const what = `${reader.name} ${method} ${at}`;
	const how = spec.paths[path].get.responses[got.status];

	check(what, how !== undefined, `${got.status} is not described`);
	if (got.status === 200 && method === 'GET')
		types.set(path, (types.get(path) ?? new Set()).add(got.type));
	/* Auditors are told of everybody, there. */
	const found = auditor.includes(path) && reader.scope.audit ? [] :
		reader.words.found(got.text, at.includes('%') ?
		    decodeURIComponent(at) : at);

	check(what, found.length === 0, `has ${found.slice(0, 5).join(' | ')}`);
	return { ...got, what };
}

/* Values grow while the test runs: whether they are there is compared. */
const grows = (key) => /seconds/.test(key) || key === 'samples' ||
    key === 'running';

function plain(key, value) {
	if (value === undefined || value === null || (Array.isArray(value) &&
	    value.length === 0 && key !== 'queues' && key !== 'spies'))
		return null;
	if (grows(key))
		return true;
	if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
		return Math.floor(Date.parse(value));
	return value;
}

/** The rows of an answer are those of the oracle, with all their values. */
export function sameRows(what, list, got, wanted) {
	const key = keyOf[list];
	const left = new Map(wanted.map((row) => [row[key], row]));

	for (const row of got) {
		const own = left.get(row[key]);

		check(what, own !== undefined, `has row ${row[key]}`);
		left.delete(row[key]);
		for (const name of own === undefined ? [] : Object.keys(row)) {
			const [is, ought] = [plain(name, row[name]),
				plain(name, own[name])];

			if (name in own)
				same(`${what} ${row[key]} ${name}`, is, ought);
		}
	}
	check(what, left.size === 0, `has not ${[...left.keys()].slice(0, 5)}`);
}

/** Refused: the reader has not the right. */
export const refused = ({ what, status, body }, kind = 'forbidden') =>
	check(what, status === 403 && JSON.parse(body).type.endsWith(kind),
	    `${status} ${body.slice(0, 200)}`);

/** The same question as HEAD, and with its own ETag. */
export async function again(reader, path, at, got) {
	const head = await ask(reader, path, at, { REQUEST_METHOD: 'HEAD' });

	same(head.what, [head.status, head.body, head.tag, head.type],
	    [got.status, '', got.tag, got.type]);
	if (got.tag === undefined)
		return;
	const not = await ask(reader, path, at,
	    { HTTP_IF_NONE_MATCH: got.tag });

	same(`${not.what} If-None-Match`, [not.status, not.body, not.tag],
	    [304, '', got.tag]);
}
