/** The list of queues, each with its last hour. */
import { number, percent } from '../lib/format.js';
import { askedFor, columnsAmong, counter, date, longest, named, plain, seconds,
    ticking } from './fields.js';

/**
 * A queue as the API's filter `queue` names it.  Two sources may have a queue
 * of the same name; a source's name has no slash.
 */
export function queueKey({ source, name }) {
	return `${source}/${name}`;
}

/**
 * The word for a queue of a filter: its label, with its source when there are
 * several.  labels: by key, a Map; a name without a source is that of all.
 */
export function queueWord(key, labels, several) {
	const at = key.indexOf('/');
	const label = labels.get(key) ?? key.slice(at + 1);

	return several && at >= 0 ? `${label} · ${key.slice(0, at)}` : label;
}

/** The words of a sparkline; '' when nothing was observed. */
function hourWords(samples, t) {
	const seen = (samples ?? []).filter((value) => value !== null);

	return seen.length === 0 ? '' :
	    t('queue.hour', { most: number(Math.max(...seen), t.locale) });
}

const fields = Object.freeze(named('queues', [
	{ key: 'queue', sort: 'label', width: 34, cell: 'queue', wall: true,
	    from: ['label', 'name'],
	    text: (queue) => queue.label || queue.name },
	counter('waiting_tasks', 'ring',
	    { cell: 'alarm', width: 12, wall: true }),
	ticking('longest_wait_seconds', 'waitStart', 'ring',
	    { width: 14, wall: true }),
	{ key: 'samples', cell: 'spark', width: 16, hue: 'ring',
	    text: ({ samples }, { t }) => hourWords(samples, t) },
	counter('running_tasks', 'task', { width: 11, wall: true }),
	counter('logged_sessions', 'time', { width: 12, wall: true }),
	counter('working_sessions', 'talk', { width: 12 }),
	counter('free_sessions', 'team', { wall: true }),
	counter('withdrawn_sessions', 'lost', { width: 11 }),
	counter('outbound_sessions', 'queue', { width: 11 }),
	counter('supervision_sessions', 'kind', { width: 13 }),
	counter('offered_tasks', 'inbound', { width: 12 }),
	counter('managed_tasks', 'inbound'),
	counter('failed_tasks', 'lost', { width: 12 }),
	counter('turned_away', 'lost'),
	counter('abandoned_tasks', 'lost', { width: 12 }),
	counter('answer_rate', 'talk', { width: 12, counts: false,
	    text: (queue, { t }) => percent(queue.answer_rate,
	        t.locale) }),
	seconds('waiting_seconds_mean', 'ring'),
	longest('waiting_seconds_max', 'waitStart', 'ring'),
	seconds('contact_seconds_mean', 'talk'),
	seconds('contact_seconds_max', 'talk'),
	plain('type', 12, 'kind'),
	counter('priority', 'kind', { counts: false,
	    text: (queue) => queue.priority === null ? '' :
	        String(queue.priority) }),
	plain('source', 10, 'kind'),
	counter('agents', 'time'),
	counter('latent_sessions', 'time', { width: 13 }),
	date('oldest_contact_at', 16, 'talk'),
	counter('max_waiting', 'lost', { width: 14 }),
	counter('max_estimated_waiting', 'lost', { width: 14 }),
	counter('not_manageable_with_latent', 'lost', { width: 14 }),
	counter('not_manageable_without_latent', 'lost', { width: 14 }),
	seconds('waiting_seconds', 'ring'),
	seconds('contact_seconds', 'talk'),
]));

const usual = Object.freeze(['waiting_tasks', 'longest_wait_seconds', 'samples',
	'running_tasks', 'logged_sessions', 'working_sessions', 'free_sessions',
	'withdrawn_sessions', 'outbound_sessions', 'supervision_sessions',
	'offered_tasks', 'managed_tasks', 'failed_tasks', 'turned_away',
	'abandoned_tasks', 'answer_rate', 'waiting_seconds_mean',
	'waiting_seconds_max', 'contact_seconds_mean', 'contact_seconds_max']);
const columns = columnsAmong(fields, usual);

export const queues = Object.freeze({
	view: 'queues',
	name: 'queues',
	key: queueKey,
	lasting: { waitStart: ['oldest_waiting_at', 'longest_wait_seconds'] },
	facets: ['type', 'source'],
	terms: ['hidden'],
	sort: [{ key: 'label', descending: false }],
	dim: (queue) => queue.logged_sessions === 0,
	fields, usual, columns,
	asked: askedFor(columns, ['source', 'stale', 'oldest_waiting_at']),
});
