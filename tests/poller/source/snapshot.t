#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * A JSON snapshot in a file becomes rows: only what has changed, never from a
 * document that is none, and unknown when nobody writes the file any more.
 */
const assert = require('node:assert/strict');
const { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, statSync,
	writeFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

test('snapshot', async (t) => {
	const { root, start, query, eventually } = await import('../../e2e/stack.mjs');
	const { assertHistory } = await import('../../e2e/compare.mjs');
	const { bridge, folder } = await import('../../e2e/sources.mjs');
	const dir = folder(t), file = join(dir, 'status.json');

	/** Puts a document, or any text, in the place of the last one. */
	function write(document) {
		writeFileSync(`${file}.new`, typeof document === 'string' ? document :
			JSON.stringify(document));
		renameSync(`${file}.new`, file);
	}

	write(bridge(100));
	mkdirSync(join(dir, 'bridge'));
	copyFileSync(join(root, 'tests/data/bridge/monitor.json'),
	    join(dir, 'bridge', 'monitor.json'));
	chmodSync(join(dir, 'bridge', 'monitor.json'), 0o644);
	const board = await start({ SOURCES: `file=file://${file}?interval=1 ` +
	    `old=file://${dir}/bridge/monitor.json` });

	t.after(board.stop);
	const log = () => readFileSync(`${board.dir}/log/poller`, 'utf8');
	const logged = (n, what) => eventually(() =>
		assert.ok(what.test(log().slice(n)), `log lacks ${what}`));
	const source = async (name = 'file') => (await query(board,
	    `SELECT * FROM cccp_v1.source WHERE source = '${name}'`))[0];
	const status = (is) => eventually(async () =>
		assert.equal((await source()).status, is));
	const agents = (what = 'true') => query(board, `SELECT a.* FROM cccp.agent a
	    JOIN cccp.source s USING (source_id)
	    WHERE s.name = 'file' AND present AND (${what})`);

	// So that the file does not grow old while the test looks at other things.
	let current = bridge(100);
	const alive = setInterval(() => write(current), 1000);

	t.after(() => clearInterval(alive));
	const say = (document) => write(current = document);

	await t.test('all of it is there', async () => {
		await status('live');
		assert.equal((await agents('state = \'available\'')).length, 100);
		const { url, error, users, alive_at } = await source();

		assert.equal(url, `file://${file}`);
		assert.equal(error, null);
		assert.equal(users, 100);
		assert.ok(Math.abs(Date.parse(alive_at) - statSync(file).mtimeMs) < 15000);
		const limits = await query(board,
		    'SELECT name, stale_after FROM cccp.source ORDER BY name');

		assert.deepEqual(limits, [{ name: 'file', stale_after: '00:00:15' },
			{ name: 'old', stale_after: '00:00:25' }]);
		assert.match(log(), /file: its snapshots are of the bridge's shape/);
	});

	await t.test('the monitor\'s file of long ago: known, but stale', async () => {
		await eventually(async () =>
			assert.equal((await source('old')).status, 'stale'));
		const old = await source('old');

		assert.ok(old.stale && old.age_seconds > 86400);
		assert.match(old.error, /its snapshots are older than 25 s/);
		assert.match(log(), /old: its snapshots are of the monitor's shape/);
		assert.deepEqual(await query(board, `SELECT login, kind, state,
		    known_state FROM cccp_v1.user WHERE source = 'old' ORDER BY login`), [
			{ login: 'agent2', kind: 'agent', state: 'unknown',
				known_state: 'available' },
			{ login: 'agent4', kind: 'agent', state: 'unknown',
				known_state: 'available' },
			{ login: 'chef', kind: 'supervisor', state: 'unknown',
				known_state: 'supervising' }]);
	});

	await t.test('only what has changed is written', async () => {
		const before = await query(board, 'SELECT generation FROM cccp.clock');

		say(bridge(100, { agent7: { last_state_name: 'pause',
			last_state_display_name: 'Pause café' } }));
		await eventually(async () => assert.deepEqual((await agents(
		    'state = \'paused\'')).map((row) => [row.login, row.mode_label]),
		[['agent7', 'Pause café']]));
		assert.deepEqual((await agents(
		    `a.generation > ${before[0].generation}`)).map((row) => row.login),
		['agent7']);
	});

	for (const [name, text, why] of [
		['an error page', '<html>502</html>', /it is a page/],
		['cut short', JSON.stringify(bridge(100)).slice(0, 5000), /it is cut short/],
		['an error', { ...bridge(100), error: 'no \u001b[1m server' },
			/it tells of an error: no \[1m server/],
		['no users', bridge(0), /it has no users, and there were 100/],
		['an empty file', '', /it is empty/]])
		await t.test(`refused, and what was known stays: ${name}`, async () => {
			const generation = Math.max(...(await agents())
			    .map((row) => row.generation));

			say(text);
			await status('down');
			assert.match((await source()).error, why);
			const rows = await agents();

			assert.equal(rows.length, 100);
			assert.ok(rows.every((row) => row.generation <= generation));
			say(bridge(100));
			await status('live');
			assert.equal((await source()).error, null);
		});

	await t.test('the loss of more than half: believed the second time', async () => {
		clearInterval(alive);
		say(bridge(40));
		await status('down');
		assert.match((await source()).error, /60 of 100 users are missing/);
		assert.equal((await agents()).length, 100);
		say(bridge(40));
		await eventually(async () => assert.equal((await agents()).length, 40));
		await status('live');
	});

	await t.test('a bad user is left out, the others are kept', async () => {
		const document = bridge(40);
		const before = log().length;

		document.users[5] = { name: 'nobody' };
		document.users[9].login = 'agent1';
		document.users[20].id = document.users[21].id;
		say(document);
		await logged(before, /file: 1 of the users left out, the first of them number 6: without a login/);
		await logged(before, /file: 1 of the users left out, the first of them number 10: named as another/);
		await eventually(async () => assert.equal((await agents()).length, 38));
		const { same_key_objects, left_out_objects } = await source();

		assert.deepEqual([same_key_objects, left_out_objects], [1, 1]);
	});

	await t.test('nobody writes it any more: stale, unknown, and back', async () => {
		await status('stale');
		await eventually(async () => assert.deepEqual(await query(board,
		    `SELECT count(*)::int AS n FROM cccp_v1.user
		     WHERE source = 'file' AND present AND state <> 'unknown'`), [{ n: 0 }]));
		await eventually(async () => assert.deepEqual(await query(board,
		    `SELECT count(*)::int AS n FROM cccp.agent_state
		     WHERE until IS NULL AND NOT gap AND agent_id IN (SELECT agent_id
		     FROM cccp.agent JOIN cccp.source USING (source_id)
		     WHERE source.name = 'file')`), [{ n: 0 }]));
		say(bridge(40));
		await status('live');
		await eventually(async () => assert.equal((await query(board,
		    `SELECT login FROM cccp_v1.user
		     WHERE source = 'file' AND present AND state = 'available'`)).length, 40));
		await assertHistory(board);
	});

	await t.test('what cannot be read is unknown, and told until it can', async () => {
		for (const [name, path] of [['name', 'name'],
			['number', 'total_inbound.count(\'0\')']]) {
			say(readFileSync(join(root,
			    `tests/data/bridge/damaged-${name}.json`), 'utf8'));
			// Others than before: believed the second time.
			await eventually(async () => {
				write(current);
				assert.deepEqual((await agents()).map((row) => row.login)
				    .sort(), ['eve', 'paul', 'zoe']);
				const { unreadable_values, unreadable_fields } = await source();

				assert.deepEqual([unreadable_values, unreadable_fields],
				    [1, [`users.${path}`]]);
			});
			assert.equal((await source()).status, 'live');
		}
		say(readFileSync(join(root, 'tests/data/bridge/damaged-number.json'),
		    'utf8').replace('NaN', '7'));
		await eventually(async () =>
			assert.equal((await source()).unreadable_values, 0));
		assert.deepEqual((await agents('total_inbound = 7'))
		    .map((row) => row.login), ['zoe']);
	});
});
