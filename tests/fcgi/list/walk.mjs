/**
 * Walks lists by cursor and by number: node walk.mjs URL check ...
 *
 *	orders PATH		every sort key, both ways, and mixed ones: five
 *				pages have the same rows as one page of 500
 *	exports PATH		what follows a cursor as a file is what is left
 *	filtered PATH FILTER SIZE QUERY ...	each query has the same rows with a
 *				filter that all pass, in one page and in pages of SIZE
 *	deep PATH QUERY N	prints the query of the page after N pages
 *
 * Says on standard output what it looked at; throws at what is wrong.
 */
import assert from 'node:assert/strict';

const [base, check, path, ...more] = process.argv.slice(2);

async function ask(query, status = 200) {
	const response = await fetch(`${base}${path}${query}`);

	assert.equal(response.status, status, query);
	return response;
}

async function page(query) {
	const response = await ask(query);
	const { meta, facets, ...rest } = await response.json();

	return { meta, facets, rows: Object.values(rest).find(Array.isArray),
		link: response.headers.get('link') };
}

const join = (...parts) => `?${parts.filter((p) => p !== '').join('&')}`;

/** All rows by cursor, some at a time. */
async function walk(query, size) {
	const rows = [];
	let next = join(`per_page=${size}`, query), n = 0;

	for (; next !== null; n++) {
		const { meta, rows: some, link } = await page(next);

		assert.equal(meta.page, n === 0 ? 1 : null);
		assert.ok(some.length === size || meta.next === null, next);
		assert.equal(/<([^>]*)>; rel="next"/.exec(link)?.[1] ?? null,
		    meta.next);
		assert.ok(link.includes('rel="first"'));
		rows.push(...some);
		next = meta.next;
	}
	return rows;
}

/** What grows while it is looked at. */
const growing = new RegExp('^(waiting|contact|wrapup|talk|held|ringing|pause|' +
    'outbound)_seconds(_max)?$');

/* Calls are those of today, of which there are few after midnight. */
const period = path.endsWith('/calls') ?
	`from=${new Date(Date.now() - 172_800_000).toISOString()}` : '';

/* What names a row. */
const names = `fields=source,${{ users: 'login', queues: 'name',
	calls: 'call_key' }[path.split('/').pop()]}`;

async function orders() {
	const { allowed } = await (await ask('?sort=x', 400)).json();
	const keys = allowed.filter((key) => !growing.test(key));
	const mixed = keys.map((key, i) =>
		`${key},-${keys[(i * 7 + 3) % keys.length]}`).filter((sort) =>
		new Set(sort.split(',').map((k) => k.replace('-', ''))).size === 2);
	let n = 0;

	for (const sort of [...keys, ...keys.map((key) => `-${key}`), ...mixed]) {
		const query = join(`sort=${sort}`, names, period).slice(1);
		const all = await page(join('per_page=500', query));

		assert.equal(all.meta.next, null);
		assert.ok(all.rows.length > 7);
		const size = Math.ceil(all.rows.length / 5);

		assert.deepEqual(await walk(query, size), all.rows, sort);
		n++;
	}
	console.log(`${n} orders of ${keys.length} keys`);
}

async function exports() {
	const first = await page('?per_page=10&sort=-name&fields=login,name');
	const all = await page('?per_page=500&sort=-name&fields=login,name');
	const rest = await (await ask(`${first.meta.next}&format=ndjson`)).text();
	const csv = await (await ask(`${first.meta.next}&format=csv`)).text();
	const want = all.rows.slice(10).map((row) => JSON.stringify(row));

	assert.deepEqual(rest.trim().split('\n'), want);
	assert.equal(csv.trim().split('\r\n').length, want.length + 1);
	console.log(`${want.length} rows`);
}

async function filtered(filter, size, ...queries) {
	let n = 0;

	for (const query of queries) {
		const all = await walk(join(query, filter).slice(1), 500);

		assert.deepEqual(await walk(query, 500), all, query);
		assert.deepEqual(await walk(query, Number(size)), all, query);
		n += all.length;
	}
	console.log(`${n} rows`);
}

async function deep(query, n) {
	let next = join(query);

	for (let i = 0; i < Number(n); i++)
		next = (await page(next)).meta.next;
	console.log(next.slice(1));
}

await { orders, exports, filtered, deep }[check](...more);
