#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Frames in pieces, invalid frames, and input that crashes a real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { callers, silence } from './callers.mjs';
import { Client, METHOD, frame, str, u32 } from './cccp.mjs';
import { startSim } from './sim.mjs';

let sim, zoe;

before(async () => {
	sim = await startSim('--freeze');
	zoe = (await sim.truth()).users
	    .find((u) => u.fields.login === 'zmartin');
});
after(async () => {
	const { code } = await sim.stop();
	assert.equal(code, 0, sim.stderr);
});

const { onSim, loggedIn } = callers(() => sim.port);

loggedIn('frames byte by byte and glued together', async (client) => {
	client.format(1, ['login']);
	const bytes = frame(METHOD.queryObject, u32(1), u32(5), str('/'),
	    u32(zoe.id), u32(1), u32(0));
	for (const byte of bytes)
		client.send(Buffer.from([byte]));
	await client.answered(5);
	client.send(Buffer.concat(Array(50).fill(bytes)));
	for (let i = 0; i < 50; i++)
		await client.answered(5);
});

loggedIn('bad calls are ignored, extra bytes too', async (client) => {
	for (const method of [0, 1, 104, 20007, 4000000000])
		client.call(method, u32(1), u32(2));
	client.call(METHOD.queryList, u32(1), u32(2));
	client.call(METHOD.queryList, u32(1), u32(2), u32(1000),
	    Buffer.from('/dispatch'));
	client.call(METHOD.queryObject, u32(1));
	client.call(METHOD.setObjectFormat, u32(1), u32(20), Buffer.alloc(8));
	client.call(METHOD.setObjectFormat, u32(1), u32(8), Buffer.alloc(8));
	client.call(METHOD.stopQuery);
	client.call(METHOD.logout);
	client.call(METHOD.clientVoid);
	client.call(METHOD.login, u32(3), str('only'));
	await silence(client);
	client.call(METHOD.stopQuery, u32(1), u32(1), Buffer.alloc(9));
	client.call(METHOD.queryList, u32(1), u32(2), str('/nowhere'), u32(0),
	    str('users'), str(''), u32(0), str(''), u32(0),
	    Buffer.alloc(100));
	assert.equal((await client.listed_(2)).items.length, 451);
});

onSim('size 0 closes once four more bytes have come', async (client) => {
	const other = new Client(sim.port);

	await client.barrier();
	client.send(Buffer.concat([u32(0), Buffer.alloc(3)]));
	await other.barrier();
	await other.barrier();
	assert.ok(!client.isClosed);
	client.send(Buffer.alloc(1));
	await client.closed;
	await other.close();
});

for (const size of [4, 7, 0x7fffffff])
	onSim(`a size of ${size} swallows what follows`, async (client) => {
		const other = new Client(sim.port);

		await client.barrier();
		client.send(Buffer.concat([u32(size), u32(103)]));
		client.call(METHOD.initialize, u32(0), Buffer.from([0]));
		await other.barrier();
		await other.barrier();
		assert.deepEqual(client.frames, []);
		assert.ok(!client.isClosed);
		await other.close();
	});

onSim('HTTP gets no answer and no close', async (client) => {
	const other = new Client(sim.port);

	client.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
	await other.barrier();
	await other.barrier();
	assert.deepEqual(client.frames, []);
	assert.ok(!client.isClosed);
	await other.close();
});

for (const [name, bytes] of [
	['a string count of 0xFFFFFFFF', frame(METHOD.login, u32(1),
	    u32(0xffffffff))],
	['an object far beyond its frame', frame(METHOD.setObjectFormat,
	    u32(1), u32(0x7fffffff))],
])
	test(`${name} is the server's death`, async () => {
		const victim = await startSim('--agents', 5);
		const client = new Client(victim.port);

		await client.login();
		client.send(bytes);
		await client.closed;
		assert.equal((await victim.end()).code, 76);
		assert.match(victim.stderr, /real server dies/);
	});
