/** The list of calls, active and ended. */
import { duration, shortId, shortTime } from '../lib/format.js';
import { askedFor, call, columnsAmong, date, named, plain, since } from
    './fields.js';

/** Seconds of a part of a call, which tick while it is at these stages. */
function lasting(key, start, stages, hue, more = {}) {
	return { key, sort: key, width: 12, hue, number: true, descending: true,
	    ticks: [start, key, 'stage'], from: [key, 'stage'],
	    text: (row, context) => stages.includes(row.stage) ?
	        since(row[start], row, context) :
	        duration(row[key], context.t.day), ...more };
}

const fields = Object.freeze(named('calls', [
	{ key: 'call', sort: 'queued_at', width: 17, cell: 'call',
	    descending: true, from: ['queued_at'],
	    text: (row, { t, today }) =>
	        shortTime(row.queued_at, today, t.locale) },
	{ key: 'stage', sort: 'stage', width: 18, cell: 'stage',
	    text: ({ stage }) => stage },
	lasting('waiting_seconds', 'waitStart', ['waiting', 'dialling'],
	    'ring'),
	lasting('contact_seconds', 'talkStart', ['talking'], 'talk'),
	plain('direction', 11, 'kind', { text: (row, { t }) =>
	    t(`direction.${row.direction}`) }),
	plain('queue', 24, 'queue', { sort: 'queue_label',
	    from: ['queue_label', 'queue'],
	    text: (row) => row.queue_label ?? row.queue ?? '' }),
	{ key: 'agent', sort: 'agent_name', width: 32, cell: 'agent',
	    from: ['agent_name', 'agent'],
	    text: (row) => row.agent_name || (row.agent ?? '') },
	call('caller', 17, 'phone'),
	call('callee', 17, 'phone'),
	lasting('wrapup_seconds', 'wrapStart', ['wrapup'], 'hold'),
	date('managed_at', 13, 'time'),
	date('ended_at', 13, 'time'),
	date('unqueued_at', 13, 'time'),
	date('post_managed_at', 13, 'time'),
	plain('profile', 20, 'profile'),
	plain('queue_type', 12, 'kind'),
	{ key: 'session', words: 'session', sort: 'session_id', width: 13,
	    cell: 'session', from: ['session_id'],
	    text: (row) => shortId(row.session_id) },
	plain('source', 10, 'kind'),
]));

const usual = Object.freeze(['stage', 'waiting_seconds', 'contact_seconds',
	'direction', 'queue', 'agent', 'caller', 'callee', 'wrapup_seconds',
	'managed_at', 'ended_at']);
const columns = columnsAmong(fields, usual);

export const calls = Object.freeze({
	view: 'calls',
	name: 'calls',
	key: (row) => `${row.source}/${row.call_key}/${row.queued_at}`,
	lasting: { waitStart: ['queued_at', 'waiting_seconds'],
	    talkStart: ['managed_at', 'contact_seconds'],
	    wrapStart: ['post_managed_at', 'wrapup_seconds'] },
	facets: ['stage', 'direction', 'queue', 'source', 'agent'],
	terms: ['active', 'from', 'to'],
	sort: [{ key: 'active', descending: true },
	    { key: 'queued_at', descending: true }],
	dim: (row) => !row.active,
	fields, usual, columns,
	asked: askedFor(columns, ['source', 'stale', 'call_key', 'active']),
});
