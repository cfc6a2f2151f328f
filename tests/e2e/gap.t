#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * A server accepts connections but does not answer queries: the intervals of
 * its agents end when they were last known, and stay so until the source is in
 * step again, also when the poller is restarted meanwhile.
 */
const assert = require('node:assert/strict');
const net = require('node:net');
const test = require('node:test');

const RESPONSES = [20007, 20008];	// to query_list and query_object

test('gap', async (t) => {
	const { start, query, eventually, startPoller } =
	    await import('./stack.mjs');
	const { serveTcp } = await import('./sources.mjs');
	const board = await start({
		SIM_ARGS: '--agents 50 --queues 4 --events 20 --seed 9',
	});

	t.after(board.stop);
	let mute = false;
	const links = new Set();

	/** The simulator, but for the answers while it is mute. */
	const port = await serveTcp(t, (client) => {
		const server = net.connect(board.env.SIM_PORT, '127.0.0.1');
		let rest = Buffer.alloc(0);

		links.add(client);
		client.pipe(server);
		server.on('data', (bytes) => {
			rest = Buffer.concat([rest, bytes]);
			while (rest.length >= 8 && rest.length >= rest.readUInt32LE(0)) {
				const size = rest.readUInt32LE(0);

				if (!mute || !RESPONSES.includes(rest.readUInt32LE(4)))
					client.write(rest.subarray(0, size));
				rest = rest.subarray(size);
			}
		});
		server.on('error', () => client.destroy());
		server.on('close', () => client.destroy());
		client.on('error', () => server.destroy());
		client.on('close', () => { links.delete(client); server.destroy(); });
	});
	const sources = `slow=cccp://poller:secret@127.0.0.1:${port}`;
	const source = async () => (await query(board, `SELECT *
	    FROM cccp.source WHERE name = 'slow'`))[0];

	/** How many of its agents have an open interval, and how many a gap. */
	const intervals = async () => (await query(board, `SELECT
	    count(*) FILTER (WHERE NOT gap AND until IS NULL) AS known,
	    count(*) FILTER (WHERE gap AND until IS NULL) AS unknown,
	    count(*) FILTER (WHERE gap AND until IS NOT NULL) AS past
	    FROM cccp.agent_state JOIN cccp.agent USING (agent_id)
	    JOIN cccp.source USING (source_id) WHERE source.name = 'slow'`))[0];
	let poller = startPoller(board, sources);

	t.after(() => poller.kill('SIGKILL'));
	const live = () => eventually(async () =>
		assert.equal((await source())?.status, 'live'));

	await live();
	await t.test('it greets for ever, and never answers', async () => {
		const before = await source();

		mute = true;
		for (const link of links)
			link.destroy();
		await eventually(async () => {
			assert.notEqual((await source()).status, 'live');
			const { known, unknown } = await intervals();

			assert.deepEqual([known, unknown > 50], [0, true]);
		});
		const since = Date.parse((await source()).gap_since);

		assert.ok(since - Date.parse(before.alive_at) < 8000,
		    'the gap begins where its agents were last known');
		mute = false;
		await live();
		const { known, unknown, past } = await intervals();

		assert.deepEqual([known > 50, unknown, past > 50], [true, 0, true]);
	});

	await t.test('the poller was suspended', async () => {
		const { past } = await intervals();

		poller.kill('SIGSTOP');
		await eventually(async () => {
			const [{ age_seconds }] = await query(board, `SELECT age_seconds
			    FROM cccp_v1.source WHERE source = 'slow'`);

			assert.ok(age_seconds > 25);
		});
		poller.kill('SIGCONT');
		await eventually(() => assert.match(poller.log,
		    /slow: this program did not run for 2\d s/));
		await eventually(async () => {
			const after = await intervals();

			assert.deepEqual([after.past > past + 50, after.unknown],
			    [true, 0]);
		});
		assert.equal((await source()).gap_since, null);
		assert.deepEqual(await query(board,
		    'SELECT * FROM cccp.state_gaps()'), []);
	});

	await t.test('the poller was away, and greets first', async () => {
		const [{ known, past }, before] = [await intervals(), await source()];

		mute = true;
		poller.kill('SIGKILL');
		await poller.gone;
		await eventually(async () => {
			const [{ away }] = await query(board, `SELECT now() - alive_at
			    > stale_after + interval '1 s' AS away
			    FROM cccp.source WHERE name = 'slow'`);

			assert.ok(away);
		});
		poller = startPoller(board, sources);
		await eventually(async () => {
			const now = await source();

			assert.ok(now.status === 'connecting' &&
			    now.last_sync > before.last_sync);
		});
		mute = false;
		await live();
		const after = await intervals();

		assert.ok(after.past >= past + known, 'all had a gap');
		assert.equal(after.unknown, 0);
		const holes = await query(board, 'SELECT * FROM cccp.state_gaps()');

		assert.deepEqual(holes, []);
	});
});
