#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * The database refuses the rows of one source: that source is down and says
 * why, the other source of the same poller is written as before, and the first
 * is live again as soon as its rows are accepted.
 */
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

const REFUSALS = [
	{
		forbid: `ALTER TABLE cccp.agent ADD CONSTRAINT no_agent3
		    CHECK (login <> 'agent3') NOT VALID`,
		allow: 'ALTER TABLE cccp.agent DROP CONSTRAINT no_agent3',
		why: /: a value that a rule forbids: no_agent3 \(SQLSTATE 23514\)$/,
	},
	{
		forbid: `CREATE FUNCTION public.no() RETURNS trigger
		    LANGUAGE plpgsql AS $$ BEGIN IF NEW.login = 'agent3' THEN
		    NEW.busy_count := 3000000000; END IF; RETURN NEW; END $$;
		    CREATE TRIGGER no BEFORE UPDATE ON cccp.agent
		    FOR EACH ROW EXECUTE FUNCTION public.no()`,
		allow: 'DROP FUNCTION public.no() CASCADE',
		why: /: a number out of range \(SQLSTATE 22003\)$/,
	},
];

test('refused', async (t) => {
	const { start, query, eventually, pg, startPoller } =
	    await import('../../e2e/stack.mjs');
	const { bridge, folder } = await import('../../e2e/sources.mjs');
	const board = await start({
		SIM_ARGS: '--agents 50 --queues 4 --events 20 --seed 21',
	});

	t.after(board.stop);
	const file = join(folder(t), 'users.json');
	const write = (name) => writeFileSync(file, JSON.stringify(bridge(5,
	    Object.fromEntries([1, 2, 3, 4, 5].map((i) =>
	        [`agent${i}`, { name }])))));
	const psql = (sql) => execFileSync('psql', ['-Xqv', 'ON_ERROR_STOP=1',
		'-c', sql], { env: { ...process.env, ...pg(board) } });
	const source = async (name) => (await query(board, `SELECT *
	    FROM cccp.source WHERE name = '${name}'`))[0];
	const live = () => eventually(async () =>
		assert.equal((await source('other'))?.status, 'live'));

	write('Zoé');
	const poller = startPoller(board, `other=file://${file}?interval=1 ` +
	    `same=cccp://poller:secret@127.0.0.1:${board.env.SIM_PORT}`);

	t.after(() => poller.kill('SIGKILL'));
	for (const [i, { forbid, allow, why }] of REFUSALS.entries()) {
		await t.test(`refused, and taken again: ${why.source}`, async () => {
			await live();
			const from = poller.log.length;

			psql(forbid);
			write(`Zoé ${i}`);
			await eventually(async () => {
				const { status, error } = await source('other');

				assert.equal(status, 'down');
				assert.match(error, /^the database refuses what it says: /);
				assert.match(error, why);
			});
			// Another try, and the other one is live all the while.
			const [{ then }] = await query(board, 'SELECT now() AS then');

			await eventually(async () => {
				const [same, other] = [await source('same'),
					await source('other')];

				assert.deepEqual([same.status, other.status],
				    ['live', 'down']);
				assert.ok(same.last_change > then);
				assert.ok(other.last_sync > then);
			});
			psql(allow);
			await live();
			const [{ n }] = await query(board, `SELECT count(*) AS n
			    FROM cccp.agent WHERE name = 'Zoé ${i}'`);

			assert.equal(n, 5);
			assert.doesNotMatch(poller.log.slice(from), /database: /);
			assert.doesNotMatch(poller.log, /3000000000|same: down/);
			assert.equal(poller.log.slice(from)
			    .match(/other: the database refuses/g).length, 1);
		});
	}
});
