#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Sources that are silent, hang, trickle or never stop, beside a live one:
 * each ends with a clear error, and the live one's changes arrive all the
 * while.
 */
const assert = require('node:assert/strict');
const { chmodSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

test('hostile', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('./stack.mjs');
	const { assertEqual, assertHistory } = await import('./compare.mjs');
	const { bridge, folder, serve, serveTcp } = await import('./sources.mjs');
	const board = await start({
		SIM_ARGS: '--agents 450 --queues 12 --events 50 --seed 33',
	});

	t.after(board.stop);
	const dir = folder(t);

	function script(name, text) {
		const file = join(dir, name);

		writeFileSync(file, `#!/bin/sh\n${text}\n`);
		chmodSync(file, 0o755);
		return file;
	}

	/** Writes the same for ever, as fast as it is taken. */
	function endless(socket, text) {
		const chunk = Buffer.alloc(1 << 20, text);
		const more = () => {
			while (!socket.destroyed && socket.write(chunk))
				;
		};

		socket.on('drain', more);
		more();
	}

	/** Writes some bytes a second. */
	function trickle(socket, text, n = 1) {
		let at = 0;
		const timer = setInterval(() => {
			socket.write(text.slice(at, at + n).padEnd(n));
			at += n;
		}, 1000);

		socket.on('close', () => clearInterval(timer));
	}

	const silent = await serveTcp(t, () => {});
	const garbage = await serveTcp(t, (socket) => endless(socket, 'garbage '));
	const deep = await serve(t, (request, response) =>
		endless(response, '{"users": [['));
	const slow = await serveTcp(t, (socket) => trickle(socket,
	    'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"users": ['));
	const drip = await serveTcp(t, (socket) => trickle(socket,
	    'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"users": [', 1000));
	const large = await serve(t, (request, response) =>
		response.end(`{"users": [${'0,'.repeat(20e6)}0]}`));
	const cut = await serve(t, (request, response) =>
		response.end(JSON.stringify(bridge(50000)).slice(0, -100)));
	const deaf = script('deaf', 'trap "" TERM; while :; do sleep 1000; done');
	const [host, every] = ['127.0.0.1', '?interval=1'];
	const sources = {
		demo: `cccp://poller:secret@${host}:${board.env.SIM_PORT}`,
		silent: `cccp://u:p@${host}:${silent}`,
		silent_url: `http://${host}:${silent}/${every}`,
		silent_tls: `cccps://u:p@${host}:${silent}`,
		garbage: `cccp://u:p@${host}:${garbage}`,
		garbage_url: `http://${host}:${garbage}/${every}`,
		deep: `http://${host}:${deep}/${every}`,
		slow: `cccp://u:p@${host}:${slow}`,
		slow_url: `http://${host}:${slow}/${every}`,
		drip: `http://${host}:${drip}/${every}`,
		large: `http://${host}:${large}/${every}`,
		cut: `http://${host}:${cut}/${every}`,
		device: `file:///dev/zero${every}`,
		deaf: `exec:${deaf}\n`,
		endless: `exec:${script('endless', 'exec cat /dev/zero')}\n`,
		chatter: `exec:${script('chatter', 'exec yes >&2')}\n`,
	};
	const errors = {
		silent: /no answer to initialize/,
		silent_url: /too slow|timed out/,
		silent_tls: /connect to .*(timed out|timeout)/i,
		garbage: /frame/,
		garbage_url: /HTTP\/0\.9/,
		deep: /too large|timed out/,	/* as below */
		slow: /this is an HTTP server, not a CCCP server/,
		slow_url: /too slow|timed out/,
		drip: /timed out after \d{5} milliseconds with \d+ out of 100000 bytes/,
		large: /more than 1000000 users/,
		cut: /cut short/,
		device: /no plain file/,
		deaf: /takes too long/,
		/* Which of the two limits comes first depends on how busy we are. */
		endless: /prints too much|takes too long/,
		chatter: /prints too much|takes too long/,
	};

	process.kill(pid(board, 'poller'), 'SIGKILL');
	for (const name of ['DEAF', 'ENDLESS', 'CHATTER'])
		process.env[`CCCP_INTERVAL_${name}`] = '1';
	const poller = startPoller(board, Object.entries(sources)
	    .map(([name, url]) => `${name}=${url}`).join(' '));

	t.after(() => poller.kill('SIGKILL'));
	await eventually(() => assert.match(poller.log, /demo: live/));

	/** Changes of the live source arrive, and the database equals it. */
	async function changes(n) {
		await sim(board, 'freeze');
		await sim(board, `step ${n}`);
		await eventually(() => assertEqual(board));
		await sim(board, 'thaw');
	}

	await t.test('each of them says what is wrong', async () => {
		for (const [name, why] of Object.entries(errors)) {
			await changes(50);
			await eventually(async () => {
				const [row] = await query(board, `SELECT status, error
				    FROM cccp.source WHERE name = '${name}'`);

				assert.match(row?.error ?? '', why,
				    `${name}: ${row?.status}, ${row?.error}`);
			}, 120);
		}
	});

	await t.test('and the live one never noticed', async () => {
		await changes(200);
		assert.doesNotMatch(poller.log, /demo: (down|stale)/);
		await assertHistory(board);
		assert.deepEqual(await query(board, `SELECT agent_id FROM cccp.agent_state
		    JOIN cccp.agent USING (agent_id) WHERE gap AND until IS NOT NULL
		    AND since > (SELECT min(status_since) FROM cccp.source
		    WHERE name = 'demo')`), []);
		assert.deepEqual(await query(board, `SELECT source.name, count(agent_id)::int AS n
		    FROM cccp.source LEFT JOIN cccp.agent USING (source_id)
		    GROUP BY source.name HAVING count(agent_id) > 0`), [{ name: 'demo', n: 451 }]);
	});

	await t.test('memory is bounded', async (t) => {
		const [, kib] = /^VmHWM:\s*(\d+) kB/m.exec(
		    readFileSync(`/proc/${poller.pid}/status`, 'utf8'));

		t.diagnostic(`${kib} kB resident at most`);
		// Some documents of 256 MiB at once, and room for a sanitizer's own.
		assert.ok(kib < 2 << 20, `${kib} kB`);
	});

	await t.test('the end is orderly', async () => {
		poller.kill('SIGTERM');
		assert.deepEqual(await poller.gone, { code: 0, signal: null });
	});
});
