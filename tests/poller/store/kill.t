#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * Kill -9 the poller in 200 flushes, at random moments: after the last restart
 * the database equals the simulator, and no interval is doubled or lost.
 */
const assert = require('node:assert/strict');
const test = require('node:test');

test('killed 200 times', async (t) => {
	const { start, sim, query, eventually, pid, startPoller } =
	    await import('../../e2e/stack.mjs');
	const { assertEqual, assertHistory } = await import('../../e2e/compare.mjs');
	const board = await start({
		SIM_ARGS: '--agents 100 --queues 6 --events 200 --seed 11',
	});
	t.after(board.stop);
	const sources = `demo=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`;
	let midway = 0;

	process.kill(pid(board, 'poller'), 'SIGKILL');
	for (let i = 0; i < 200; i++) {
		// As many flushes as fit, so that most deaths come inside one.
		const poller = startPoller(board, sources, ['-v', '-i', '10']);

		// From the moment that a flush is said to begin, a while at random.
		await new Promise((resolve) =>
			poller.stderr.on('data', () =>
				/demo: live[^]*demo: flush\n/.test(poller.log) && resolve()));
		await new Promise((resolve) =>
			setTimeout(resolve, Math.random() * 25));
		poller.kill('SIGKILL');
		assert.equal((await poller.gone).signal, 'SIGKILL');
		// With -v each flush is logged when it begins and when it is done.
		midway += poller.log.trimEnd().split('\n').at(-1)
		    .endsWith('demo: flush') ? 1 : 0;
		if (i % 10 === 9)
			assert.deepEqual(await query(board,
			    'SELECT * FROM cccp.state_gaps() LIMIT 5'), []);
	}
	t.diagnostic(`${midway} of 200 died with a flush in hand`);
	assert.ok(midway > 0, 'none died with a flush in hand');

	const last = startPoller(board, sources);

	t.after(() => last.kill('SIGKILL'));
	await eventually(() => assert.ok(/demo: live/.test(last.log)));
	await sim(board, 'freeze');
	await eventually(() => assertEqual(board));
	await assertHistory(board);
	assert.deepEqual(await query(board, `SELECT agent_id, since
	    FROM cccp.agent_state WHERE gap LIMIT 5`), [],
	'short deaths leave no gap');
	assert.deepEqual(await query(board, `SELECT source_id, call_key
	    FROM cccp.call WHERE direction = 'inbound'
	    GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 5`), [], 'no call is doubled');

	last.kill('SIGTERM');
	assert.deepEqual(await last.gone, { code: 0, signal: null });
	const [source] = await query(board, 'SELECT status, error FROM cccp.source');

	assert.deepEqual(source,
	    { status: 'down', error: 'the poller was stopped' });
});
