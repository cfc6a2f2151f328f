#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Filters: what they let through, and what they cannot read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, METHOD, u32 } from './cccp.mjs';
import { startSim } from './sim.mjs';

let sim, truth, client;
let system = 100;

before(async () => {
	sim = await startSim('--freeze', '--seed', 3);
	truth = await sim.truth();
	client = new Client(sim.port);
	await client.login();
});
after(async () => {
	await client.close();
	await sim.stop();
});

const f = (u) => u.fields;
const LOGGED = 'sessions.last.session.logged';
const PROFILE = 'sessions.last.session.profile_name';
const LOGOUT = 'sessions.last.session.logout_date';

// The filter, and the same in words of JavaScript.
const good = [
	['users', '', () => true],
	['users', ".[login eq 'zmartin']", (u) => f(u).login === 'zmartin'],
	['users', ".[login ne 'zmartin']", (u) => f(u).login !== 'zmartin'],
	['users', ".[login gt 'm']", (u) => f(u).login > 'm'],
	['users', '.[busy_count gt 0]', (u) => f(u).busy_count > 0],
	['users', '.[busy_count eq 1]', (u) => f(u).busy_count === 1],
	['users', '.[busy_count ge 1]', (u) => f(u).busy_count >= 1],
	['users', '.[busy_count le 0]', (u) => f(u).busy_count === 0],
	['users', '.[login eq "zmartin"]', (u) => f(u).login === 'zmartin'],
	['users', '.[sessions/last/session/logged]', (u) => f(u)[LOGGED]],
	['users', '.[sessions/last/session/logged eq 1]',
	    (u) => f(u)[LOGGED]],
	['users', '.[sessions/last/session/logged eq 0]',
	    (u) => f(u)[LOGGED] === false],
	['users', ".[sessions/last/session/profile_name eq 'Agent_confirm\xe9']",
	    (u) => f(u)[PROFILE] === 'Agent_confirmé'],
	['users', ".[sessions/last/session/profile_name eq 'Agent_confirm" +
	    "\xc3\xa9']", () => false],
	['users', ".[sessions/last/session/logout_date eq '']",
	    (u) => f(u)[LOGOUT] === null],
	['users', ".[sessions/last/session/logout_date ne '']",
	    (u) => Boolean(f(u)[LOGOUT])],
	['users', ".[sessions/last/session/login_date gt '2020/01/01 00:00:00']",
	    (u) => LOGGED in f(u)],
	['users', ".[sessions/last/session/login_date gt '2099/01/01 00:00:00']",
	    () => false],
	['users', '.[sessions/last/session[logged and profile_name ne ' +
	    "'Superviseur_default']]", (u) => f(u)[LOGGED] &&
	    f(u)[PROFILE] !== 'Superviseur_default'],
	['users', ".[busy_count gt 0 or login eq 'zmartin']",
	    (u) => f(u).busy_count > 0 || f(u).login === 'zmartin'],
	['users', ".[login eq 'zmartin' or busy_count gt 0 and login gt 'm']",
	    (u) => f(u).login === 'zmartin' ||
	    (f(u).busy_count > 0 && f(u).login > 'm')],
	['users', ".[(login eq 'zmartin' or busy_count gt 0) and login gt 'm']",
	    (u) => (f(u).login === 'zmartin' || f(u).busy_count > 0) &&
	    f(u).login > 'm'],
	['users', ".[busy_count gt 0][login gt 'm']",
	    (u) => f(u).busy_count > 0 && f(u).login > 'm'],
	['users', " . [ busy_count  gt 0 ] ", (u) => f(u).busy_count > 0],
	['queues', '.[virtual_queue eq 0 and running]', null],
	['queues', '.[priority gt 1.5]', null],
	['sessions', '.[session_type eq 3]', null],
	['sessions', ".[connections/last/call_id ne '' and session_type ne 3]",
	    null],
	['file_tasks', ".[terminate_date eq '']", null],
];

for (const [list, filter, wanted] of good)
	test(`${list} ${filter}`, async () => {
		const items = await client.list(system++, list, filter);

		if (wanted) {
			assert.deepEqual(items.map((i) => i.id),
			    truth.users.filter(wanted).map((u) => u.id));
			return;
		}
		// Objects that the truth does not hold: some, but not all.
		assert.ok(items.length > 0);
		assert.ok(items.length < (await client.list(system++, list))
		    .length);
	});

const bad = ['login', 'login eq', "[login eq 'a']", '.[]', '.[login]',
	'.[busy_count]', '.[login eq "a\']', ".[login = 'a']", ".[login lt 'a']",
	".[sessions.last.session.logged]", ".[row.login eq 'a']",
	'.[true]', ".[nothing eq 'a']", ".[login eq 'a]", ".[login eq 'a'",
	".[login eq 'a'] x", ".[login eq a]", '.[and]', '.[running and]',
	".[login eq 'a' xor login eq 'b']", ".[login eq 'a' or]",
	".[sessions/last/session[nothing]]", ".[sessions[last]",
	".[last_state_date eq 'yesterday']", ".[busy_count eq 1.2.3]",
	`.[${'('.repeat(100)}running`, `.[${'a/'.repeat(400)}b]`,
	`.[${Array(400).fill('busy_count eq 1').join(' or ')}]`];

for (const filter of bad)
	test(`nothing for ${filter.slice(0, 60)}`, async () => {
		assert.deepEqual(await client.list(system++, 'users', filter),
		    []);
	});

test('dates are in the local time of the server', async () => {
	const dates = truth.tasks.map((t) => t.fields.end_date)
	    .filter((date) => date !== null).sort();
	const middle = dates[Math.floor(dates.length / 2)];
	const local = new Date(Date.parse(middle) + 3600 * 1000)
	    .toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
	const items = await client.list(system++, 'tasks',
	    `.[end_date eq '' or end_date gt '${local}']`);
	const second = `${middle.slice(0, 19)}.000000Z`;
	const wanted = truth.tasks.filter(({ fields: { end_date: end } }) =>
		end === null || end > second);

	assert.ok(dates.length > 100);
	assert.deepEqual(items.map((i) => i.id), wanted.map((t) => t.id));
	assert.ok(wanted.length < truth.tasks.length);
});

test('an object enters and leaves as it begins and ends to match',
    async () => {
	const paused = ".[last_state_display_name eq 'Pause caf\xe9']";
	const logged = '.[sessions/last/session/logged]';
	const zoe = truth.users.find((u) => f(u).login === 'zmartin');
	const news = async (id) => {
		await client.barrier();
		return client.frames.filter((x) => x.system === id)
		    .flatMap((x) => x.items)
		    .filter((i) => i.id === zoe.id).map((i) => i.action);
	};
	await sim.ask('agent zmartin available');
	client.frames.length = 0;
	await client.list(1, 'users', paused);
	await client.list(2, 'users', logged);
	await sim.ask('agent zmartin pause café');
	assert.deepEqual(await news(1), [1]);
	await sim.ask('agent zmartin pause déjeuner');
	await sim.ask('agent zmartin logout');
	await sim.ask('agent zmartin login');
	assert.deepEqual(await news(1), [1, 2]);
	assert.deepEqual(await news(2), [2, 1]);
	client.call(METHOD.stopQuery, u32(1), u32(1));
	client.call(METHOD.stopQuery, u32(1), u32(2));
});

test('a filter that does not read lets new objects through', async () => {
	assert.deepEqual(await client.list(3, 'users', '.[nonsense'), []);
	await sim.ask('add neuf9 Naël Neuf');
	const pushed = await client.wait((x) => x.system === 3);
	assert.deepEqual(pushed.items.map((i) => i.action), [1]);
	await sim.ask('remove neuf9');
	await client.wait((x) => x.system === 3);
	client.call(METHOD.stopQuery, u32(1), u32(3));
});

test('a queue that stops leaves the list and comes back', async () => {
	const name = 'sav__Dépannage';
	const queue = truth.queues.find((q) => q.fields.name === name);

	await client.list(4, 'queues', '.[virtual_queue eq 0 and running]');
	await sim.ask(`queue stop ${name}`);
	await sim.ask(`queue start ${name}`);
	for (const action of [2, 1]) {
		const { items } = await client.wait((x) => x.system === 4);
		assert.deepEqual(items.map((i) => [i.id, i.action]),
		    [[queue.id, action]]);
	}
});
