/**
 * Is the database what the simulator says?  Field by field, and by a list of
 * our own, so that a mistake in the poller's list does not hide itself.
 */
import assert from 'node:assert/strict';

import { query, truth } from './stack.mjs';

const session = 'sessions.last.session.';

/** path of the user view -> column of cccp.agent, and how to compare. */
const userFields = {
	login: 'login', name: 'name',
	"contact_duration.max('0')": 'contact_seconds_max',
	"hold_duration.max('0')": 'held_seconds_max',
	"ringing_duration.max('0')": 'ringing_seconds_max',
	"state_group_pause.duration('0')": 'pause_seconds',
	"state_group_outbound.duration('0')": 'outbound_seconds',
	'states.last.state.start_date': 'mode_started_at',
	last_state_display_name: 'mode_label',
	last_state_name: 'mode',
	last_state_date: 'mode_since',
	last_task_display_name: 'task_label',
	last_task_name: 'task',
	'tasks.last.task.start_date': 'task_started_at',
	'tasks.last.task.management_effective_date': 'task_managed_at',
	'tasks.last.task.end_date': 'task_ended_at',
	'tasks.last.task.queue_name': 'task_queue',
	'tasks.last.task.states.last.start_date': 'task_since',
	"total_inbound.count('0')": 'total_inbound',
	"lost_inbound.count('0')": 'lost_inbound',
	"managed_inbound.count('0')": 'managed_inbound',
	"total_tasks.count('0')": 'total_tasks',
	"transferred_inbound.count('0')": 'transferred_inbound',
	"redirected_inbound.count('0')": 'redirected_inbound',
	"task_state_held.duration('0')": 'held_seconds',
	"task_state_ringing.duration('0')": 'ringing_seconds',
	"task_state_contact.duration('0')": 'talk_seconds',
	[`${session}login_date`]: 'login_at',
	[`${session}logout_date`]: 'logout_at',
	[`${session}profile_name`]: 'profile',
	[`${session}session_id`]: 'session_id',
	[`${session}last_record.value`]: 'last_record',
	[`${session}record_active.value`]: 'record_active',
	[`${session}current_mode`]: 'interface',
	[`${session}phone_uri`]: 'phone_uri',
	[`${session}logged`]: 'logged',
	busy_count: 'busy_count',
};

const queueFields = {
	name: 'name', display_name: 'display_name', queue_type: 'type',
	priority: 'priority',
	latent_sessions_count: 'latent_sessions',
	logged_sessions_count: 'logged_sessions',
	working_sessions_count: 'working_sessions',
	withdrawn_sessions_count: 'withdrawn_sessions',
	outbound_sessions_count: 'outbound_sessions',
	supervision_sessions_count: 'supervision_sessions',
	running_tasks_count: 'running_tasks',
	waiting_tasks_count: 'waiting_tasks',
	"contact_duration.count('0')": 'contact_seconds',
	"contact_duration.max('0')": 'contact_seconds_max',
	"waiting_duration.count('0')": 'waiting_seconds',
	"waiting_duration.max('0')": 'waiting_seconds_max',
	"max_waiting_time_threshold.count('0')": 'max_waiting',
	"max_estimated_waiting_time_threshold.count('0')":
	    'max_estimated_waiting',
	"not_manageable_with_latent_users.count('0')":
	    'not_manageable_with_latent',
	"not_manageable_without_latent_users.count('0')":
	    'not_manageable_without_latent',
	"managed_tasks.count('0')": 'managed_tasks',
	"failed_tasks.count('0')": 'failed_tasks',
	oldest_contact_date: 'oldest_contact_at',
	oldest_waiting_date: 'oldest_waiting_at',
};

const taskFields = {
	task_id: 'call_key', parent_call_session_id: 'session_id',
	'manager_session.profile_name': 'agent_profile',
	'manager_session.user.login': 'agent_login',
	start_date: 'queued_at', stop_waiting_date: 'unqueued_at',
	management_date: 'managed_at',
	post_management_date: 'post_managed_at', end_date: 'ended_at',
	queue_type: 'queue_type', queue_name: 'queue',
	queue_display_name: 'queue_label',
};

const outboundFields = {
	'outbound_call_id.value': 'outbound_call_id',
	'outbound_state.value': 'outbound_state',
	'outbound_hold_flag.value': 'outbound_hold',
	'last_outbound_call_start.value': 'outbound_started_at',
	'last_outbound_call_contact_start.value': 'outbound_contact_at',
	'last_outbound_call_target.value': 'outbound_target',
};

/** Microseconds since 1970, or NaN when it is not a date. */
function micros(text) {
	const m = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:?\d\d)$/
	    .exec(text);

	return m === null ? NaN :
	    Date.parse(m[1] + m[3]) * 1000 + Number((m[2] ?? '').padEnd(6, '0'));
}

/** One value as both sides should see it. */
function plain(value) {
	if (value === undefined || value === null || value === '')
		return null;
	if (typeof value === 'string' && !Number.isNaN(micros(value)))
		return micros(value);
	if (typeof value === 'number')
		return Number(value.toPrecision(12));
	return value;
}

/** Values that are text on the wire and something else in the table. */
const read = {
	record_active: (text) => (text ? Number(text) : null),
	outbound_hold: (text) => (text ? !['0', 'false'].includes(text) : null),
	outbound_started_at: (text) => (['0', 'stop'].includes(text) ? null : text),
	outbound_contact_at: (text) => (['0', 'stop'].includes(text) ? null : text),
};

/** A server does not push that these dates move by less than a second. */
const nudged = new Set(['mode_started_at', 'mode_since', 'task_since']);

function isSame(column, is, should) {
	return is === should || (nudged.has(column) && should >= is &&
	    should - is <= 1e6);
}

function compareFields(what, fields, map, row, wrong) {
	for (const [path, column] of Object.entries(map)) {
		const value = (read[column] ?? ((v) => v))(fields[path]);
		const is = plain(row[column]), should = plain(value);

		if (!isSame(column, is, should))
			wrong.push(`${what} ${column}: ${is}, should be ${should}`);
	}
}

/** Compares two sets by key; found(item, row) looks at each pair. */
function compareSets(what, items, key, rows, rowKey, wrong, found) {
	const byKey = new Map(rows.map((row) => [row[rowKey], row]));

	for (const item of items.filter(({ extra }) => !extra)) {
		const row = byKey.get(item.fields[key]);

		if (row === undefined)
			wrong.push(`${what} ${item.fields[key]} is missing`);
		else
			found(item, row);
		byKey.delete(item.fields[key]);
	}
	return byKey;
}

/** Names of the queues that an active_queues literal says are served. */
function served(literal) {
	const entry = /["']?type["']?: *["']queue["'], *["']?queue["']?: *["']([^"']*)["']/g;
	const names = [...(literal ?? '').matchAll(entry)].map((m) => m[1]);

	return names.length > 0 ? names.sort().join() : null;
}

/** Logins in a current_spies array. */
function spying(json) {
	const logins = JSON.parse(json || '[]').map((name) =>
		name.slice(name.lastIndexOf('AGENT') + 'AGENT'.length));

	return logins.length > 0 ? logins.sort().join() : null;
}

function compareLists(what, fields, row, wrong) {
	const queues = served(fields[`${session}active_queues`]);
	const spies = spying(fields[`${session}current_spies.value`]);

	if ((row.queues?.toString() ?? null) !== queues)
		wrong.push(`${what} queues: ${row.queues}, should be ${queues}`);
	if ((row.spies?.toString() ?? null) !== spies)
		wrong.push(`${what} spies: ${row.spies}, should be ${spies}`);
}

function compareUsers(want, agents, wrong) {
	const outbound = new Map(want.outbound.map((item) =>
		[item.fields['user.login'], item.fields]));

	const extra = compareSets('user', want.users, 'login', agents, 'login',
	    wrong, (user, row) => {
		const what = `user ${row.login}`;

		compareFields(what, user.fields, userFields, row, wrong);
		compareFields(what, outbound.get(row.login) ?? {},
		    outboundFields, row, wrong);
		compareLists(what, user.fields, row, wrong);
		if (row.object_id !== user.id)
			wrong.push(`${what} object_id: ${row.object_id}`);
		if ((row.team ?? '') !== (user.fields['group.path'] ?? '').replace(/^\//, ''))
			wrong.push(`${what} team: ${row.team}`);
		if (row.state !== user.state)
			wrong.push(`${what} state: ${row.state}, should be ${user.state}`);
	});

	for (const login of extra.keys())
		wrong.push(`user ${login} should not be present`);
}

function compareCalls(want, calls, wrong) {
	const waiting = new Map(want.waiting.map(({ fields }) =>
		[fields.task_id, fields]));
	const users = new Map(want.users.map(({ id, fields }) =>
		[id, fields.login]));

	const extra = compareSets('call', want.tasks, 'task_id', calls,
	    'call_key', wrong, (task, row) => {
		const what = `call ${row.call_key}`;
		const file = waiting.get(row.call_key);

		compareFields(what, {
			'manager_session.user.login':
				users.get(file?.manager_user_id), ...task.fields,
		}, taskFields, row, wrong);
		if (file !== undefined && row.caller !==
		    file['attributes.remote_number.value'])
			wrong.push(`${what} caller: ${row.caller}`);
	});

	for (const [key, row] of extra)
		if (row.ended_at === null && row.direction === 'inbound')
			wrong.push(`call ${key} should have ended`);
}

/** All differences between the simulator and the tables, as lines. */
export async function differences(board) {
	const wrong = [];
	const want = await truth(board);
	const [agents, queues, calls] = await Promise.all([
		query(board, 'SELECT * FROM cccp.agent WHERE present'),
		query(board, 'SELECT * FROM cccp.queue WHERE present'),
		query(board, "SELECT * FROM cccp.call WHERE call_key NOT LIKE 'outbound:%'"),
	]);

	compareUsers(want, agents, wrong);
	for (const name of compareSets('queue', want.queues, 'name', queues,
	    'name', wrong, (queue, row) => compareFields(`queue ${row.name}`,
	    queue.fields, queueFields, row, wrong)).keys())
		wrong.push(`queue ${name} should not be present`);
	compareCalls(want, calls, wrong);
	return wrong;
}

export async function assertEqual(board) {
	const wrong = await differences(board);

	assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} differences`);
}

/** No hole, no overlap, no contradiction in the history of states. */
export async function assertHistory(board) {
	assert.deepEqual(await query(board,
	    'SELECT * FROM cccp.state_gaps() LIMIT 20'), []);
	assert.deepEqual(await query(board,
	    `SELECT agent_id, count(*) FROM cccp.agent_state
	     WHERE until IS NULL GROUP BY 1 HAVING count(*) > 1`), []);
}
