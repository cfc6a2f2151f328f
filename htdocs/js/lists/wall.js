/**
 * What the wall shows: the busiest queues, what waits in all of them, and how
 * many users are in each state.  The source filters all of it, the other
 * filters only users.
 */
import { askedFor } from './fields.js';
import { queueKey, queues } from './queues.js';

export const wall = Object.freeze({ ...queues,
	view: 'wall',
	facets: ['profile', 'team', 'source'],
	terms: [],
	sort: ['waiting_tasks', 'longest_wait_seconds', 'running_tasks'].map(
	    (key) => ({ key, descending: true })),
	columns: [],
	asked: askedFor(queues.fields.filter((field) => field.wall),
	    ['source', 'stale', 'oldest_waiting_at']),
});

export const ROOM = 12;		/* queues */

/** The rows in the order of their labels, in which tiles stay in place. */
export function byLabel(rows, language) {
	const { compare } = new Intl.Collator(language);

	return [...rows].sort((a, b) => compare(a.label, b.label) ||
	    compare(queueKey(a), queueKey(b)));
}

/**
 * How many are logged in, by the counts of states (a Map): [] when nothing is
 * known, [n], or [least, most] when somebody's state is unknown.
 */
export function loggedIn(counts) {
	if (counts === undefined)
		return [];
	const unknown = counts.get('unknown') ?? 0;
	const n = [...counts.values()].reduce((a, b) => a + b, 0) - unknown -
	    (counts.get('offline') ?? 0);

	return unknown > 0 ? [n, n + unknown] : [n];
}
