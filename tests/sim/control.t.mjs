#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The control socket: freezing, steps, replay, agents that a test directs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import net from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from './cccp.mjs';
import { PROGRAM, startSim, until } from './sim.mjs';

const run = promisify(execFile);

async function withSim(t, ...args) {
	const sim = await startSim(...args);

	t.after(async () => {
		const { code, signal } = await sim.stop();
		assert.equal(signal ?? code, 0, sim.stderr);
	});
	return sim;
}

const changes = async (sim) => JSON.parse(await sim.ask('stats')).changes;

// Without what the clock on the wall has a part in; what was done today has
// had a second more in the second run.
function timeless(truth) {
	const isTime = ([key, value]) => /^\d{4}-\d\d-\d\dT/.test(value) ||
	    value === null || /duration|_start\.value|session_id/.test(key) ||
	    /count\('0'\)/.test(key) ||
	    /last_outgoing_activity|^now$|^changes$/.test(key);
	const strip = (value) => Array.isArray(value) ? value.map(strip) :
	    value && typeof value === 'object' ? Object.fromEntries(
	    Object.entries(value).filter((e) => !isTime(e))
	    .map(([k, v]) => [k, strip(v)])) : value;

	return strip(truth);
}

test('one seed is one day, but for the dates', async (t) => {
	const days = [];

	for (const seed of [5, 5, 6]) {
		const sim = await withSim(t, '--seed', seed, '--freeze');
		const first = timeless(await sim.truth());
		assert.match(await sim.ask('step 5000'), /^ok \d+\n$/);
		days.push([first, timeless(await sim.truth())]);
	}
	assert.deepEqual(days[0], days[1]);
	assert.notDeepEqual(days[0][0], days[0][1]);
	assert.notDeepEqual(days[0][0].users, days[2][0].users);
});

test('a replayed day is the same to the last byte', async (t) => {
	const texts = [];

	for (const more of [[], []]) {
		const sim = await withSim(t, '--replay', 1772438400,
		    '--freeze', ...more);
		await sim.ask('step 4000');
		await sim.ask('step 3000');
		texts.push(await sim.ask('list'));
	}
	assert.equal(texts[0], texts[1]);
	assert.match(texts[0], /2026-03-02T08:/);
});

test('frozen is frozen, and thawed goes on', async (t) => {
	const sim = await withSim(t, '--events', 5000);

	assert.equal(await sim.ask('freeze'), 'ok\n');
	const is = await changes(sim);
	const { now, ...rest } = await sim.truth();
	for (let i = 0; i < 20; i++)
		assert.equal(await changes(sim), is);
	const { now: later, ...same } = await sim.truth();
	assert.deepEqual(same, rest);
	assert.ok(later > now);
	assert.ok(rest.frozen);
	await sim.ask('thaw');
	await until(async () => await changes(sim) > is + 1000, 'changes');
	await assert.rejects(sim.ask('step 5'), /freeze first/);
});

test('what was pushed before freezing was acknowledged is on its way',
    async (t) => {
	const sim = await withSim(t, '--events', 3000);
	const client = new Client(sim.port);
	const seen = new Map();

	client.onFrame = (f) => f.values?.forEach((v) =>
	    seen.set(f.system, v.value));
	await client.login();
	client.format(1, ['last_state_name']);
	const { users } = await sim.truth();
	for (const user of users)
		client.sendObject(user.id, user.id, 1);
	for (let i = 0; i < 5; i++) {
		const from = await changes(sim);
		await until(async () => await changes(sim) > from + 500,
		    'changes');
		await sim.ask('freeze');
		await client.barrier();
		for (const { id, fields } of (await sim.truth()).users)
			assert.equal(seen.get(id), fields.last_state_name);
		await sim.ask('thaw');
	}
	await client.close();
});

test('dates of states that move by less than a second are not pushed',
    async (t) => {
	// This clock moves by a microsecond with each command.
	const sim = await withSim(t, '--replay', 1772438400, '--freeze');
	const client = new Client(sim.port);
	const { id } = (await sim.truth()).users[0];
	const pushed = async (verb) => {
		await sim.ask(`agent zmartin ${verb}`);
		await client.barrier();
		return client.frames.splice(0).map((f) =>
			index.get(f.values[0].index));
	};

	await sim.ask('agent zmartin available');
	await client.login();
	const index = client.format(1, ['last_state_name', 'last_state_date']);
	await client.object(5, id, 1);
	assert.deepEqual(await pushed('pause café'), ['last_state_name']);
	const { values } = await client.object(6, id, 1);
	assert.equal(values[1].value, (await sim.truth()).users[0]
	    .fields.last_state_date);
	await sim.ask('agent zmartin free');
	await sim.ask('step 20000');
	client.frames.length = 0;
	assert.ok((await pushed('withdraw')).includes('last_state_date'));
	await client.close();
});

test('SIGUSR1 freezes and thaws', async (t) => {
	const sim = await withSim(t);
	const frozen = async () => (await sim.truth()).frozen;

	sim.child.kill('SIGUSR1');
	await until(frozen, 'frost');
	sim.child.kill('SIGUSR1');
	await until(async () => !await frozen(), 'thaw');
});

test('about as many changes a second as asked', async (t) => {
	const sim = await withSim(t, '--events', 400);
	const start = Date.now(), from = await changes(sim);

	// No more than its budget, whatever the machine is busy with: the
	// clock starts before the count is asked for.
	await until(async () => await changes(sim) > from + 800, 'changes');
	const seconds = (Date.now() - start) / 1000;
	assert.ok(seconds > 0.5, `800 changes in ${seconds} s`);
	const none = await withSim(t, '--events', 0);
	assert.equal(await changes(none), 0);
});

test('stats tell how many objects were asked for', async (t) => {
	const sim = await withSim(t, '--agents', 5, '--freeze');
	const client = new Client(sim.port);
	const objects = async () => JSON.parse(await sim.ask('stats')).objects;

	await client.login();
	client.format(1, ['login']);
	for (const { id } of await client.list(1, 'users'))
		await client.object(2, id, 1);
	assert.equal(await objects(), 6);
	await client.close();
});

const verbs = [['login', 'available'], ['available', 'available'],
	['lock', 'ringing'], ['ring', 'ringing'], ['talk', 'talking'],
	['quiet', 'talking'], ['hold', 'held'],
	['wrapup', 'wrapup'], ['other', 'other_call'],
	['outbound', 'outbound'], ['dial', 'outbound'],
	['pause café', 'paused'], ['pause', 'paused'],
	['pause Rendez-vous médical', 'paused'], ['withdraw', 'withdrawn'],
	['unplug', 'withdrawn'], ['mode backoffice', 'unknown'],
	['logout', 'offline']];

test('an agent does what it is told, from any state, and keeps to it',
    async (t) => {
	const sim = await withSim(t, '--agents', 40, '--freeze');
	const zoe = async () => (await sim.truth()).users
	    .find((u) => u.fields.login === 'zmartin');

	for (const [from] of verbs)
		for (const [verb, state] of verbs) {
			await sim.ask(`agent zmartin ${from}`);
			await sim.ask(`agent zmartin ${verb}`);
			assert.equal((await zoe()).state, state,
			    `${from}, then ${verb}`);
		}
	await sim.ask('agent zmartin pause Rendez-vous médical');
	await sim.ask('step 5000');
	const { fields, state } = await zoe();
	assert.equal(state, 'paused');
	assert.equal(fields.last_state_display_name, 'Rendez-vous médical');
	await sim.ask('agent zmartin free');
	assert.equal((await zoe()).state, 'available');
	// Its own master: some time it will do something else.
	await until(async () => {
		await sim.ask('step 1000');
		return (await zoe()).state !== 'available';
	}, 'a change of mind');
	// Queue counters have survived all that.
	for (const { fields: q } of (await sim.truth()).queues)
		for (const [key, n] of Object.entries(q))
			assert.ok(typeof n !== 'number' || n < 1e6,
			    `${q.name} ${key} ${n}`);
});

test('calls in the hands of a directed agent', async (t) => {
	const sim = await withSim(t, '--agents', 40, '--freeze');
	const TASK = 'tasks.last.task.';
	const zoe = async () => (await sim.truth()).users
	    .find((u) => u.fields.login === 'zmartin');
	const told = async (verb) => {
		await sim.ask(`agent zmartin ${verb}`);
		const { state, state_since: since, fields: f } = await zoe();
		return { state, since, busy: f.busy_count,
		    mode: f.last_state_name, dated: f.last_state_date,
		    managed: f[`${TASK}management_effective_date`],
		    ended: f[`${TASK}end_date`],
		    began: f[`${TASK}states.last.start_date`] };
	};

	// The mode is older than the call, which is over.
	await sim.ask('agent zmartin available');
	const talk = await told('quiet'), free = await told('end');
	assert.equal(talk.mode, 'inbound');
	assert.equal(talk.since, talk.began);
	assert.deepEqual([free.state, free.busy, free.dated],
	    ['available', 0, talk.dated]);
	assert.ok(free.since === free.ended && free.since > free.dated);
	const held = await told('hold'), wrapup = await told('wrapup');
	assert.equal(held.since, held.began);
	assert.equal(wrapup.since, wrapup.began);

	// Two calls: the last task is the second, which is given up.
	const first = await told('talk'), second = await told('second');
	assert.deepEqual([second.state, second.busy, second.managed],
	    ['ringing', 1, null]);
	const after = await told('dead');
	assert.deepEqual([after.state, after.busy], ['talking', 1]);
	assert.ok(after.ended > second.since && after.began > first.since);
	await assert.rejects(sim.ask('agent zmartin dead'), /no second call/);
	const end = await told('end');
	assert.deepEqual([end.state, end.ended], ['available', after.ended]);
	await assert.rejects(sim.ask('agent zmartin end'), /no call/);
	await assert.rejects(sim.ask('agent zmartin second'), /not talk/);
	await told('talk');
	await told('second');
	assert.equal((await told('logout')).state, 'offline');
	await sim.ask('step 1000');
});

test('twins and odd logins', async (t) => {
	const sim = await withSim(t, '--agents', 20, '--queues', 5,
	    '--twins', 3, '--freeze');
	const first = await sim.truth();
	const of = (truth, key, name) => truth[key].filter((o) =>
	    (o.fields.login ?? o.fields.name) === name);

	for (const [key, name] of [['users', 'zmartin'],
	    ['queues', first.queues[0].fields.name]]) {
		const [real, twin] = of(first, key, name);

		assert.ok(!real.extra && twin.extra && twin.id > real.id, name);
	}
	assert.equal(first.users.filter((u) => u.extra).length, 3 + 3);
	assert.deepEqual(first.users.slice(-3).map((u) =>
	    u.fields.login.length), [0, 9, 300]);
	// The twin comes to work, and goes for good.
	const [, twin] = of(first, 'users', 'zmartin');
	const logged = 'sessions.last.session.logged';
	await sim.ask(`set #${twin.id} ${logged} true`);
	assert.equal(of(await sim.truth(), 'users', 'zmartin')[1]
	    .fields[logged], true);
	await sim.ask(`remove #${twin.id}`);
	await sim.ask('twin zmartin');
	await sim.ask(`twin ${first.queues[4].fields.name}`);
	const last = await sim.truth();
	assert.equal(of(last, 'users', 'zmartin').length, 2);
	assert.equal(of(last, 'queues', first.queues[4].fields.name).length, 2);
	await sim.ask('odd');
	assert.equal((await sim.truth()).users.filter((u) => u.extra).length, 9);
	await assert.rejects(sim.ask('twin nobody'), /no such user or queue/);
});

test('users come, are renamed, and go; values are set', async (t) => {
	const sim = await withSim(t, '--agents', 20, '--freeze');
	const find = async (login) => (await sim.truth()).users
	    .find((u) => u.fields.login === login);

	await sim.ask('add nnouveau Noé Nouveau');
	const { id, fields } = await find('nnouveau');
	assert.equal(fields.name, 'Noé Nouveau');
	await sim.ask('agent nnouveau talk');
	await sim.ask('set nnouveau login nancien');
	assert.equal((await find('nancien')).id, id);
	assert.equal(await find('nnouveau'), undefined);
	await sim.ask("set nancien total_inbound.count('0') 7");
	await sim.ask('set nancien busy_count 3');
	await sim.ask('set nancien sessions.last.session.logged false');
	await sim.ask('set nancien last_state_date 1772438400000000');
	await sim.ask('set nancien contact_duration.max(\'0\') 1.25');
	const set = (await find('nancien')).fields;
	assert.equal(set["total_inbound.count('0')"], 7);
	assert.equal(set.busy_count, 3);
	assert.equal(set['sessions.last.session.logged'], false);
	assert.equal(set.last_state_date, '2026-03-02T08:00:00.000000Z');
	assert.equal(set["contact_duration.max('0')"], 1.25);
	await sim.ask('remove nancien');
	assert.equal(await find('nancien'), undefined);
	await sim.ask('add nancien Noé Ancien');
	assert.ok((await find('nancien')).id > id);
	await sim.ask('step 2000');
});

test('what cannot be done is said', async (t) => {
	const sim = await withSim(t, '--agents', 5, '--freeze');
	const wrong = {
		'dance': /no such command/, 'step': /number of changes/,
		'step -1': /number of changes/, 'step 1x': /number/,
		'step 1e9': /number/, 'agent nobody talk': /no such agent/,
		'agent zmartin dance': /no such verb/,
		'agent zmartin mode': /takes a name/,
		'misbehave badly': /no such kind/,
		'set nobody login x': /no such agent/,
		'set zmartin height 3': /no such attribute/,
		'set zmartin busy_count many': /number/,
		'set zmartin login é': /ASCII/, 'add zmartin Zoé': /there is/,
		'add': /login/, 'remove nobody': /no such agent/,
		'queue stop Nothing': /no such queue/,
		'queue jump acc__Accueil': /start, stop/,
	};
	for (const [command, message] of Object.entries(wrong))
		await assert.rejects(sim.ask(command), message, command);
	assert.match(await sim.ask('help'), /misbehave KIND/);
});

test('the socket: no line, a line, an end, and nothing at all', async (t) => {
	const sim = await withSim(t, '--agents', 5);
	const answer = (use) => new Promise((resolve, reject) => {
		const peer = net.connect(sim.socket);
		let text = '';

		peer.on('data', (chunk) => { text += chunk; });
		peer.on('end', () => resolve(text));
		peer.on('error', reject);
		use(peer);
	});
	for (const use of [(p) => p.end(), (p) => p.end('\n'),
	    (p) => p.end('list'), (p) => p.write('list\n'), () => {}])
		assert.equal(JSON.parse(await answer(use)).users.length, 6);
	assert.equal(await answer((p) => {
		p.write('fre');
		setImmediate(() => p.end('eze\nmore'));
	}), 'ok\n');
	// Too long a line is cut off without an answer.
	const long = net.connect(sim.socket);
	long.on('error', () => {});
	long.write(Buffer.alloc(200000, 'x'));
	await new Promise((done) => { long.on('close', done); });
	assert.equal((await sim.truth()).frozen, true);
});

test('cccp-sim --control asks for people and scripts', async (t) => {
	const sim = await withSim(t, '--agents', 5);
	const { stdout } = await run(PROGRAM, ['--control', sim.socket,
	    'agent', 'zmartin', 'pause', 'café']);
	assert.equal(stdout, 'ok\n');
	const list = await run(PROGRAM, ['--control', sim.socket]);
	assert.equal(JSON.parse(list.stdout).users[0].state, 'paused');
	await assert.rejects(run(PROGRAM, ['--control', sim.socket, 'dance']),
	    (error) => error.code === 1 && /no such command/.test(error.stdout));
	await assert.rejects(run(PROGRAM, ['--control', '/nonexistent/x']),
	    (error) => error.code === 1 && /nonexistent/.test(error.stderr));
});

test('SIGTERM asks to disconnect, and waits until clients close',
    async (t) => {
	const sim = await startSim('--events', 500);
	const client = new Client(sim.port), other = new Client(sim.port);

	t.after(() => sim.stop('SIGKILL'));
	await client.login();
	await other.login();
	const ended = sim.stop();
	const asked = await client.method(0);
	assert.equal(asked.size, 8);
	await other.method(0);
	// It keeps answering, but takes nobody new.
	assert.equal((await client.list(1, 'users')).length, 451);
	const late = new Client(sim.port);
	await late.closed;
	await client.close();
	await other.barrier();
	await other.close();
	assert.equal((await ended).code, 0);
});

test('a client that does not close keeps it from ending only so long',
    async (t) => {
	const sim = await startSim('--agents', 5);
	const client = new Client(sim.port);

	t.after(() => sim.stop('SIGKILL'));
	await client.login();
	assert.equal((await sim.stop()).code, 0);
	await client.closed;
});

test('a second SIGTERM ends it at once', async (t) => {
	const sim = await startSim('--agents', 5);
	const client = new Client(sim.port);

	t.after(() => sim.stop('SIGKILL'));
	await client.login();
	sim.child.kill('SIGTERM');
	await client.method(0);
	sim.child.kill('SIGTERM');
	await client.closed;
	assert.equal((await sim.end()).code, 1);
});
