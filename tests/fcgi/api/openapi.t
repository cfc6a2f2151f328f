#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * htdocs/api/v1/openapi.json is what the program does: it passes a linter,
 * names the routes, parameters and bounds of the tables in C, both ways, and
 * every answer is as it says.
 */
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

test('the API is what openapi.json says', async (t) => {
	const { root, start, sim, query, eventually } =
	    await import('../../e2e/stack.mjs');
	const { file, inQuery, modules, resolve, samples, spec, validators } =
	    await import('./spec.mjs');
	const valid = validators();
	const board = await start({
		SIM_ARGS: '--agents 120 --queues 6 --events 40 --seed 3',
	});
	t.after(board.stop);
	const seen = new Map();		/* pointer -> names of fields */
	const asked = new Set();	/* path and parameter */

	await eventually(async () => {
		const [row] = await query(board, `SELECT
		    (SELECT count(*) FROM cccp.agent WHERE present) AS users,
		    (SELECT count(*) FROM cccp.call WHERE agent_id IS NOT NULL) AS calls,
		    (SELECT count(*) FROM cccp.queue_sample) AS samples`);

		assert.ok(row.users >= 120 && row.calls > 0 && row.samples > 0);
	});
	await sim(board, 'freeze');

	/** Notes which fields of a schema have been seen. */
	function note(name, rows) {
		const fields = seen.get(name) ?? new Set();

		for (const row of rows)
			for (const key of Object.keys(row))
				fields.add(key);
		seen.set(name, fields);
	}

	function noteAnswer(name, body) {
		const parts = { Users: ['users', 'User'],
			Queues: ['queues', 'Queue'], Calls: ['calls', 'Call'],
			Sources: ['sources', 'Source'], Grants: ['grants', 'Grant'],
			Views: ['views', 'View'] };

		note(name, [body]);
		if (parts[name] !== undefined)
			note(parts[name][1], body[parts[name][0]]);
		if (name === 'UserDetail') {
			note('StateInterval', body.states);
			note('UserCall', body.calls);
		}
		if (name === 'QueueDetail')
			note('QueueSample', body.samples);
	}

	/** Asks, and holds the answer against the file. */
	async function ask(path, at = path, headers = {}) {
		const response = await fetch(new URL(at.slice(1), board.env.URL),
		    { headers });
		const { status } = response;
		const type = response.headers.get('content-type')?.split(';')[0];
		const how = spec.paths[path].get.responses[status];

		assert.ok(how !== undefined, `${at}: ${status} is not told of`);
		const { content = {}, headers: told = {} } = resolve(how);

		if (status === 304)
			return { status, response };
		assert.ok(content[type] !== undefined, `${at}: ${type}`);
		/* Files and filters by time have no ETag, long links are left out. */
		for (const name of at.includes('?') ? [] : Object.keys(told))
			assert.ok(response.headers.has(name), `${at}: no ${name}`);
		const text = await response.text();
		const { schema } = content[type];

		if (!/\/(problem\+)?json$/.test(type) || schema.$ref === undefined)
			return { status, response, text };
		const body = JSON.parse(text);

		valid(schema.$ref.slice(1), body, at);
		noteAnswer(schema.$ref.split('/').pop(), body);
		return { status, response, body };
	}

	const isDetail = (path) => path.includes('{') ||
	    inQuery(path).some(({ required }) => required);

	/** A path with its parts, or what it requires, given by value(name). */
	function filled(path, value, more = {}) {
		const query = new URLSearchParams(inQuery(path)
		    .filter(({ required }) => required)
		    .map(({ name }) => [name, value(name)]));

		for (const [name, text] of Object.entries(more))
			query.set(name, text);
		return path.replace(/\{(\w+)\}/g, (all, name) =>
			encodeURIComponent(value(name))) +
		    (query.size > 0 ? `?${query}` : '');
	}

	/** The same for a queue, or for a user who has a call. */
	const rows = {};
	async function place(path, more) {
		if (!isDetail(path))
			return filled(path, null, more);
		const list = /\/user\b/.test(path) || path.includes('{login}') ?
			'calls' : /grants|views/.exec(path)?.[0] ?? 'queues';

		rows[list] ??= (await ask(`/api/v1/${list}`, `/api/v1/${list}${
			list === 'calls' ? '?agent=-' : ''}`)).body[list][0];
		return filled(path, (name) =>
			rows[list][name === 'login' ? 'agent' : name], more);
	}

	const paths = Object.keys(spec.paths);
	const ours = paths.filter((path) => path !== '/api/v1/openapi.json' &&
	    path !== '/api/v1/events' && spec.paths[path].get !== undefined &&
	    /* For auditors only; see tests/fcgi/access/log.bats. */
	    !/access-log|export\/user/.test(path));
	const methods = ['get', 'post', 'put', 'delete'];
	const operations = paths.flatMap((path) => methods
	    .filter((method) => spec.paths[path][method] !== undefined)
	    .map((method) => [path, method, spec.paths[path][method]]));
	/** The fields of the body that an operation takes. */
	const fieldsOf = (operation) => Object.entries(resolve(operation.requestBody
	    .content['application/json'].schema).properties);

	await t.test('it passes a linter', async () => {
		const { Spectral, Document } = modules('@stoplight/spectral-core');
		const { oas } = modules('@stoplight/spectral-rulesets');
		const { Json } = modules('@stoplight/spectral-parsers');
		const spectral = new Spectral();

		/* Who runs a board is not known here; events are in a stream. */
		spectral.setRuleset({ extends: [[oas, 'all']], rules: {
			'info-contact': 'off', 'info-license': 'off',
			'license-url': 'off', 'oas3-unused-component': 'off' } });
		const found = await spectral.run(new Document(
		    readFileSync(file, 'utf8'), Json, file));

		assert.deepEqual(found.map(({ code, path, message }) =>
		    `${path.join('.')}: ${message} (${code})`), []);
		assert.equal(spec.openapi, '3.1.0');
		for (const name of ['schemas', 'parameters', 'headers'])
			for (const key of Object.keys(spec.components[name]))
				assert.ok(key === 'Event' || key === 'Reload' ||
				    JSON.stringify(spec).includes(
				    `"#/components/${name}/${key}"`), `${key} is unused`);
		assert.equal(new Set(operations.map(([, , { operationId }]) =>
		    operationId)).size, operations.length);
	});

	await t.test('routes: those of the table, both ways', () => {
		const table = [...readFileSync(join(root, 'fcgi/route.c'), 'utf8')
		    .matchAll(/^\t\{ "([^"]+)"/gm)].map((m) => m[1])
		    .filter((path) => path !== '/' && path !== '/{asset}');

		assert.deepEqual([...table, '/api/v1/openapi.json'].sort(),
		    [...paths].sort());
	});

	/** Status and body of an answer of the program as CGI. */
	function cgi(path, env = {}) {
		const text = execFileSync(join(process.env.BUILD ?? 'build/release',
		    'cccp.fcgi'), ['-d', join(root, 'htdocs')], { cwd: root,
			stdio: ['ignore', 'pipe', 'ignore'],
			env: { ...process.env, ...board.env, REQUEST_METHOD: 'GET',
				PATH_INFO: path, QUERY_STRING: '',
				CCCP_ANONYMOUS: 'admin', CCCP_ALLOW_ROOT: 'yes', ...env },
		}).toString();

		return [Number(/^Status: (\d+)/m.exec(text)?.[1] ?? 200),
			text.slice(text.indexOf('\r\n\r\n') + 4)];
	}

	await t.test('it is served, by CGI as well', async () => {
		const response = await fetch(new URL('api/v1/openapi.json',
		    board.env.URL));
		const text = readFileSync(file, 'utf8');

		assert.equal(response.headers.get('content-type'),
		    'application/json');
		assert.equal(await response.text(), text);
		assert.equal(cgi('/api/v1/openapi.json')[1], text);
	});

	await t.test('parameters: those of each table, both ways', async () => {
		for (const path of ours) {
			const { status, body } = await ask(path,
			    await place(path, { no_such: 1 }));

			assert.equal(status, 400, path);
			assert.deepEqual([...body.allowed].sort(),
			    inQuery(path).map(({ name }) => name).sort(), path);
		}
	});

	/** Not every good value is good by itself: cursors, generations. */
	async function alone(path, { name, schema }) {
		const { good, bad, all } = samples(schema);

		if (name === 'after' || name === 'generation') {
			const { body } = await ask(path, `${path}?per_page=1`);

			return name === 'after' ? { bad: ['x', '%2B'],
				good: [/after=([^&]*)/.exec(body.meta.next)[1]],
				more: '&per_page=1' } :
				{ good: [body.meta.generation], bad: ['x', -1] };
		}
		/* A period ends now when only its begin is given. */
		if (name === 'from')
			return { bad, good: [new Date().toISOString()] };
		return { good, bad, all };
	}

	await t.test('each parameter takes what it says, and no more', async () => {
		for (const path of ours)
			for (const p of inQuery(path)) {
				const detail = isDetail(path);
				const { good, bad, all, more = '' } = detail ?
					samples(p.schema) : await alone(path, p);

				for (const value of detail ? [] : good) {
					const { status } = await ask(path,
					    `${path}?${p.name}=${encodeURIComponent(value)}${more}`);

					assert.ok(status === 200 || (status === 409 &&
					    p.name === 'generation'), `${path} ${p.name}=${value}`);
				}
				for (const value of bad) {
					const { status, body } = await ask(path,
					    await place(path, { [p.name]: value }));

					assert.equal(status, 400, `${path} ${p.name}=${value}`);
					assert.equal(body.parameter, p.name);
					if (all !== undefined && body.allowed !== undefined)
						assert.deepEqual(new Set(body.allowed),
						    new Set(all.filter((v) => !v.startsWith('-'))),
						    `${path} ${p.name}`);
					if (body.maximum !== undefined)
						assert.deepEqual([body.minimum, body.maximum],
						    [p.schema.minimum, p.schema.maximum]
						    .map(Number));
				}
				asked.add(`${path} ${p.name}`);
			}
	});

	await t.test('periods of details', async () => {
		for (const path of ours.filter((p) => isDetail(p) &&
		    inQuery(p).some(({ name }) => name === 'from'))) {
			assert.equal((await ask(path, await place(path,
			    { from: '2026-01-01', to: '2026-01-02T09:30:00Z' })))
			    .status, 200);
			assert.equal((await ask(path, await place(path,
			    { from: '2026-01-02', to: '2026-01-01' }))).status, 400);
			assert.equal((await ask(path, filled(path, () => 'x')))
			    .status, 404);
			for (const { name } of inQuery(path)
			    .filter(({ required }) => required)) {
				const { status, body } = await ask(path, path);

				assert.equal(status, 400);
				assert.ok(['source', name].includes(body.parameter));
			}
		}
	});

	await t.test('conditional and unacceptable', async () => {
		for (const path of ours) {
			const { response } = await ask(path, await place(path));
			const etag = response.headers.get('etag');

			assert.equal(etag !== null, spec.paths[path].get
			    .responses[304] !== undefined, path);
			if (etag !== null)
				assert.equal((await ask(path, await place(path),
				    { 'If-None-Match': etag })).status, 304, path);
		}
		assert.equal((await ask('/api/v1/users', '/api/v1/users',
		    { Accept: 'image/png' })).status, 406);
	});

	/** Writes, and holds the answer against the file. */
	async function write(path, method, at, body, headers = {}) {
		const response = await fetch(new URL(at.slice(1), board.env.URL), {
			method: method.toUpperCase(), headers: { ...headers,
				'Content-Type': 'application/json',
				'Sec-Fetch-Site': 'same-origin' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const { status } = response;
		const how = spec.paths[path][method].responses[status];
		const text = await response.text();

		assert.ok(how !== undefined, `${method} ${at}: ${status}, ${text}`);
		const [type] = Object.values(resolve(how).content ?? {});

		assert.equal(text === '', type === undefined, `${method} ${at}`);
		if (type === undefined)
			return { status };
		const name = type.schema.$ref.split('/').pop();

		valid(type.schema.$ref.slice(1), JSON.parse(text), at);
		note(name, [JSON.parse(text)]);
		return { status, body: JSON.parse(text) };
	}

	/** Values that a field does not take. */
	const wrong = ({ type, enum: choices, maxLength, format }) =>
		choices !== undefined || format !== undefined ? ['x', 5] :
		type.includes('boolean') ? ['true', 1] :
		type.includes('integer') ? ['1', 1.5, 10_000] : ['x'.repeat(maxLength + 1), 5];

	await t.test('fields of bodies: those of each table, both ways', async () => {
		for (const [path, method, how] of operations) {
			if (how.requestBody === undefined)
				continue;
			const at = path.replace('{id}', '1');
			const old = { 'If-Match': '"x"' };
			const fields = fieldsOf(how);
			const { status, body } = await write(path, method, at,
			    { no_such: 1 }, old);

			assert.equal(status, 400);
			assert.deepEqual([...body.allowed].sort(),
			    fields.map(([name]) => name).sort(), `${method} ${path}`);
			for (const [name, schema] of fields)
				for (const value of wrong(schema)) {
					const no = await write(path, method, at,
					    { [name]: value }, old);

					assert.deepEqual([no.status, no.body.field],
					    [400, name], `${name}=${value}`);
				}
		}
	});

	await t.test('a grant is added, changed and ended', async () => {
		const path = '/api/v1/grants', one = `${path}/{id}`;
		const { status, body } = await write(path, 'post', path,
		    { who_kind: 'user', who: 'eve', role: 'reader' });

		assert.equal(status, 201);
		const at = `${path}/${body.id}`;
		const tag = async () => (await ask(one, at)).response.headers.get('etag');
		const old = await tag();
		const values = { who_kind: 'user', who: 'eve', role: 'wall' };

		for (const [method, headers, is] of [['put', {}, 428],
			['put', { 'If-Match': old }, 204],
			['put', { 'If-Match': old }, 412],
			['delete', { 'If-Match': old }, 412]])
			assert.equal((await write(one, method, at, method === 'put' ?
			    values : undefined, headers)).status, is);
		assert.equal((await write(one, 'delete', at, undefined,
		    { 'If-Match': await tag() })).status, 204);
		const { grant } = (await ask(one, at)).body;

		assert.deepEqual([grant.role, grant.state], ['wall', 'ended']);
	});

	await t.test('files have the same fields', async () => {
		for (const [list, name] of [['users', 'User'], ['queues', 'Queue'],
			['calls', 'Call']]) {
			const path = `/api/v1/${list}`;
			const csv = await ask(path, `${path}?format=csv`);
			const lines = (await ask(path, `${path}?format=ndjson`)).text;
			const fields = Object.keys(spec.components.schemas[name]
			    .properties).filter((key) => key !== 'samples');

			assert.equal(csv.text.split('\r\n')[0], fields.join());
			for (const line of lines.trim().split('\n'))
				valid(`/components/schemas/${name}`, JSON.parse(line), list);
			/* All at once, and the one that has to be asked for. */
			const all = Object.keys(spec.components.schemas[name].properties);
			const { body } = await ask(path, `${path}?fields=${all}`);

			assert.deepEqual(Object.keys(body[list][0]), all);
		}
	});

	/** Data of events by their names, as soon as all wanted have come. */
	async function events(wanted, headers = {}, then = () => {}) {
		const control = new AbortController();
		const response = await fetch(new URL('api/v1/events',
		    board.env.URL), { headers, signal: control.signal });
		const got = {};
		const utf8 = new TextDecoder();
		let text = '';

		assert.equal(response.headers.get('content-type').split(';')[0],
		    'text/event-stream');
		for await (const chunk of response.body) {
			text += utf8.decode(chunk, { stream: true });
			for (const [, name, data] of text.matchAll(
			    /^event: (.*)\n(?:.*\n)*?data: (.*)\n\n/gm))
				(got[name] ??= []).push(JSON.parse(data));
			text = text.slice(text.lastIndexOf('\n\n') + 1);
			if (wanted.every((name) => got[name] !== undefined))
				break;
			await then();
			then = () => {};
		}
		control.abort();
		return got;
	}

	await t.test('events', async () => {
		const got = await events(['hello', 'change', 'heartbeat'], {},
		    () => sim(board, 'thaw'));

		await sim(board, 'freeze');
		for (const [name, all] of Object.entries(got))
			for (const data of all)
				valid('/components/schemas/Event', data, name);
		note('Event', got.change);
		const { reload } = await events(['reload'],
		    { 'Last-Event-ID': `${Number.MAX_SAFE_INTEGER}` });

		valid('/components/schemas/Reload', reload[0], 'reload');
		note('Reload', reload);
		asked.add('/api/v1/events Last-Event-ID');
	});

	await t.test('what goes wrong', () => {
		const nowhere = { PGHOST: '/nonexistent' };
		const alone = ['/healthz', '/metrics'];

		for (const path of ours)
			for (const [status, env] of [
				[401, { CCCP_ANONYMOUS: 'none' }],
				[405, { REQUEST_METHOD: 'PATCH' }],
				[414, { QUERY_STRING: 'x'.repeat(20_000) }],
				[431, { HTTP_IF_NONE_MATCH: 'x'.repeat(20_000) }],
				...alone.includes(path) ? [] : [[503, nowhere]]]) {
				const open = spec.paths[path].get.security?.length === 0;
				if (open && status === 401)
					continue;
				const [at, query] = filled(path, () => 'x').split('?');
				const [is, body] = cgi(at,
				    { QUERY_STRING: query ?? '', ...env });
				const { responses } = spec.paths[path].get;
				const [type] = Object.values(resolve(responses[is] ??
				    responses.default).content);

				assert.equal(is, status, path);
				valid(type.schema.$ref.slice(1), JSON.parse(body),
				    `${path}: ${is}`);
			}
		const [status, body] = cgi('/api/v1/events');

		assert.equal(status, 501);
		valid('/components/schemas/Problem', JSON.parse(body),
		    'events by CGI');
	});

	await t.test('every field was seen, every parameter tried', () => {
		for (const path of ours)
			for (const { name } of inQuery(path))
				assert.ok(asked.has(`${path} ${name}`), `${path} ${name}`);
		for (const [name, fields] of seen)
			assert.deepEqual([...fields].sort(), Object.keys(
			    spec.components.schemas[name].properties).sort(), name);
		for (const name of ['User', 'Queue', 'Call', 'Source', 'UserCall',
			'StateInterval', 'QueueSample', 'Grant', 'View', 'Added', 'Me', 'Health', 'Readiness',
			'Problem', 'Event', 'Reload'])
			assert.ok(seen.has(name), name);
		for (const [path, { get }] of Object.entries(spec.paths))
			for (const { name, in: where } of (get?.parameters ?? [])
			    .map(resolve))
				assert.ok(where !== 'header' ||
				    asked.has(`${path} ${name}`), `${path} ${name}`);
	});
});
