#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Misbehaviour on demand: what a client then gets is what was promised.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, METHOD } from './cccp.mjs';
import { startSim, until } from './sim.mjs';

let sim;

before(async () => { sim = await startSim('--agents', 30, '--freeze'); });
after(async () => {
	const { code } = await sim.stop();
	assert.equal(code, 0, sim.stderr);
});

// A client with all bytes that came after the fault.
async function faulty(kind) {
	const client = new Client(sim.port);

	await client.login();
	await client.list(1, 'users');
	client.bytes = Buffer.alloc(0);
	client.socket.on('data', (chunk) => {
		client.bytes = Buffer.concat([client.bytes, chunk]);
	});
	assert.equal(await sim.ask(`misbehave ${kind}`), 'ok\n');
	return client;
}

const bytes = (client, n) => until(() => client.bytes.length >= n,
    `${n} bytes`);

test('close: half a frame and the end', async () => {
	const client = await faulty('close');

	await client.closed;
	assert.ok(client.bytes.length > 8);
	assert.ok(client.bytes.readUInt32LE(0) > client.bytes.length);
});

test('huge: a frame of 2 GB begins', async () => {
	const client = await faulty('huge');

	await bytes(client, 12);
	assert.equal(client.bytes.readUInt32LE(0), 0x80000000);
	await client.close();
});

test('tiny: a frame of size 5', async () => {
	const client = await faulty('tiny');

	await bytes(client, 5);
	assert.equal(client.bytes.readUInt32LE(0), 5);
	await client.close();
});

test('deep: nested so deep that a recursive reader dies', async () => {
	const client = await faulty('deep');

	await bytes(client, 8);
	await bytes(client, client.bytes.readUInt32LE(0));
	let depth = 0;
	for (let at = 0; (at = client.bytes.indexOf('08000083', at, 'hex')) >=
	    0; at += 4)
		depth++;
	assert.equal(depth, 10001);
	await client.close();
});

test('garbage: 64 kB of noise', async () => {
	const client = await faulty('garbage');

	await bytes(client, 65536);
	await client.close();
});

for (const [kind, message] of [['class', /class/],
	['type', /type|wanted/], ['string', /wanted/], ['mode', /mode/],
	['namespace', /namespace/], ['method', /29999/]])
	test(`${kind}: a strict reader refuses it`, async () => {
		const client = await faulty(kind);

		const f = await client.wait((x) => x.error, kind);
		assert.match(String(f.error), message);
		// What follows is whole again.
		assert.equal((await client.list(2, 'users')).length, 31);
		await client.close();
	});

test('view: an answer to nothing that was asked', async () => {
	const client = await faulty('view');

	const f = await client.method(METHOD.objectResponse);
	assert.equal(f.system, 0x7fff0000);
	await client.close();
});

test('ask: asked to disconnect, though it stays', async () => {
	const client = await faulty('ask');

	await client.method(0);
	assert.equal((await client.list(2, 'users')).length, 31);
	await client.close();
});

test('restart: the end, and then other ids', async () => {
	const old = (await sim.truth()).users.map((u) => u.id);
	const client = await faulty('restart');

	await client.closed;
	const again = new Client(sim.port);
	await again.login();
	const ids = (await again.list(1, 'users')).map((i) => i.id);
	assert.equal(ids.length, 31);
	assert.ok(Math.min(...ids) > Math.max(...old));
	again.format(1, ['login']);
	const { users } = await sim.truth();
	assert.equal((await again.object(2, users[0].id, 1)).values[0].value,
	    'zmartin');
	again.sendObject(2, old[0], 1);
	await again.barrier();
	assert.deepEqual(again.frames, []);
	await again.close();
});

test('silent: nothing more, until it behaves', async () => {
	const client = await faulty('silent');
	const late = new Client(sim.port);

	client.sendList(2, 'users');
	late.call(METHOD.initialize, Buffer.alloc(5));
	await until(async () => JSON.parse(await sim.ask('stats')).clients === 2,
	    'both');
	assert.equal(client.bytes.length, 0);
	assert.deepEqual(late.frames, []);
	await sim.ask('misbehave none');
	await client.barrier();
	await client.close();
	await late.close();
});

test('deaf: nothing is read, so nothing is answered', async () => {
	const client = await faulty('deaf');

	client.sendList(2, 'users');
	await sim.ask('stats');
	await sim.ask('stats');
	assert.equal(client.bytes.length, 0);
	await sim.ask('misbehave none');
	assert.equal((await client.listed_(2)).items.length, 31);
	await client.close();
});

test('bytes: one at a time, and yet whole frames', async () => {
	const client = await faulty('bytes');

	assert.equal((await client.list(2, 'users')).length, 31);
	await sim.ask('misbehave none');
	await client.close();
});

test('refuse: no login succeeds', async () => {
	await sim.ask('misbehave refuse');
	const client = new Client(sim.port);
	const answer = await client.login();
	assert.equal(answer.method, METHOD.loginFailed);
	assert.match(answer.reason, /refusé/);
	await sim.ask('misbehave none');
	client.sendLogin(1, 'a', 'b');
	await client.method(METHOD.loginOk);
	await client.close();
});

test('slow: a greeting with an old date', async () => {
	await sim.ask('misbehave slow');
	const client = new Client(sim.port);
	const { date } = await client.barrier();

	assert.ok(Date.now() - Date.parse(date) > 3500, date);
	await sim.ask('misbehave none');
	await client.close();
});

test('away: nobody is there, and then again at the same port', async () => {
	const client = await faulty('away');

	await client.closed;
	const refused = new Client(sim.port);
	await refused.closed;
	await sim.ask('misbehave none');
	const back = new Client(sim.port);
	await back.login();
	await back.close();
});

test('drop: all connections end', async () => {
	const client = await faulty('none');

	await sim.ask('drop');
	await client.closed;
});

test('every kind that is listed has been tried', async () => {
	const { readFileSync } = await import('node:fs');
	const source = readFileSync(new URL(import.meta.url), 'utf8');
	const help = await sim.ask('help');
	const kinds = [...help.slice(help.indexOf('KIND is one of'))
	    .matchAll(/^    (\w+) /gm)].map((m) => m[1]);

	assert.ok(kinds.length > 15);
	for (const kind of kinds)
		assert.match(source, new RegExp(`['\`(]${kind}['\`:]`), kind);
});
