/** The list of users. */
import { call, counter, date, fieldsOf, names, plain, seconds, ticking } from
    './columns.js';
import { shortId } from '../lib/format.js';

/** A source's name has no slash, so this tells every user apart. */
export function keyOf(user) {
	return `${user.source}/${user.login}`;
}

/**
 * The task of the call in hand: without a call the last one is no more than
 * that, and a call outside the queues has none.
 */
function task(user) {
	return user.busy_count >= 1 && user.task !== null ?
	    user.task_label ?? user.task : '';
}

const columns = Object.freeze([
	{ key: 'user', sort: 'name', width: 34, cell: 'user',
	    from: ['name', 'login'],
	    text: (user) => user.name || user.login },
	{ key: 'state', sort: 'state', width: 22, cell: 'state',
	    from: ['state', 'known_state', 'mode_label'],
	    text: (user) => user.state },
	ticking('state_seconds', 'stateStart', 'time', { width: 11 }),
	{ key: 'task', sort: 'task_label', width: 18, hue: 'task',
	    text: task, from: ['busy_count', 'task_label', 'task'] },
	plain('queue', 19, 'queue'),
	{ key: 'mode', sort: 'mode_label', width: 18, hue: 'mode',
	    from: ['mode', 'mode_label'],
	    text: (user) => user.mode_label ?? user.mode ?? '' },
	plain('kind', 12, 'kind', {
	    text: (user, { t }) => t(`kind.${user.kind}`) }),
	plain('profile', 20, 'profile'),
	plain('team', 19, 'team'),
	call('phone', 17, 'phone'),
	date('login_at', 13, 'time'),
	ticking('login_seconds', 'loginStart', 'time', { width: 12 }),
	counter('total_inbound', 'inbound'),
	counter('managed_inbound', 'inbound'),
	counter('lost_inbound', 'lost'),
	counter('transferred_inbound', 'moved'),
	counter('redirected_inbound', 'moved'),
	counter('total_tasks', 'task'),
	seconds('contact_seconds_mean', 'talk'),
	seconds('contact_seconds_max', 'talk'),
	seconds('held_seconds_mean', 'hold'),
	seconds('held_seconds_max', 'hold'),
	seconds('ringing_seconds_mean', 'ring'),
	seconds('pause_seconds', 'pause'),
	seconds('outbound_seconds', 'queue'),
	{ key: 'session', sort: 'session_id', width: 13, cell: 'session',
	    from: ['session_id'],
	    text: (user) => shortId(user.session_id) },
	seconds('ringing_seconds_max', 'ring', { extra: true }),
	seconds('contact_seconds', 'talk', { extra: true }),
	seconds('held_seconds', 'hold', { extra: true }),
	seconds('ringing_seconds', 'ring', { extra: true }),
	names('queues', 28, 'queue', { extra: true }),
	plain('outbound_target', 17, 'phone', { extra: true }),
	plain('source', 10, 'kind', { extra: true }),
]);

export const users = Object.freeze({
	view: 'users',
	name: 'users',
	key: keyOf,
	lasting: { stateStart: ['state_since', 'state_seconds'],
	    loginStart: ['login_at', 'login_seconds'] },
	facets: ['state', 'kind', 'profile', 'team', 'queue', 'source'],
	terms: ['logged'],
	sort: [{ key: 'name', descending: false }],
	dim: (user) => user.state === 'offline',
	fields: fieldsOf(columns, ['source', 'stale', 'state_since']),
	columns,
});
