#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The golden transcript's client, replayed against the simulator: its frames
// are accepted, and answered with the methods that the real server answered.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Client, METHOD, readFrame } from './cccp.mjs';
import { ROOT, startSim } from './sim.mjs';

const lines = fs.readFileSync(path.join(ROOT,
    'tests/data/cccp/transcript.txt'), 'latin1').split('\n');
const LIVE = '# changes pushed by the server';
const OBJECT_ID_AT = 4 + 4 + 4 + 4 + 4 + '/dispatch'.length;

// Up to the live part: what was sent, and what came before more was sent.
function exchanges() {
	const names = [], list = [];

	for (const line of lines.slice(0, lines.indexOf(LIVE))) {
		const [, way, hex] = line.match(/^(C>S|S>C) (\w+)$/) ?? [];
		if (way === 'C>S')
			list.push({ sent: Buffer.from(hex, 'hex'), answers: [] });
		else if (way)
			list.at(-1).answers.push(
			    readFrame(Buffer.from(hex, 'hex'), names));
	}
	return list;
}

test('every frame of the transcript gets its answer', async (t) => {
	const sim = await startSim('--freeze');
	const client = new Client(sim.port);
	const lists = [];
	let answers = 0;

	t.after(() => sim.stop('SIGKILL'));
	for (const { sent, answers: wanted } of exchanges()) {
		const method = sent.readUInt32LE(4);
		// Objects have other ids here: the list's own are asked for.
		if (method === METHOD.queryObject)
			sent.writeUInt32LE(lists.at(-1).shift(), OBJECT_ID_AT);
		client.send(sent);
		if (wanted.length === 0)
			await client.barrier();
		for (const { method: answer, session, system } of wanted) {
			const f = await client.method(answer);
			assert.equal(f.session, session);
			assert.equal(f.system, system);
			if (f.items)
				lists.push(f.items.map((i) => i.id));
			if (f.values)
				assert.ok(f.values.length > 3);
			answers++;
		}
		assert.deepEqual(client.frames, []);
	}
	assert.equal(answers, 14);
	await client.close();
});

// Types are those that were seen, field by field.
test('values have the types that the real server sent', async (t) => {
	const sim = await startSim('--freeze');
	const client = new Client(sim.port);
	const real = new Map(), names = [];
	const views = {};
	let view;

	t.after(() => sim.stop('SIGKILL'));
	for (const line of lines) {
		const head = line.match(/^# view (\S+) format \d+ .*?": (.*)$/);
		if (head)
			views[head[1]] = new Map(head[2].split(', ')
			    .map((e) => [Number(e.slice(0, e.indexOf('='))),
			    e.slice(e.indexOf('=') + 1)]));
		view = line.match(/^# query_object \d+ of (\S+),/)?.[1] ?? view;
		if (line === LIVE)
			break;
		if (!line.startsWith('S>C'))
			continue;
		const f = readFrame(Buffer.from(line.slice(4), 'hex'), names);
		for (const v of f.values ?? [])
			real.set(`${view} ${views[view].get(v.index)}`, v.type);
	}
	assert.ok(real.size > 40);

	await sim.ask('step 30000');
	await client.login();
	let id = 1;
	for (const [name, fields] of Object.entries(views)) {
		const index = client.format(id, [...fields.values()]);
		for (const item of await client.list(id, name)) {
			const { values } = await client.object(1000 + id,
			    item.id, id);
			for (const v of values) {
				const key = `${name} ${index.get(v.index)}`;
				if (real.has(key))
					assert.equal(v.type, real.get(key), key);
			}
		}
		id++;
	}
	await client.close();
});
