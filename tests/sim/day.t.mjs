#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The day is plausible: what agents are doing shows in their values as the
// description says, and the sums agree with what they are sums of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './cccp.mjs';
import { startSim } from './sim.mjs';

const STEPS = 60, STEP = 2000;
let sim;
const moments = [];

before(async () => {
	sim = await startSim('--freeze', '--seed', 11, '--replay', 1772438400);
	moments.push(await sim.truth());
	for (let i = 0; i < STEPS; i++) {
		await sim.ask(`step ${STEP}`);
		moments.push(await sim.truth());
	}
});
after(() => sim.stop());

const LAST = 'sessions.last.session.';
const TASK = 'tasks.last.task.';

// Annex D of the description, as rules; outbound calls by the session's id.
function told(user, outbound) {
	const f = user.fields;
	const mode = f.last_state_name ?? '';
	const face = f[`${LAST}current_mode`] ?? '';
	const task = f.busy_count >= 1 ? f.last_task_name : '';
	const start = f[`${TASK}start_date`];
	const managed = f[`${TASK}management_effective_date`];
	const began = f[`${TASK}states.last.start_date`];
	const ended = f[`${TASK}end_date`];
	const call = outbound?.['outbound_state.value'] ?? '';
	const hold = outbound?.['outbound_hold_flag.value'] ?? '';
	const calling = !['', '0', 'disconnected'].includes(call);

	if (!f[`${LAST}logged`])
		return ['offline', f[`${LAST}logout_date`] ?? null];
	if (mode.startsWith('sortant')) {
		if (calling && !['', '0', 'false'].includes(hold))
			return ['held'];
		return ['outbound', calling ?
		    second(outbound['last_outbound_call_contact_start.value'])
		    ?? second(outbound['last_outbound_call_start.value']) :
		    f.last_state_date];
	}
	if (task === 'held')
		return ['held', began];
	if (['managing', 'contact'].includes(task) || (task === 'appel' &&
	    managed && !ended))
		return ['talking', began];
	if (['assigning', 'ringing'].includes(task))
		return ['ringing', start];
	if (['post_managing', 'temporization'].includes(task))
		return ['wrapup', began];
	if (f.busy_count >= 1)
		return [task === '' ? 'other_call' : 'unknown'];
	if (mode.startsWith('pause'))
		return ['paused', f.last_state_date];
	if (mode === 'disabled' || mode.startsWith('unplug') ||
	    face.startsWith('unplug'))
		return ['withdrawn', f.last_state_date];
	if (mode === 'supervision')
		return ['supervising', f.last_state_date];
	if (['inbound', 'traitement'].includes(mode))
		return ['available', ended > f.last_state_date ? ended :
		    f.last_state_date];
	return ['unknown'];
}

function second(iso) {
	return /^\d{4}-/.test(iso ?? '') ?
	    new Date(iso).toISOString().replace('.000Z', '.000000Z') :
	    undefined;
}

test('states and their dates are what the values tell', () => {
	const seen = new Map();

	for (const truth of moments) {
		const outbound = new Map(truth.outbound.map((o) =>
		    [o.fields['user.login'], o.fields]));
		for (const user of truth.users) {
			const [state, since] = told(user,
			    outbound.get(user.fields.login));
			assert.equal(user.state, state,
			    JSON.stringify(user, null, 1));
			if (user.state_since_told)
				assert.equal(user.state_since, since,
				    JSON.stringify(user, null, 1));
			seen.set(state, (seen.get(state) ?? 0) + 1);
		}
	}
	assert.deepEqual([...seen.keys()].sort(), ['available', 'held',
	    'offline', 'other_call', 'outbound', 'paused', 'ringing',
	    'supervising', 'talking', 'withdrawn', 'wrapup']);
});

// In how many of all moments an agent is like that.
const often = (like) => moments.flatMap((m) => m.users).filter(like).length;

test('some calls leave the mode alone', () => {
	const again = ({ state, state_since_told: told, fields: f }) =>
		state === 'available' && told &&
		f[`${TASK}end_date`] > f.last_state_date;

	assert.ok(often((u) => ['talking', 'wrapup'].includes(u.state) &&
	    u.fields.last_state_name === 'inbound') > 100);
	assert.ok(often(again) > 100);
});

test('a ringing call tells its queue, and the waiting call its agent', () => {
	let offered = 0, alerting = 0;

	for (const truth of moments) {
		const users = new Map(truth.users.map((u) => [u.id, u]));
		const tasks = new Map(truth.tasks.map((t) =>
		    [t.fields.task_id, t.fields]));

		for (const { state, fields: f } of truth.users)
			if (state === 'ringing') {
				const of = tasks.get(f[`${TASK}caller_task_id`]);

				offered++;
				assert.equal(of.queue_name, f[`${TASK}queue_name`]);
				assert.ok(!('manager_session.user.login' in of));
			}
		for (const { fields: f } of truth.waiting)
			if (f.manager_user_id) {
				const u = users.get(f.manager_user_id).fields;

				alerting++;
				assert.equal(u.last_task_name, 'ringing');
				assert.equal(u[`${TASK}caller_task_id`], f.task_id);
			}
	}
	assert.ok(offered > 100 && alerting > 50, `${offered} ${alerting}`);
});

test('a second call is in hand, and busy_count is 1', () => {
	// The last task is over, and yet the agent talks.
	const dead = ({ state, fields: f }) => ['talking', 'held'].includes(state)
	    && f[`${TASK}end_date`] !== null && f.last_task_name !== '';

	assert.ok(often(dead) > 10, `${often(dead)}`);
	assert.equal(often((u) => u.fields.busy_count > 1), 0);
});

test('no state begins in the future or before its session', () => {
	for (const truth of moments)
		for (const { state, state_since: since, fields } of truth.users) {
			if (since === null) {
				assert.equal(state, 'offline');
				continue;
			}
			assert.ok(since <= truth.now);
			assert.ok(since.slice(0, 19) >=
			    fields[`${LAST}login_date`].slice(0, 19));
		}
});

test('queue counters agree with tasks and agents', () => {
	for (const truth of moments)
		for (const { fields: q } of truth.queues) {
			const tasks = truth.tasks.map((t) => t.fields)
			    .filter((t) => t.queue_name === q.name);
			const waiting = tasks.filter((t) =>
			    !t.stop_waiting_date);
			const contact = tasks.filter((t) =>
			    t.management_date && !t.post_management_date);
			const oldest = (list, key) => list.map((t) => t[key])
			    .sort()[0] ?? null;

			assert.equal(q.waiting_tasks_count, waiting.length);
			assert.equal(q.oldest_waiting_date,
			    oldest(waiting, 'start_date'));
			assert.equal(q.running_tasks_count, contact.length);
			assert.equal(q.oldest_contact_date,
			    oldest(contact, 'management_date'));
			assert.equal(truth.waiting.filter((w) =>
			    w.fields.queue_name === q.name).length,
			    waiting.length);
			assert.ok(q.working_sessions_count <=
			    q.logged_sessions_count);
			assert.ok(q.withdrawn_sessions_count +
			    q.outbound_sessions_count <=
			    q.latent_sessions_count);
		}
});

// Those who say which queues they serve, read as leniently as need be.
function servedQueues(text) {
	return [...(text ?? '').matchAll(
	    /type"?: ?['"](\w+)['"], ?"?queue"?: ?['"]([^'"]*)['"]/g)]
	    .filter((m) => m[1] === 'queue').map((m) => m[2]);
}

test('agents are counted in the queues that they serve', () => {
	const free = ['available'], logged = ['available', 'ringing',
	    'talking', 'held', 'other_call', 'wrapup'];
	let literals = 0;

	for (const truth of moments) {
		const outbound = new Set(truth.outbound
		    .filter((o) => (o.fields.current_mode ?? '') === 'sortant')
		    .map((o) => o.fields['user.login']));
		for (const { fields: q } of truth.queues) {
			const members = truth.users.filter((u) =>
			    servedQueues(u.fields[`${LAST}active_queues`])
			    .includes(q.name));
			// On hold in an outbound call is not logged in a queue.
			const is = members.filter((u) => logged.includes(
			    u.state) && !outbound.has(u.fields.login));

			literals += members.length;
			if (members.some((u) => outbound.has(u.fields.login) &&
			    u.state === 'held'))
				continue;
			assert.equal(q.logged_sessions_count, is.length);
			assert.equal(q.logged_sessions_count -
			    q.working_sessions_count, is.filter((u) =>
			    free.includes(u.state)).length);
			assert.equal(q.supervision_sessions_count, members
			    .filter((u) => u.state === 'supervising').length);
		}
	}
	assert.ok(literals > 1000);
});

test('calls wait, are managed, abandoned, and forgotten', () => {
	const last = moments.at(-1);
	const sum = (key) => last.queues.reduce((n, q) =>
	    n + (q.fields[key] ?? 0), 0);

	assert.ok(sum("managed_tasks.count('0')") > 1000);
	assert.ok(sum("failed_tasks.count('0')") > 10);
	assert.ok(moments.some((m) => m.waiting.length > 5));
	// Ended calls are purged: their number does not grow for ever.
	const counts = moments.map((m) => m.tasks.length);
	assert.ok(Math.max(...counts) < 2000, `${counts}`);
	const ids = new Set(moments[0].tasks.map((t) => t.id));
	assert.ok(last.tasks.every((t) => !ids.has(t.id)));
	for (const m of moments)
		for (const w of m.waiting)
			assert.ok(m.tasks.some((t) => t.fields.task_id ===
			    w.fields.task_id));
	// Queues that stop are not in the filtered list.
	assert.ok(new Set(moments.map((m) => m.queues.length)).size > 1);
});

test('people, numbers and names are as agreed', () => {
	const { users } = moments[0];
	const agents = users.filter((u) => u.fields.login !== 'consistent');
	const text = JSON.stringify(moments);

	assert.equal(agents.length, 450);
	assert.equal(users.length, 451);
	assert.equal(new Set(users.map((u) => u.fields.login)).size, 451);
	assert.ok(agents.every((u) => /^[a-z]+\d*$/.test(u.fields.login)));
	assert.equal(agents[0].fields.name, 'Zoé Martin');
	assert.equal(agents[0].fields.login, 'zmartin');
	assert.ok(agents.filter((u) => /[^\x00-\x7f]/.test(u.fields.name))
	    .length > 200);
	assert.ok(agents.some((u) => u.fields.name.includes("'")));
	assert.ok(agents.some((u) => u.fields.name.includes('œ')));
	const all = moments.flatMap((m) => m.users);
	// A tenth supervise; some of them have not come yet.
	const chiefs = new Set(all.filter((u) =>
	    u.fields[`${LAST}profile_name`] === 'Superviseur_default')
	    .map((u) => u.fields.login)).size;
	assert.ok(chiefs > 30 && chiefs <= 45, `${chiefs}`);
	for (const [number] of text.matchAll(/\+33\d+/g))
		assert.match(number, /^\+33(19900|63998)\d{4}$/);
	for (const [, host] of text.matchAll(/sip:\d+@([^"\\]+)/g))
		assert.equal(host, '192.0.2.1');
	assert.ok(all.some((u) => u.fields[`${LAST}phone_uri`]
	    ?.startsWith('tel:')));
	assert.ok(all.some((u) => u.fields['group.path'] === '/default'));
	assert.ok(new Set(all.filter((u) => u.state === 'paused')
	    .map((u) => u.fields.last_state_display_name)).size > 5);
});

test('queues have the oddities that a board must deal with', async () => {
	const { queues, all } = moments[0];
	const names = queues.map((q) => q.fields.name);

	assert.ok(names.some((n) => n.startsWith('VQ_')));
	assert.ok(names.some((n) => n.includes('cdep:')));
	assert.ok(queues.some((q) => q.fields.queue_type === 'user'));
	assert.ok(queues.some((q) => q.fields.display_name === ''));
	assert.ok(names.some((n) => n.includes('__')));
	assert.equal(all.queues, 14);
});

test('every field of every view comes to exist', async () => {
	const union = (key) => new Set(moments.flatMap((m) => m[key])
	    .flatMap((o) => Object.keys(o.fields)));
	const wanted = {
		users: [`login name contact_duration.max('0')
		    hold_duration.max('0') ringing_duration.max('0')
		    state_group_pause.duration('0')
		    state_group_outbound.duration('0')
		    states.last.state.start_date last_state_display_name
		    last_state_name last_state_date last_task_display_name
		    last_task_name tasks.last.task.start_date
		    tasks.last.task.management_effective_date
		    tasks.last.task.end_date tasks.last.task.queue_name
		    tasks.last.task.caller_task_id
		    tasks.last.task.states.last.start_date total_inbound.count('0')
		    lost_inbound.count('0') managed_inbound.count('0')
		    total_tasks.count('0') transferred_inbound.count('0')
		    redirected_inbound.count('0') task_state_held.duration('0')
		    task_state_ringing.duration('0')
		    task_state_contact.duration('0') busy_count group.path`,
		    ...`login_date logout_date profile_name session_id
		    last_record.value record_active.value current_spies.value
		    current_mode phone_uri logged active_queues`.split(/\s+/)
		    .map((n) => LAST + n)].join(' '),
		queues: `name display_name queue_type priority
		    latent_sessions_count logged_sessions_count
		    working_sessions_count withdrawn_sessions_count
		    outbound_sessions_count supervision_sessions_count
		    running_tasks_count waiting_tasks_count
		    contact_duration.count('0') contact_duration.max('0')
		    waiting_duration.count('0') waiting_duration.max('0')
		    managed_tasks.count('0') failed_tasks.count('0')
		    max_waiting_time_threshold.count('0')
		    oldest_contact_date oldest_waiting_date`,
		tasks: `task_id parent_call_session_id
		    manager_session.profile_name manager_session.user.login
		    start_date stop_waiting_date management_date
		    post_management_date end_date queue_type queue_name
		    queue_display_name`,
		waiting: `task_id attributes.local_number.value
		    attributes.remote_number.value session.session_id
		    queue_name priority create_date terminate_date
		    manager_user_id`,
		sessions: `create_date terminate_date session_type session_id
		    connections.last.incoming connections.last.remote_address
		    connections.last.local_address connections.last.call_id`,
		outbound: `user.login user.name profile_name session_id
		    outbound_call_id.value outbound_state.value
		    outbound_hold_flag.value last_outbound_call_start.value
		    last_outbound_call_contact_start.value
		    last_outbound_call_target.value total_leg_count.value
		    contacted_leg_count.value failed_leg_count.value
		    canceled_leg_count.value outbound_contact_duration.value
		    outbound_max_contact_duration.value
		    last_outgoing_activity.value last_transfer_activity.value`,
	};
	for (const [key, paths] of Object.entries(wanted)) {
		const have = union(key);
		for (const path of paths.trim().split(/\s+/))
			assert.ok(have.has(path), `${key}: ${path}`);
	}
	// At first some are absent: never used.
	assert.ok(moments[0].users.some((u) =>
	    !("transferred_inbound.count('0')" in u.fields)));
	// JSON texts are JSON.
	for (const m of moments)
		for (const { fields } of m.outbound) {
			const text = fields['last_outgoing_activity.value'];
			if (text)
				assert.equal(JSON.parse(text).context,
				    'sortant');
		}
});

test('counters begin anew at midnight, and only counters', async () => {
	const before = await sim.truth();
	const isCounter = ([path]) => path.endsWith(')');
	const rest = (objects) => objects.map(({ fields, ...o }) => ({ ...o,
	    fields: Object.entries(fields).filter((e) => !isCounter(e)) }));
	const counters = (t) => [...t.users, ...t.queues].flatMap((o) =>
	    Object.entries(o.fields).filter(isCounter));

	assert.ok(counters(before).filter(([, n]) => n > 0).length > 1000);
	// Nobody is told; a new query says so.
	const client = new Client(sim.port);
	const MANAGED = "managed_inbound.count('0')";
	const { id } = before.users.find((u) => u.fields[MANAGED] > 0);
	await client.login();
	client.format(1, [MANAGED]);
	assert.ok((await client.object(5, id, 1)).values[0].value > 0);
	await sim.ask('midnight');
	const { offset } = await client.barrier();
	assert.equal(new Date(Date.parse(before.now) + offset * 1000)
	    .toISOString().slice(11, 16), '00:00');
	assert.deepEqual(client.frames, []);
	assert.equal((await client.object(6, id, 1)).values[0].value, 0);
	await client.close();
	const now = await sim.truth();
	assert.ok(counters(now).every(([, n]) => n === 0));
	assert.equal(counters(now).length, counters(before).length);
	assert.deepEqual(rest(now.users), rest(before.users));
	assert.deepEqual(rest(now.queues), rest(before.queues));
});

test('midnight comes by itself, at the zone that it has', async (t) => {
	const night = await startSim('--freeze', '--replay', 1772438400);
	t.after(() => night.stop());
	const sum = async () => (await night.truth()).queues.reduce((n, q) =>
	    n + (q.fields["managed_tasks.count('0')"] ?? 0), 0);

	await night.ask('midnight 60');
	assert.ok(await sum() > 20);
	for (let before = await sum(), now; ; before = now) {
		await night.ask('step 20');
		now = await sum();
		if (now < before)
			break;
		assert.ok((await night.truth()).now < '2026-03-02T09:00:00');
	}
});

test('a counter is absent until it is first used', async (t) => {
	const empty = await startSim('--freeze', '--agents', 0, '--queues', 3);
	t.after(() => empty.stop());
	const queue = async () => (await empty.truth()).queues[0].fields;
	const before = await queue();

	assert.ok(!("managed_tasks.count('0')" in before));
	await empty.ask(`queue call ${before.name}`);
	const after = await queue();
	assert.ok(after["failed_tasks.count('0')"] > 0);
	assert.ok(!("managed_tasks.count('0')" in after));
});

test('total_inbound counts the tasks of that name only', () => {
	const TOTAL = "total_inbound.count('0')";
	const calls = "managed_inbound.count('0')";
	const served = moments.at(-1).users.filter((u) => u.fields[calls] > 0);
	const other = served.filter((u) =>
	    /task["']?: ?["']appel/.test(u.fields[`${LAST}active_queues`]));

	assert.ok(other.length > 5 && served.length > 5 * other.length);
	for (const { fields } of other)
		assert.ok(!(TOTAL in fields));
	assert.ok(served.filter((u) => TOTAL in u.fields).length >
	    served.length / 2);
});

test('calls of the past are over, and kept', async (t) => {
	const past = await startSim('--freeze', '--agents', 3, '--queues', 3);
	t.after(() => past.stop());
	const ended = async () => (await past.truth()).tasks.filter((task) =>
	    task.fields.end_date !== null).length;
	const before = await ended();

	await past.ask('past 2000');
	assert.equal(await ended(), before + 2000);
	await past.ask('step 2000');
	assert.ok(await ended() >= 2000);
	await assert.rejects(past.ask('past'), /number of calls/);
});

test('calls are turned away where nobody or too few can take them',
    async (t) => {
	const small = await startSim('--freeze', '--agents', 8, '--queues', 3);
	t.after(() => small.stop());
	const turned = ["max_waiting_time_threshold.count('0')",
	    "max_estimated_waiting_time_threshold.count('0')",
	    "not_manageable_with_latent_users.count('0')",
	    "not_manageable_without_latent_users.count('0')"];
	const seen = new Set();

	for (let i = 0; i < 60 && seen.size < 4; i++) {
		await small.ask('step 3000');
		// At the end of the day they all go home.
		if (i === 30) {
			const { users, queues } = await small.truth();
			for (const { fields: { login } } of users)
				if (login !== 'consistent')
					await small.ask(`agent ${login} logout`);
			await small.ask(`queue call ${queues[0].fields.name}`);
		}
		for (const { fields: q } of (await small.truth()).queues) {
			const away = turned.filter((key) => q[key] > 0);

			away.forEach((key) => seen.add(key));
			assert.ok(away.reduce((n, key) => n + q[key], 0) <=
			    (q["failed_tasks.count('0')"] ?? 0));
		}
	}
	assert.deepEqual([...seen].sort(), turned.sort());
});
