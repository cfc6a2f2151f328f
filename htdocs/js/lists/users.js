/** The list of users. */
import { phone, shortId } from '../lib/format.js';
import { encode, formatValues } from '../lib/values.js';
import { askedFor, call, columnsAmong, counter, date, flag, names, plain,
    seconds, section, ticking, total } from './fields.js';

/** A source's name has no slash, so this tells every user apart. */
export function keyOf(user) {
	return `${user.source}/${user.login}`;
}

/**
 * The task of the call in hand.  Without a call the last task is over, and a
 * call outside the queues has none.
 */
function task(user) {
	return user.busy_count >= 1 && user.task !== null ?
	    user.task_label ?? user.task : '';
}

/** Leads to the users of the same source who have the same value. */
function alike(key, width) {
	const only = (value) => formatValues([{ value, not: false }]);

	return plain(key, width, key, { cell: 'link',
	    from: [key, 'source'],
	    link: (row) => row[key] === null ? null : `?${encode([
	        [key, only(row[key])], ['source', only(row.source)]])}` });
}

const fields = Object.freeze([
	{ key: 'user', sort: 'name', width: 34, cell: 'user',
	    from: ['name', 'login'],
	    text: (user) => user.name || user.login },
	{ key: 'state', sort: 'state', width: 22, cell: 'state',
	    from: ['state', 'known_state', 'mode_label'],
	    text: (user) => user.state },
	ticking('state_seconds', 'stateStart', 'time', { width: 11 }),
	...section('identity', [
		plain('login'),
		plain('source', 10, 'kind'),
		plain('kind', 12, 'kind', {
		    text: (user, { t }) => t(`kind.${user.kind}`) }),
		alike('profile', 20),
		alike('team', 19),
		call('phone', 17, 'phone'),
		plain('phone_uri'),
		plain('object_id'),
	]),
	...section('work', [
		plain('mode_label'),
		plain('mode', 18, 'mode', { sort: 'mode_label',
		    from: ['mode', 'mode_label'],
		    text: (user) => user.mode_label ?? user.mode ?? '',
		    full: (user) => user.mode ?? '' }),
		date('mode_since'),
		plain('interface'),
		plain('task_label'),
		plain('task', 18, 'task', { sort: 'task_label', text: task,
		    from: ['busy_count', 'task_label', 'task'],
		    full: (user) => user.task ?? '' }),
		date('task_since'),
		date('task_started_at'),
		date('task_managed_at'),
		date('task_ended_at'),
		plain('queue', 19, 'queue'),
		names('queues', 28, 'queue'),
		counter('busy_count', undefined, { width: 0 }),
		flag('recording'),
		names('spies'),
		plain('outbound_state'),
		plain('outbound_target', 17, 'phone', {
		    full: (user) => phone(user.outbound_target) }),
		date('outbound_started_at'),
	]),
	...section('session', [
		flag('logged'),
		date('login_at', 13, 'time'),
		ticking('login_seconds', 'loginStart', 'time', { width: 12 }),
		date('logout_at'),
		{ key: 'session', sort: 'session_id', width: 13,
		    cell: 'session', from: ['session_id'],
		    text: (user) => shortId(user.session_id),
		    full: (user) => user.session_id ?? '' },
		date('changed_at'),
	]),
	...section('inbound', [
		counter('total_inbound', 'inbound'),
		counter('managed_inbound', 'inbound'),
		counter('lost_inbound', 'lost'),
		counter('transferred_inbound', 'moved'),
		counter('redirected_inbound', 'moved'),
		counter('total_tasks', 'task'),
	]),
	...section('times', [
		total('talk_seconds', 'talkSum', 'talk'),
		seconds('talk_seconds_mean', 'talk'),
		seconds('contact_seconds_max', 'talk'),
		total('held_seconds', 'heldSum', 'hold'),
		seconds('held_seconds_mean', 'hold'),
		seconds('held_seconds_max', 'hold'),
		total('ringing_seconds', 'ringingSum', 'ring'),
		seconds('ringing_seconds_mean', 'ring'),
		seconds('ringing_seconds_max', 'ring'),
		total('pause_seconds', 'pauseSum', 'pause'),
		total('outbound_seconds', 'outboundSum', 'queue'),
	]),
]);

const usual = Object.freeze(['state', 'state_seconds', 'task', 'queue', 'mode',
	'kind', 'profile', 'team', 'phone', 'login_at', 'login_seconds',
	'total_inbound', 'managed_inbound', 'lost_inbound',
	'transferred_inbound', 'redirected_inbound', 'total_tasks',
	'talk_seconds_mean', 'contact_seconds_max', 'held_seconds_mean',
	'held_seconds_max', 'ringing_seconds_mean', 'pause_seconds',
	'outbound_seconds', 'session']);
const columns = columnsAmong(fields, usual);

export const users = Object.freeze({
	view: 'users',
	name: 'users',
	key: keyOf,
	lasting: { stateStart: ['state_since', 'state_seconds'],
	    loginStart: ['login_at', 'login_seconds'],
	    talkSum: ['state_since', 'talk_seconds'],
	    heldSum: ['state_since', 'held_seconds'],
	    ringingSum: ['state_since', 'ringing_seconds'],
	    pauseSum: ['mode_since', 'pause_seconds'],
	    outboundSum: ['mode_since', 'outbound_seconds'] },
	facets: ['state', 'kind', 'profile', 'team', 'queue', 'source'],
	terms: ['logged', 'state_seconds_gt', 'state_seconds_lt',
	    'login_seconds_gt', 'login_seconds_lt'],
	sort: [{ key: 'name', descending: false }],
	dim: (user) => user.state === 'offline',
	fields, usual, columns,
	asked: askedFor(columns, ['source', 'stale', 'state_since',
	    'mode_since']),
});
