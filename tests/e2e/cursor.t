#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Walking by cursor while 100 things a second change: everybody who was there
 * all along comes exactly once, in JSON, NDJSON and CSV.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('walking while the data move', { concurrency: true }, async (t) => {
	const { start, sim, query, eventually } = await import('./stack.mjs');
	const board = await start({
		SIM_ARGS: '--agents 450 --queues 12 --events 100 --seed 11',
	});
	t.after(board.stop);
	const url = (path) => new URL(`api/v1/users${path}`, board.env.URL);

	await eventually(async () => {
		const [row] = await query(board,
		    'SELECT count(*) AS n FROM cccp.agent WHERE present');

		assert.ok(row.n >= 450);
	});
	const [{ logins }] = await query(board, `SELECT json_agg(login) AS logins
	    FROM cccp_v1.user WHERE present AND NOT hidden`);

	/** People come and go, too, with names from both ends of the alphabet. */
	let stop = false, moves = 0;
	const comeAndGo = async () => {
		for (let i = 0; !stop; i++) {
			const login = `${'az'[i % 2]}_passe${i}`;

			await sim(board, `add ${login} ${'AZ'[i % 2]} Passant`);
			await sim(board, `remove ${'az'[(i + 1) % 2]}_passe${i - 1}`);
			moves++;
		}
	};
	const moving = comeAndGo();

	async function ask(path) {
		const response = await fetch(url(path));

		assert.equal(response.status, 200, path);
		return response;
	}

	/** Logins of a file.  Only so many are made at once: others get 503. */
	async function file(path, format) {
		const response = await eventually(() =>
			ask(`${path}&format=${format}`));
		const text = await response.text();
		const lines = text.split(/\r?\n/).filter((line) => line !== '');

		return format === 'csv' ? lines.slice(1) :
			lines.map((line) => JSON.parse(line).login);
	}

	function assertAllOnce(seen, what) {
		const times = new Map();

		for (const login of seen)
			times.set(login, (times.get(login) ?? 0) + 1);
		assert.deepEqual(logins.filter((login) => times.get(login) !== 1),
		    [], what);
	}

	/** Until the data are others than those of a generation. */
	const moved = (generation) => eventually(async () => {
		const { meta } = await (await ask('?per_page=1&fields=login')).json();

		assert.ok(meta.generation > generation);
	});

	/** Pages; and at the page `at`, the rest of the list as files. */
	async function walk(sort, size, at) {
		const seen = [], generations = new Set();
		let next = `?per_page=${size}&sort=${sort}&fields=login`;

		for (let n = 0; next !== null; n++) {
			const { meta, users } = await (await ask(next)).json();

			seen.push(...users.map(({ login }) => login));
			generations.add(meta.generation);
			next = meta.next;
			if (n < 3)	/* a walk faster than the data shows nothing */
				await moved(meta.generation);
			if (n === at)
				for (const format of ['ndjson', 'csv'])
					assertAllOnce([...seen,
						...await file(next, format)],
					    `${sort}, ${format} from page ${n}`);
		}
		assertAllOnce(seen, `${sort}, ${size} a page`);
		return generations.size;
	}

	/* All at the same time, for each waits for the data to move. */
	await Promise.all(['login', '-login', 'name', 'id', '-id'].map((sort) =>
		t.test(`by ${sort}`, async () => {
			const moves = await Promise.all([[7, 20], [50, 3], [100, 0]]
			    .map(([size, at]) => walk(sort, size, at)));

			assert.ok(Math.min(...moves) > 3, 'the data moved');
		})));

	await t.test('as a file, whole', async () => {
		for (const format of ['ndjson', 'csv'])
			for (let i = 0; i < 3; i++)
				assertAllOnce(await file('?sort=-state_seconds&fields=login',
				    format), format);
	});

	stop = true;
	await moving;
	assert.ok(moves > 10, `${moves} came and went`);
});
