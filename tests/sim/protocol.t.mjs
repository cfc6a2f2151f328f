#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The protocol as it was seen on a real server, call by call.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { callers, silence } from './callers.mjs';
import { Client, DEFAULT_NAMES, METHOD, formatBlob, str, tree, u32 }
    from './cccp.mjs';
import { startSim } from './sim.mjs';

let sim, truth, zoe;

before(async () => {
	sim = await startSim('--freeze', '--seed', 7);
	truth = await sim.truth();
	zoe = truth.users.find((u) => u.fields.login === 'zmartin');
});
after(async () => {
	const { code } = await sim.stop();
	assert.equal(code, 0, sim.stderr);
});

const { onSim, loggedIn } = callers(() => sim.port);

onSim('the server is silent until it is spoken to, and answers as seen',
    async (client) => {
	client.call(104, u32(0), Buffer.from([0]));
	client.sendLogin(1, 'admin', 'admin');
	client.call(METHOD.initialize, u32(1234), Buffer.from([1]));
	const ok = await client.method(METHOD.connectionOk);
	assert.deepEqual(client.frames, []);
	assert.equal(ok.version, 0x020a008c);
	assert.equal(ok.size, 0x18);
	assert.equal(ok.offset, 3600);
	assert.ok(Math.abs(Date.parse(ok.date) - Date.now()) < 60000);
});

onSim('a second initialize gets a second answer', async (client) => {
	await client.barrier();
	await client.barrier();
});

loggedIn('any password will do, an id only once, another one too',
    async (client) => {
	client.sendLogin(1, 'admin', 'admin');
	const failed = await client.method(METHOD.loginFailed);
	assert.equal(failed.session, 1);
	assert.equal(failed.reason, 'Login déjà effectué');
	client.sendLogin(2, '', '');
	assert.deepEqual(await client.method(METHOD.loginOk),
	    { size: 20, method: METHOD.loginOk, session: 2, user: '',
	    explorer: '' });
	assert.equal((await client.list(1, 'users')).length, 451);
	assert.equal((await client.list(1, 'users', '', { session: 2 }))
	    .length, 451);
});

loggedIn('the French text is Latin-1 on the wire', async (client) => {
	const chunks = [];
	client.socket.on('data', (c) => chunks.push(c));
	client.sendLogin(1, 'admin', 'admin');
	await client.method(METHOD.loginFailed);
	assert.equal(Buffer.concat(chunks).toString('hex'),
	    '23000000224e00000100000013000000' +
	    '4c6f67696e2064e96ae02065666665637475e9');
});

onSim('order errors are met with silence', async (client) => {
	client.sendList(1, 'users');
	client.sendLogin(1, 'a', 'b');
	await silence(client);
	client.sendList(1, 'users');
	client.sendLogin(1, 'a', 'b');
	await client.method(METHOD.loginOk);
	client.sendList(1, 'users', '', { session: 9 });
	client.format(1, ['login'], { session: 9 });
	client.call(METHOD.logout, u32(9));
	await silence(client);
	client.call(METHOD.logout, u32(1));
	client.sendList(1, 'users');
	await silence(client);
	client.sendLogin(1, 'a', 'b');
	await client.method(METHOD.loginOk);
});

loggedIn('lists that do not exist are silent, empty ones are not',
    async (client) => {
	for (const name of ['queues_sessions', 'interfaces', 'outbounds',
	    'user_registers'])
		assert.deepEqual(await client.list(1, name), []);
	for (const name of ['comm_sessions', 'comm_queues', 'outbound',
	    'events', 'profiles', 'states', '', 'user', 'usersx'])
		client.sendList(1, name);
	await silence(client);
	for (const name of ['users', 'queues', 'sessions', 'tasks',
	    'file_tasks', 'groups'])
		assert.ok((await client.list(1, name)).length > 0, name);
	assert.deepEqual(await client.list(1, 'users',
	    ".[login eq 'nobody']"), []);
});

loggedIn('the first list names the namespace, later ones do not',
    async (client) => {
	client.sendList(7, 'users', ".[login eq 'nobody']");
	assert.equal((await client.listed_(7)).size, 0x4a);
	client.sendList(8, 'users', ".[login eq 'nobody']");
	assert.equal((await client.listed_(8)).size, 0x2f);
	client.sendList(9, 'users', ".[login eq 'zmartin']");
	const one = await client.listed_(9);
	assert.equal(one.size, 0x5d);
	assert.deepEqual(one.items, [{ action: 1, id: zoe.id, rank: 0 }]);
	assert.deepEqual(client.names, [DEFAULT_NAMES[0]]);
});

loggedIn('the index call: 38 names once, and no less from the client',
    async (client) => {
	client.call(METHOD.useDefaultNamespacesIndex);
	assert.equal((await client.method(METHOD.defaultIndexOk)).size, 8);
	client.sendList(7, 'users', ".[login eq 'nobody']");
	assert.equal((await client.listed_(7)).size, 1104);
	assert.deepEqual(client.names, DEFAULT_NAMES);
	client.sendList(8, 'users', ".[login eq 'nobody']");
	assert.equal((await client.listed_(8)).size, 0x2f);
	client.format(1, ['login'], { names: [] });
	client.format(2, ['login'], { names: [DEFAULT_NAMES[0]] });
	client.sendObject(1, zoe.id, 1);
	client.sendObject(1, zoe.id, 2);
	await silence(client);
	client.format(3, ['login'], { names: DEFAULT_NAMES });
	assert.equal((await client.object(1, zoe.id, 3)).values[0].value,
	    'zmartin');
	client.format(4, ['login'], { names: [] });
	await client.object(1, zoe.id, 4);
	client.format(5, ['login'], { names: DEFAULT_NAMES });
	await client.object(1, zoe.id, 5);
});

loggedIn('a first format without a name makes it deaf for formats',
    async (client) => {
	const { fields } = tree(['login']);
	const define = (id, names) => client.call(METHOD.setObjectFormat,
	    u32(1), formatBlob(names, id, fields, 1));

	define(1, []);
	define(2, [DEFAULT_NAMES[0]]);
	client.sendObject(1, zoe.id, 1);
	client.sendObject(1, zoe.id, 2);
	await silence(client);
	assert.ok((await client.list(1, 'users')).length > 0);
});

loggedIn('an object with a wrong index is lost',
    async (client) => {
	const { fields } = tree(['login']);
	const define = (id, names, ns) => client.call(METHOD.setObjectFormat,
	    u32(1), formatBlob(names, id, fields, ns));

	define(2, [DEFAULT_NAMES[0]], 5);
	client.sendObject(1, zoe.id, 2);
	await silence(client);
	define(3, [DEFAULT_NAMES[0]], 1);
	await client.object(1, zoe.id, 3);
});

loggedIn('an object with mode 1, a wrong class or a wrong type is lost',
    async (client) => {
	const bend = (id, change) => {
		const blob = formatBlob([DEFAULT_NAMES[0]], id,
		    tree(['login']).fields);
		change(blob, 4 + 4 + DEFAULT_NAMES[0].length + 4);
		client.call(METHOD.setObjectFormat, u32(1), blob);
		client.sendObject(1, zoe.id, id);
	};
	bend(1, (blob, at) => { blob[at] = 1; });
	bend(2, (blob, at) => { blob[at + 5] = 7; });
	bend(3, (blob, at) => { blob[at + 1 + 12 + 2] = 3; });
	const whole = formatBlob([DEFAULT_NAMES[0]], 5, tree(['login']).fields);
	const tail = Buffer.concat([u32(whole.length - 3), whole.subarray(4),
	    Buffer.alloc(1)]);
	client.call(METHOD.setObjectFormat, u32(1), tail);
	client.sendObject(1, zoe.id, 5);
	await silence(client);
	bend(4, () => {});
	await client.answered(1);
	// Closing zeros that lack at the very end are forgiven.
	const short = formatBlob([DEFAULT_NAMES[0]], 6, tree(['login']).fields)
	    .subarray(4, -2);
	client.call(METHOD.setObjectFormat, u32(1), u32(short.length), short);
	client.sendObject(1, zoe.id, 6);
	await client.answered(1);
});

loggedIn('the format of the description, to the byte', async (client) => {
	client.send(Buffer.from('6a0100001a270000010000005a010000' +
	    '17000000636f6d2e636f6e73697374656e742e70726f746f636f6c' +
	    '0000000000010000000200008300000000' +
	    '010001000100000002003200' +
	    '0100000001000083000000000100010000000000' +
	    '02000500050000006c6f67696e0000' +
	    '0100000001000083000000000100010001000000' +
	    '020005000800000073657373696f6e7303003200' +
	    '0100000001000083000000000100010002000000' +
	    '02000500040000006c61737403003200' +
	    '0100000001000083000000000100010003000000' +
	    '020005000700000073657373696f6e03003200' +
	    '0100000001000083000000000100010004000000' +
	    '02000500060000006c6f676765640000' +
	    '0100000001000083000000000100010005000000' +
	    '020005000a0000006c6f67696e5f646174650000' +
	    '000000000000000000000000000000000000' +
	    '0100000001000083000000000100010006000000' +
	    '020005000a000000627573795f636f756e740000' +
	    '000000000000', 'hex'));
	const { values } = await client.object(8, zoe.id, 1);
	const by = new Map(values.map((v) => [v.index, v]));
	assert.deepEqual([...by.keys()], [0, 4, 5, 6]);
	assert.deepEqual([...by.values()].map((v) => v.type), [5, 4, 6, 1]);
	assert.equal(by.get(5).value,
	    zoe.fields['sessions.last.session.login_date']);
});

loggedIn('formats: unknown names, two leaves of one index, the first wins',
    async (client) => {
	const fields = [['login', 5], ['name', 5], ['nothing', 6],
	    ['login.x', 7], ['sessions', 8]].map(([name, index]) =>
	    ({ name, index, fields: [] }));

	client.call(METHOD.setObjectFormat, u32(1),
	    formatBlob([DEFAULT_NAMES[0]], 0, fields));
	client.listed = true;
	client.format(0, ['busy_count']);
	const f = await client.object(1, zoe.id, 0, 77);
	assert.deepEqual(f.values.map((v) => [v.index, v.value]),
	    [[5, 'zmartin'], [5, 'Zoé Martin']]);
	assert.equal(f.listSystem, 77);
	client.format(1, ['nothing.at.all', "login.count('0')"]);
	assert.deepEqual((await client.object(2, zoe.id, 1)).values, []);
	// Another kind of object shares what it has.
	client.format(2, ['name', 'login', 'priority']);
	assert.equal((await client.object(3, truth.queues[0].id, 2))
	    .values.length, 2);
	client.sendObject(4, 0x7fffffff, 2);
	client.sendObject(4, 0, 99);
	client.sendObject(4, zoe.id, 99);
	await silence(client);
	// Object 0 is none, and answers all the same.
	assert.deepEqual((await client.object(5, 0, 2)).values, []);
});

loggedIn('stop_query removes one subscription a call, the list first',
    async (client) => {
	const mode = 'last_state_display_name';
	const pushes = async () => {
		await client.barrier();
		return client.frames.splice(0).map((f) => f.items ? 'list' :
		    f.values[0].value);
	};
	client.format(1, [mode]);
	await client.list(5, 'users', `.[${mode} eq 'Pause café']`);
	await client.object(5, zoe.id, 1, zoe.id);
	await client.object(5, zoe.id, 1, zoe.id);

	await sim.ask('agent zmartin available');
	client.frames.length = 0;
	await pushes();
	await sim.ask('agent zmartin pause café');
	assert.deepEqual(await pushes(), ['Pause café', 'Pause café', 'list']);
	client.call(METHOD.stopQuery, u32(1), u32(6));
	client.call(METHOD.stopQuery, u32(1), u32(5));
	await client.barrier();
	await sim.ask('agent zmartin pause déjeuner');
	assert.deepEqual(await pushes(), ['Pause déjeuner', 'Pause déjeuner']);
	client.call(METHOD.stopQuery, u32(1), u32(5));
	await client.barrier();
	await sim.ask('agent zmartin pause café');
	assert.deepEqual(await pushes(), ['Pause café']);
	client.call(METHOD.stopQuery, u32(1), u32(5));
	client.call(METHOD.stopQuery, u32(1), u32(5));
	await client.barrier();
	await sim.ask('agent zmartin pause déjeuner');
	assert.deepEqual(await pushes(), []);
});

loggedIn('a second list under one id keeps the first', async (client) => {
	await client.list(5, 'users', '');
	await client.list(5, 'users', '');
	await sim.ask('add nouveau1 Noé Nouveau');
	await client.barrier();
	const items = client.frames.flatMap((f) => f.items);
	assert.equal(items.length, 2);
	assert.deepEqual(items[0], items[1]);
	assert.equal(items[0].action, 1);
	client.frames.length = 0;
	await sim.ask('remove nouveau1');
	await client.barrier();
	assert.deepEqual(client.frames.flatMap((f) => f.items),
	    [{ action: 2, id: items[0].id, rank: 0 },
	    { action: 2, id: items[0].id, rank: 0 }]);
});

loggedIn('a new session comes in one push, without what only scripts set',
    async (client) => {
	const LAST = 'sessions.last.session.';
	const RECORD = `${LAST}record_active.value`;
	const NEW = ['session_id', 'login_date', 'phone_uri', 'logged']
	    .map((name) => LAST + name);
	const index = client.format(1, [...NEW, RECORD]);
	const named = (f) => Object.fromEntries(f.values.map((v) =>
	    [index.get(v.index), v.value]));

	await sim.ask('agent zmartin logout');
	await client.object(5, zoe.id, 1);
	await sim.ask(`set zmartin ${RECORD} 3`);
	assert.deepEqual(named(await client.answered(5)), { [RECORD]: '3' });
	await sim.ask('agent zmartin login');
	await client.barrier();
	const pushes = client.frames.splice(0).map(named);
	assert.deepEqual(pushes.map((f) => Object.keys(f).sort()),
	    [[...NEW].sort().filter((n) => n !== `${LAST}phone_uri`)]);
	const { values } = await client.object(6, zoe.id, 1);
	assert.deepEqual(named({ values })[RECORD], undefined);
});

loggedIn('what leaves a list says so first, and its last value then',
    async (client) => {
	const LOGGED = 'sessions.last.session.logged';

	client.format(1, [LOGGED]);
	await sim.ask('agent zmartin available');
	await client.list(5, 'users', '.[sessions/last/session/logged]');
	await client.object(6, zoe.id, 1);
	await sim.ask('agent zmartin logout');
	await client.barrier();
	assert.deepEqual(client.frames.splice(0).map((f) =>
	    f.items?.[0].action ?? f.values[0].value), [2, false]);
	await sim.ask('agent zmartin login');
	await client.barrier();
	assert.deepEqual(client.frames.splice(0).map((f) =>
	    f.items?.[0].action ?? f.values[0].value), [1, true]);
});

loggedIn('a push tells when a value becomes empty',
    async (client) => {
	const index = client.format(1, ['last_state_name', 'last_state_date',
	    'busy_count', 'sessions.last.session.logged']);
	await sim.ask('agent zmartin talk');
	await client.object(5, zoe.id, 1);
	await sim.ask('agent zmartin logout');
	await client.barrier();
	const seen = client.frames.splice(0).map((f) => {
		assert.equal(f.values.length, 1);
		return [index.get(f.values[0].index), f.values[0].value];
	});
	const last = Object.fromEntries(seen);
	assert.deepEqual(last, { busy_count: 0, last_state_name: '',
	    last_state_date: null, 'sessions.last.session.logged': false });
});

loggedIn('a list of one object: its sessions and states', async (client) => {
	await sim.ask('agent zmartin available');
	const [session] = await client.list(1, 'sessions', '',
	    { object: zoe.id });
	client.format(1, ['user.login', 'session_type', 'name',
	    'display_name']);
	assert.deepEqual((await client.object(2, session.id, 1)).values
	    .map((v) => v.value), ['zmartin', 3]);
	const [state] = await client.list(3, 'states', '', { object: zoe.id });
	assert.deepEqual((await client.object(4, state.id, 1)).values
	    .map((v) => v.value), ['inbound', 'Disponible']);
	client.sendList(5, 'tasks', '', { object: zoe.id });
	client.sendList(5, 'sessions', '', { object: truth.queues[0].id });
	client.sendList(5, 'sessions', '', { object: 0x7fffffff });
	await silence(client);
});

loggedIn('select_and_query_object takes the first that matches, live',
    async (client) => {
	const select = (system, filter) => client.call(
	    METHOD.selectAndQueryObject, u32(1), u32(system),
	    str('/dispatch'), u32(0), str('users'), str(filter), u32(1),
	    u32(0));

	client.format(1, ['login', 'last_state_display_name']);
	select(3, ".[login eq 'zmartin']");
	assert.equal((await client.answered(3)).values[0].value, 'zmartin');
	await sim.ask('agent zmartin pause café');
	assert.equal((await client.answered(3)).values[0].value,
	    'Pause café');
	select(4, ".[login eq 'nobody']");
	select(4, '.[nonsense');
	await silence(client);
});

loggedIn('a window leaves out what is old', async (client) => {
	const all = await client.list(1, 'tasks');
	const none = await client.list(2, 'tasks', '',
	    { windowField: 'end_date', windowDuration: 0 });
	const recent = await client.list(3, 'tasks', '',
	    { windowField: 'start_date', windowDuration: 300 });
	assert.equal(none.length, all.length);
	assert.ok(recent.length > 0 && recent.length < all.length);
});

loggedIn('load_day is answered, other events are not', async (client) => {
	const event = (name) => client.call(METHOD.clientEvent, u32(1),
	    str(''), str('loader.vm'), str(''), Buffer.from([0]),
	    str(`com.consistent.ccenter.dispatch.${name}`), u32(4), u32(0));

	event('load_day.2026_03_02');
	const loaded = await client.method(METHOD.serverEvent);
	assert.equal(loaded.size, 0x68);
	assert.equal(loaded.target, 'loader.vm');
	assert.equal(loaded.event,
	    'com.consistent.ccenter.dispatch.day_loaded');
	assert.equal(loaded.object, null);
	event('load_day.yesterday');
	assert.equal((await client.method(METHOD.serverEvent)).event,
	    'com.consistent.ccenter.dispatch.bad_day');
	event('unheard_of');
	await silence(client);
	// Half an index call by anyone keeps days from being loaded.
	const other = new Client(sim.port);
	await other.login();
	other.call(METHOD.useDefaultNamespacesIndex);
	await other.method(METHOD.defaultIndexOk);
	event('load_day.2026_03_02');
	await silence(client);
	await other.close();
});
