/** The lists: rows, facets, filters, orders, searches, files. */
import { inQuery } from '../api/spec.mjs';
import { again, ask, check, keyOf, refused, same, sameRows } from './check.mjs';

export const since = new Date(Date.now() - 2 * 86_400_000).toISOString();
const numbers = ['phone', 'phone_uri', 'outbound_target', 'caller', 'callee'];

/** A value of a facet, as the parameter has it. */
const escaped = (value) => encodeURIComponent(value.replace(/[\\,]/g, '\\$&')
    .replace(/^-/, '\\-'));
const facetValue = (list, facet) => (row) => {
	if (facet !== 'queue')
		return row[facet] ?? '';
	const name = row[list === 'users' ? 'queue_name' : 'queue'];

	return name === null ? '' : `${row.source}/${name}`;
};

function tally(rows, value) {
	const counts = {};

	for (const row of rows)
		counts[value(row)] = (counts[value(row)] ?? 0) + 1;
	return counts;
}

/* The period of a list of calls has all calls of the data. */
const period = (list, sign) => list === 'calls' ? `${sign}from=${since}` : '';

async function aPage(reader, path, list) {
	const { scope } = reader;
	const rows = scope.rows(list);
	const at = `${path}?per_page=500${period(list, '&')}`;
	const got = await ask(reader, path, at);

	check(got.what, got.status === 200, got.status);
	if (got.status !== 200)
		return;
	const { meta, facets, labels, [list]: shown } = JSON.parse(got.body);
	const nobody = list === 'users' && scope.walls;

	same(got.what, [meta.total, meta.filtered], [rows.length, rows.length]);
	sameRows(got.what, list, shown, nobody ? [] : rows);
	for (const facet of Object.keys(facets)) {
		const value = facetValue(list, facet);

		same(`${got.what} ${facet}`, facets[facet], tally(rows, value));
		for (const text of Object.keys(facets[facet]))
			await aValue(reader, path, list, facet, text, nobody ? [] :
				rows.filter((row) => value(row) === text));
	}
	for (const name of Object.keys(labels?.queue ?? {}))
		check(`${got.what} ${name}`, reader.scope.world.queues.concat(reader.scope.world.calls)
		    .some((q) => `${q.source}/${q.name ?? q.queue}` === name &&
			[q.label, q.queue_label].includes(labels.queue[name])) &&
			rows.some((row) => facetValue(list, 'queue')(row) === name),
		    'is not in scope');
	await aFilter(reader, path, list, rows);
}

/** What is offered, and chosen, gives the rows that were counted. */
async function aValue(reader, path, list, facet, value, rows) {
	const got = await ask(reader, path, `${path}?per_page=500&fields=${
		keyOf[list]}&${facet}=${escaped(value)}${period(list, '&')}`);

	if (reader.scope.walls && list === 'users') {
		refused(got);
		return;
	}
	sameRows(got.what, list, JSON.parse(got.body)[list], rows);
}

/** What is not in scope is not there to filters, whatever names it. */
async function aFilter(reader, path, list, rows) {
	const { world } = reader.scope;

	for (const { name } of inQuery(path)) {
		const values = { team: world.users.map(({ team }) => team),
			queue: world.queues.map((q) => `${q.source}/${q.name}`),
			source: world.sources.map(({ source }) => source),
			profile: world.users.map(({ profile }) => profile),
			agent: ['metz/agt101q', 'metz/agt901q', 'metz/agt117q'],
		}[name] ?? [];
		const value = name === 'agent' ? (row) => row.agent === null ? '' :
			`${row.source}/${row.agent}` : facetValue(list, name);

		for (const text of new Set(values)) {
			if (text === null || (name !== 'agent' &&
			    rows.some((row) => value(row) === text)))
				continue;
			const got = await ask(reader, path, `${path}?per_page=500&${
				name}=${escaped(text)}${period(list, '&')}`);

			sameRows(got.what, list, JSON.parse(got.body)[list],
			    reader.scope.walls && list === 'users' ? [] :
			    rows.filter((row) => value(row) === text));
		}
	}
}

/** By cursor, each row once. */
async function aWalk(reader, path, list) {
	const got = [], first = `per_page=40${period(list, '&')}`;

	for (let next = `?${first}`; next !== null;) {
		const { body } = await ask(reader, path, path + next);
		const page = JSON.parse(body);

		got.push(...page[list]);
		next = page.meta.next;
	}
	same(`${reader.name} ${path} by cursor`,
	    got.map((row) => row[keyOf[list]]).sort(),
	    list === 'users' && reader.scope.walls ? [] :
		reader.scope.rows(list).map((row) => row[keyOf[list]]).sort());
}

/** Each key sorts, but those that are masked; cursors tell nothing. */
async function aSort(reader, path, list) {
	const { schema } = inQuery(path).find(({ name }) => name === 'sort');
	const keys = schema.items.enum.filter((key) => !key.startsWith('-'));
	const groups = keys.filter((key) => numbers.includes(key))
	    .map((key) => [key]);

	/* Several at once: the cursor has the values of all. */
	for (const key of keys.filter((k) => !numbers.includes(k)))
		if (groups.at(-1)?.length < schema.maxItems &&
		    !numbers.includes(groups.at(-1)[0]))
			groups.at(-1).push(key);
		else
			groups.push([key]);
	for (const group of groups) {
		const got = await ask(reader, path, `${path}?per_page=2&sort=${
			group}${period(list, '&')}`);

		if (numbers.includes(group[0]) && reader.scope.maskedNumbers)
			refused(got, 'masked');
		else if (list === 'users' && reader.scope.walls)
			check(got.what, [200, 403].includes(got.status), got.status);
		else
			check(got.what, got.status === 200, got.body.slice(0, 200));
	}
}

/* Texts that q looks for, by the keys that it looks in. */
const searched = { users: ['login', 'name', 'profile', 'team'],
	queues: ['name', 'label'],
	calls: ['agent', 'agent_name', 'queue', 'queue_label'] };

async function aSearch(reader, path, list) {
	const rows = reader.scope.rows(list);
	const texts = ['agt101q', 'agt102q', 'agt104q', 'agt105q', 'agt999q',
		'agt901q', 'Nom103q', 'Nom117q', 'nordique', 'Lille', 'Profil3q',
		'quA7q', 'LibC7q', 'u004', 'u005'];
	const number = { users: 'phone', calls: 'caller' }[list];

	for (const text of texts) {
		const got = await ask(reader, path, `${path}?per_page=500&q=${text}${
			period(list, '&')}`);

		if (list === 'users' && reader.scope.walls)
			refused(got);
		else
			sameRows(got.what, list, JSON.parse(got.body)[list],
			    rows.filter((row) => searched[list].some((key) =>
				row[key]?.toLowerCase().includes(
				text.toLowerCase()))));
	}
	for (const row of number === undefined ? [] : reader.scope.world[list]
	    .filter((r) => r.source === 'metz').slice(0, 8)) {
		const got = await ask(reader, path, `${path}?per_page=500&q=${
			encodeURIComponent(row[number])}${period(list, '&')}`);

		if (list === 'users' && reader.scope.walls)
			refused(got);
		else if (reader.scope.maskedNumbers)
			refused(got, 'masked');
		else
			sameRows(got.what, list, JSON.parse(got.body)[list],
			    rows.filter((r) => r[number] === row[number]));
	}
}

/** Lines of CSV: a list of cells each. */
function cells(text, separator) {
	const out = [[]];
	let cell = '', quoted = false;

	for (let i = 0; i < text.length; i++) {
		const c = text[i];

		if (quoted && c === '"' && text[i + 1] === '"')
			cell += text[++i];
		else if (c === '"')
			quoted = !quoted;
		else if (!quoted && (c === separator || c === '\n')) {
			out.at(-1).push(cell.replace(/\r$/, ''));
			cell = '';
			if (c === '\n')
				out.push([]);
		} else
			cell += c;
	}
	return out.slice(0, -1);
}

/** A file has all rows, and what is null there is empty here. */
function sameFile(what, list, got, separator, rows) {
	const [head, ...lines] = cells(got.replace(/^\ufeff/, ''), separator);
	const shown = lines.map((line) => Object.fromEntries(head.map(
	    (name, i) => [name, line[i]])));
	const left = new Map(rows.map((row) => [`${row[keyOf[list]]}`, row]));

	same(what, shown.map((row) => row[keyOf[list]]).sort(),
	    [...left.keys()].sort());
	for (const row of shown)
		for (const [name, cell] of Object.entries(row)) {
			const value = left.get(row[keyOf[list]])?.[name];

			if (value !== undefined)
				check(`${what} ${row[keyOf[list]]} ${name}`,
				    (cell === '') === (value === null ||
					value.length === 0), `'${cell}' ${value}`);
		}
}

async function aFile(reader, path, list) {
	const rows = reader.scope.permits('export') ?
		reader.scope.rows(list, 'export') : null;
	const words = (name) => inQuery(path).find((p) => p.name === name)
	    .schema.enum ?? inQuery(path).find((p) => p.name === name)
	    .schema.items.enum;

	for (const format of words('format').filter((f) => f !== 'json'))
		for (const dialect of format === 'csv' ? words('csv') : ['']) {
			const got = await ask(reader, path, `${path}?format=${format}${
				dialect === '' ? '' : `&csv=${dialect}`}${
				period(list, '&')}`);

			if (rows === null)
				refused(got);
			else if (format === 'ndjson')
				sameRows(got.what, list, got.body.split('\n')
				    .filter((l) => l !== '').map((l) => JSON.parse(l)),
				    rows);
			else
				sameFile(got.what, list, got.body,
				    dialect === 'strict' ? ',' : ';', rows);
		}
}

export const aList = (list, permit) => async (reader, path) => {
	const at = `${path}?per_page=3`;
	const got = await ask(reader, path, at);

	await again(reader, path, at, got);
	if (!reader.scope.permits(permit)) {
		refused(got);
		return;
	}
	check(got.what, got.tag !== undefined, 'has no ETag');
	reader.tags.set(at, got.tag);
	await aPage(reader, path, list);
	await aWalk(reader, path, list);
	await aSort(reader, path, list);
	await aSearch(reader, path, list);
	await aFile(reader, path, list);
	if (list === 'queues') {
		const { body } = await ask(reader, path,
		    `${path}?fields=name,samples`);

		same(`${reader.name} samples`, JSON.parse(body).queues.length,
		    reader.scope.rows(list).length);
	}
};
