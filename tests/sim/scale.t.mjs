#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// A hundred thousand agents; clients that do not keep up.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { Client, METHOD, frame, str, u32 } from './cccp.mjs';
import { startSim, until } from './sim.mjs';

test('100 000 agents: listed, queried, live, in a few hundred MB',
    async (t) => {
	const sim = await startSim('--agents', 100000, '--queues', 40,
	    '--events', 1000);
	const client = new Client(sim.port);
	const answered = new Set();
	let pushed = 0;

	t.after(() => sim.stop('SIGKILL'));
	await client.login();
	const items = await client.list(1, 'users');
	assert.equal(items.length, 100001);
	client.format(1, ['login', 'name', 'last_state_name',
	    'last_state_date', 'busy_count', 'sessions.last.session.logged']);
	client.onFrame = (f) => {
		if (answered.has(f.system))
			pushed++;
		else if (f.values)
			answered.add(f.system);
	};
	const calls = items.map((item, i) => frame(METHOD.queryObject, u32(1),
	    u32(10 + i), str('/dispatch'), u32(item.id), u32(1), u32(0)));
	client.send(Buffer.concat(calls));
	await until(() => answered.size === items.length, 'all answers',
	    120000);
	await until(() => pushed > 500, 'pushes');
	const status = fs.readFileSync(`/proc/${sim.child.pid}/status`,
	    'utf8');
	const kb = Number(status.match(/VmRSS:\s+(\d+)/)[1]);
	// Sanitizers take memory of their own.
	if (!/san$/.test(process.env.VARIANT ?? ''))
		assert.ok(kb < 400 * 1024, `${kb} kB`);
	t.diagnostic(`${kb} kB resident`);
	await client.close();
});

test('who does not read is not answered for ever, and harms nobody',
    async (t) => {
	const sim = await startSim('--agents', 2000, '--freeze');
	const lazy = new Client(sim.port), other = new Client(sim.port);

	t.after(() => sim.stop('SIGKILL'));
	await lazy.login();
	lazy.format(1, ['login', 'name', 'last_state_date']);
	const { users } = await sim.truth();
	lazy.socket.pause();
	// Asks for far more than the network holds: its calls wait.
	for (let i = 0; i < 200; i++)
		lazy.sendList(5, 'users');
	await until(async () => JSON.parse(await sim.ask('stats'))
	    .waiting_bytes > 4 << 20, 'a backlog');
	await other.login();
	assert.equal((await other.list(1, 'users')).length, 2001);
	const { waiting_bytes: waiting } = JSON.parse(await sim.ask('stats'));
	assert.ok(waiting < 8 << 20, `${waiting}`);
	// And reads on, and gets it all.
	lazy.socket.resume();
	for (let i = 0; i < 200; i++)
		assert.equal((await lazy.listed_(5)).items.length,
		    users.length);
	await lazy.close();
	await other.close();
});

test('a client that never reads its pushes is dropped', async (t) => {
	const sim = await startSim('--agents', 400, '--freeze');
	const lazy = new Client(sim.port);

	t.after(() => sim.stop('SIGKILL'));
	await lazy.login();
	lazy.format(1, ['busy_count']);
	const { users } = await sim.truth();
	// Many subscriptions make much of every change.
	for (let i = 0; i < 40; i++)
		for (const user of users)
			lazy.sendObject(i, user.id, 1);
	await lazy.barrier();
	lazy.socket.pause();
	await until(async () => {
		await sim.ask('step 200000');
		return /does not read/.test(sim.stderr);
	}, 'the drop', 120000);
	assert.equal(JSON.parse(await sim.ask('stats')).clients, 0);
	lazy.close();
});

test('many clients at once', async (t) => {
	const sim = await startSim('--agents', 50, '--events', 500);
	const clients = Array.from({ length: 100 },
	    () => new Client(sim.port));

	t.after(() => sim.stop('SIGKILL'));
	await Promise.all(clients.map(async (client) => {
		await client.login();
		assert.equal((await client.list(1, 'users')).length, 51);
	}));
	await Promise.all(clients.map((client) => client.close()));
	await until(async () => JSON.parse(await sim.ask('stats')).clients === 0,
	    'all gone');
});
