/*
 * table.mjs: each reader asks for each resource of the description of the API,
 * in each format.  No answer may have a word of what the reader does not see;
 * what he sees is complete.  Prints what is wrong.
 */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

import { inQuery, resolve, spec, file } from '../api/spec.mjs';
import { Asker } from './asker.mjs';
import { again, ask, auditor, check, count, refused, same, sameRows, types }
    from './check.mjs';
import { aList, since } from './lists.mjs';
import { Scope, readWorld, readersOf } from './oracle.mjs';
import { foreignWords } from './words.mjs';

const world = readWorld();
const readers = readersOf(world).map((reader) => Object.assign(
	new Asker(reader), { name: reader.name, scope: new Scope(world, reader) }));

/** Users or queues in full, by the path or by parameters. */
function place(path, row) {
	const key = { name: row.login ?? row.name, login: row.login,
		source: row.source };
	const part = (name) => encodeURIComponent(key[name]);

	/* A web server has decoded the path. */
	return path.includes('{') ?
		path.replace(/\{(\w+)\}/g, (all, name) => key[name]) :
		`${path}?${inQuery(path).filter((p) => p.required)
		    .map(({ name }) => `${name}=${part(name)}`).join('&')}`;
}

async function aUser(reader, path, user, i) {
	const { scope } = reader;
	const row = scope.userRow(user, 'detail');
	const base = place(path, user);
	const at = i % 2 > 0 ? base :
		`${base}${base.includes('?') ? '&' : '?'}from=${since}`;
	const got = await ask(reader, path, at);

	if (i < 4)
		await again(reader, path, at, got);
	if (!scope.permits('detail'))
		return refused(got);
	if (row === null)
		return check(got.what, got.status === 404, got.status);
	if (got.status !== 200)
		return check(got.what, false, got.status);
	const { user: shown, states, calls } = JSON.parse(got.body);

	sameRows(got.what, 'users', [shown], [row]);
	same(`${got.what} states`, states.length > 0,
	    scope.seesUser(user, 'detail').history &&
	    world.states.some((s) => s.user_id === user.id));
	return sameRows(`${got.what} calls`, 'calls', calls, world.calls
	    .filter((c) => c.user_id === user.id)
	    .map((call) => scope.callRow(call, 'detail'))
	    .filter((call) => call !== null)
	    .sort((a, b) => a.queued_at < b.queued_at ? 1 : -1).slice(0, 20));
}

/** Some users of each kind, and one who is not there. */
async function someUsers(reader, path) {
	const many = world.users.filter(({ id }) => id % 7 === 0 || id % 11 === 0);

	for (const [i, user] of [...many, { source: 'metz', login: 'personne',
		shown: false, queues: null, team: null }].entries())
		await aUser(reader, path, user, i);
}

async function someQueues(reader, path) {
	for (const [i, queue] of [...world.queues, { source: 'metz',
		name: 'rien', present: false }].entries()) {
		const at = place(path, queue);
		const got = await ask(reader, path, at);
		const seen = queue.present && reader.scope.seesQueue(queue.source,
		    queue.name, 'count');

		if (i < 3)
			await again(reader, path, at, got);
		if (!reader.scope.permits('users'))
			refused(got);
		else if (!seen || got.status !== 200)
			check(got.what, !seen && got.status === 404, got.status);
		else
			sameRows(got.what, 'queues',
			    [JSON.parse(got.body).queue], [queue]);
	}
}

async function sources(reader, path) {
	const got = await ask(reader, path, path);

	await again(reader, path, path, got);
	if (reader.scope.permits('users'))
		sameRows(got.what, 'sources', JSON.parse(got.body).sources,
		    reader.scope.rows('sources'));
	else
		refused(got);
}

async function me(reader, path) {
	const got = await ask(reader, path, path);
	const { permits, role, scope } = JSON.parse(got.body).me;

	await again(reader, path, path, got);
	same(got.what, [role, scope.whole, scope.grants.length], [
		reader.scope.role, reader.scope.whole, reader.scope.all.length]);
	for (const what of ['users', 'persons', 'detail', 'export', 'admin',
		'audit'])
		same(`${got.what} ${what}`, permits[what],
		    reader.scope.permits(what));
}

async function views(reader, path) {
	const got = await ask(reader, path, path);

	if (!reader.scope.permits('persons')) {
		refused(got);
		return;
	}
	const seen = JSON.parse(got.body).views;

	same(got.what, seen.map(({ name, query }) => `${name} ${query}`).sort(),
	    reader.scope.views(reader.name)
		.map(({ name, query }) => `${name} ${query}`).sort());
	await again(reader, path, path, got);
	for (const { view_id: id, name } of world.views) {
		const at = `${path}/${id}`;
		const one = await ask(reader, `${path}/{id}`, at);

		same(one.what, one.status, seen.some((v) => v.name === name) ?
			200 : 404);
		await again(reader, `${path}/{id}`, at, one);
	}
}

/** Answers to one role only, whatever they have. */
const only = (permit, at) => async (reader, path) => {
	for (const each of at) {
		const got = await ask(reader, path, each);

		if (reader.scope.permits(permit))
			check(got.what, got.status === 200, got.status);
		else
			refused(got);
		await again(reader, path, each, got);
	}
};

async function open(reader, path) {
	const got = await ask(reader, path, path);

	check(got.what, got.status === 200, got.status);
	await again(reader, path, path, got);
}

async function description(reader, path) {
	const got = await reader.ask(path);

	types.set(path, new Set([got.type]));
	same(path, got.body, readFileSync(file, 'utf8'));
}

const [log, person] = auditor;
const lyon = 'source=lyon&login=zoe';
const table = {
	'/api/v1/users': aList('users', 'users'),
	'/api/v1/queues': aList('queues', 'users'),
	'/api/v1/calls': aList('calls', 'persons'),
	'/api/v1/users/{source}/{login}': someUsers,
	'/api/v1/user': someUsers,
	'/api/v1/queues/{source}/{name}': someQueues,
	'/api/v1/queue': someQueues,
	'/api/v1/sources': sources,
	'/api/v1/me': me,
	'/api/v1/grants': only('admin', ['/api/v1/grants']),
	'/api/v1/grants/{id}': only('admin', world.grants.slice(0, 2)
	    .map(({ grant_id: id }) => `/api/v1/grants/${id}`)),
	'/api/v1/views': views,
	'/api/v1/views/{id}': () => {},	/* asked with those above */
	[log]: only('audit', [log, `${log}?format=csv`, `${log}?login=agt101q`]),
	[person]: only('audit', [`${person}?${lyon}`]),
	'/metrics': only('admin', ['/metrics']),
	'/api/v1/openapi.json': description,
	'/healthz': open,
	'/readyz': open,
	'/api/v1/events': () => {},	/* see events() */
};

/** What is written: refused to those who may not, with no word of others. */
const writers = { '/api/v1/grants': 'admin', '/api/v1/grants/{id}': 'admin',
	'/api/v1/forget': 'admin', '/api/v1/views': 'persons',
	'/api/v1/views/{id}': 'persons' };

async function writes(reader, path) {
	const ids = path.includes('grants') ? world.grants.map((g) => g.grant_id) :
		world.views.map((v) => v.view_id);

	for (const method of ['post', 'put', 'delete', 'patch'])
		for (const id of spec.paths[path][method] === undefined ? [] :
		    path.includes('{id}') ? ids : ['']) {
			const at = path.replace('{id}', id);
			const got = await reader.ask(at, {
				REQUEST_METHOD: method.toUpperCase(),
				CONTENT_TYPE: 'application/json',
				HTTP_SEC_FETCH_SITE: 'same-origin',
				HTTP_IF_MATCH: '"x"' }, '{}');
			const what = `${reader.name} ${method} ${at}`;

			count.asked++;
			same(what, reader.words.found(got.text), []);
			if (reader.scope.permits(writers[path]))
				check(what, [400, 404, 412].includes(got.status) ||
				    /forbidden/.test(got.body), got.body);
			else
				refused({ ...got, what });
		}
}

/** An admin who sees as a reader sees what that reader does. */
async function seenAs(reader) {
	const admin = new Asker({ name: 'ada', groups: [] });
	const as = `as_user=${encodeURIComponent(reader.name)}&as_groups=${
		encodeURIComponent(reader.reader.groups.join())}`;

	/* The same words are foreign; what refuses is the same, too. */
	Object.assign(admin, { name: `ada as ${reader.name}`,
		scope: reader.scope, words: reader.words });
	for (const [list, permit] of [['users', 'users'], ['queues', 'users'],
		['calls', 'persons'], ['sources', 'users']]) {
		const path = `/api/v1/${list}`;
		const got = await ask(admin, path, `${path}?${as}${
			list === 'sources' ? '' : '&per_page=500'}${
			list === 'calls' ? `&from=${since}` : ''}`);

		if (reader.scope.permits(permit))
			sameRows(got.what, list, JSON.parse(got.body)[list],
			    list === 'users' && reader.scope.walls ? [] :
				reader.scope.rows(list));
		else
			refused(got);
	}
	admin.close();
}

/** Readers with other rights never have the same answer, nor its ETag. */
async function tags() {
	const view = ({ scope }) => JSON.stringify([scope.role, scope.audit,
		scope.whole || scope.grants.map((g) => JSON.stringify(g)).sort()]);

	for (const a of readers)
		for (const [at, tag] of a.tags)
			for (const b of readers) {
				if (!b.tags.has(at))
					continue;
				const got = await ask(b, at.split('?')[0], at,
				    { HTTP_IF_NONE_MATCH: tag });

				check(`${b.name} with ${a.name}'s tag of ${at}`,
				    got.status === 200 || view(a) === view(b),
				    got.status);
			}
}

/** All listen, then something changes. */
async function events() {
	const path = '/api/v1/events';
	let greeted = 0, begin;
	const begun = new Promise((resolve) => { begin = resolve; });
	const heard = readers.map(async (reader) => {
		let said = false;
		const text = await reader.listen((t) => /^event: change\n.*\n.*\n\n/m
		    .test(t), () => {
			if (!said && ++greeted === readers.length)
				begin();
			said = true;
		});
		const what = `${reader.name} ${path}`;
		const found = reader.words.found(text);

		count.asked++;
		check(what, found.length === 0, `has ${found.slice(0, 5)}`);
		if (!reader.scope.permits('users'))
			return check(what, /^Status: 403/.test(text), text);
		types.set(path, new Set(['text/event-stream']));
		for (const part of ['"users"', '"sources"'])
			same(`${what} ${part}`, text.includes(part),
			    reader.scope.whole);
		return same(what, /^event: change\n/m.test(text), true);
	});

	await begun;
	execFileSync('psql', ['-Xqtf', process.env.CHANGE]);
	await Promise.all(heard);
}

const limit = setTimeout(() => {
	console.log('it takes too long');
	process.exit(1);
}, 900_000);
const active = readers.filter(({ scope }) => scope.role !== undefined);

check('readers', active.length >= 12, active.length);
for (const path of Object.keys(spec.paths))
	check(path, (spec.paths[path].get === undefined ||
	    table[path] !== undefined) &&
	    (!['post', 'put', 'delete', 'patch'].some((method) =>
		spec.paths[path][method]) || writers[path] !== undefined),
	    'is not in the table');
for (const reader of readers) {
	reader.words = foreignWords(reader.scope, reader.name);
	reader.tags = new Map();
}
for (const reader of readers.filter(({ scope }) => scope.role === undefined))
	refused({ ...await reader.ask('/api/v1/users'), what: reader.name },
	    'no-grant');
readers.splice(0, Infinity, ...active);
await Promise.all([0, 1].map(async (half) => {
	for (const reader of readers.filter((r, i) => i % 2 === half)) {
		for (const path of Object.keys(table))
			await table[path](reader, path);
		for (const path of Object.keys(writers))
			await writes(reader, path);
		await seenAs(reader);
	}
}));
await tags();
await events();
for (const path of Object.keys(spec.paths)) {
	const told = resolve(spec.paths[path].get?.responses[200] ?? {}).content;

	same(`${path}: formats`, [...types.get(path) ?? []].sort(),
	    Object.keys(told ?? {}).sort());
}
for (const reader of readers)
	reader.close();
clearTimeout(limit);
console.log(`${readers.length} readers, ${count.asked} answers, ${
	count.wrong} wrong`);
process.exit(count.wrong > 0 ? 1 : 0);
