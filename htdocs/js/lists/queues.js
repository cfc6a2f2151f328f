/** The list of queues, each with its last hour. */
import { counter, date, fieldsOf, named, plain, seconds, ticking } from './columns.js';
import { number, percent } from '../lib/format.js';

const extra = { extra: true };

/** What the picture of an hour shows, in words; '' when nobody looked. */
function hourWords(samples, t) {
	const seen = (samples ?? []).filter((value) => value !== null);

	return seen.length === 0 ? '' :
	    t('queue.hour', { most: number(Math.max(...seen), t.locale) });
}

const columns = named('queues', [
	{ key: 'queue', sort: 'label', width: 34, cell: 'queue',
	    from: ['label', 'name'],
	    text: (queue) => queue.label || queue.name },
	counter('waiting_tasks', 'ring', { cell: 'alarm', width: 12 }),
	ticking('longest_wait_seconds', 'waitStart', 'ring',
	    { width: 14 }),
	{ key: 'samples', cell: 'spark', width: 16, hue: 'ring',
	    text: ({ samples }, { t }) => hourWords(samples, t) },
	counter('running_tasks', 'task', { width: 11 }),
	counter('logged_sessions', 'time', { width: 12 }),
	counter('working_sessions', 'talk', { width: 12 }),
	counter('free_sessions', 'team'),
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
	seconds('waiting_seconds_max', 'ring'),
	seconds('contact_seconds_mean', 'talk'),
	seconds('contact_seconds_max', 'talk'),
	plain('type', 12, 'kind', extra),
	counter('priority', 'kind', { extra: true, counts: false,
	    text: (queue) => queue.priority === null ? '' :
	        String(queue.priority) }),
	plain('source', 10, 'kind', extra),
	counter('agents', 'time', extra),
	counter('latent_sessions', 'time', { extra: true, width: 13 }),
	date('oldest_contact_at', 16, 'talk', extra),
	counter('max_waiting', 'lost', { extra: true, width: 14 }),
	counter('max_estimated_waiting', 'lost',
	    { extra: true, width: 14 }),
	counter('not_manageable_with_latent', 'lost',
	    { extra: true, width: 14 }),
	counter('not_manageable_without_latent', 'lost',
	    { extra: true, width: 14 }),
	seconds('waiting_seconds', 'ring', extra),
	seconds('contact_seconds', 'talk', extra),
]);

export const queues = Object.freeze({
	view: 'queues',
	name: 'queues',
	key: (queue) => `${queue.source}/${queue.name}`,
	lasting: { waitStart: ['oldest_waiting_at', 'longest_wait_seconds'] },
	facets: ['type', 'source'],
	terms: ['hidden'],
	sort: [{ key: 'label', descending: false }],
	dim: (queue) => queue.logged_sessions === 0,
	fields: fieldsOf(columns, ['source', 'stale', 'oldest_waiting_at']),
	columns,
});
