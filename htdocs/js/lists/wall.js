/**
 * What the wall shows: queues, and how many users are in each state.  The
 * source filters both, the other filters only users.
 */
import { askedFor } from './fields.js';
import { queues } from './queues.js';

export const wall = Object.freeze({ ...queues,
	view: 'wall',
	facets: ['profile', 'team', 'source'],
	terms: [],
	columns: [],
	asked: askedFor(queues.fields.filter((field) => field.wall),
	    ['source', 'stale', 'oldest_waiting_at']),
});

const ROOM = 12;		/* queues */

function order(queue) {
	return [queue.waiting_tasks ?? 0, queue.longest_wait_seconds ?? 0,
		queue.running_tasks ?? 0];
}

/** The busiest queues, in the order that they came in. */
export function busiest(rows) {
	const ranked = rows.map((queue, at) => ({ at, rank: order(queue) }))
	    .sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1] ||
	        b.rank[2] - a.rank[2] || a.at - b.at);
	const chosen = new Set(ranked.slice(0, ROOM).map(({ at }) => at));

	return rows.filter((queue, at) => chosen.has(at));
}

/** -> {waiting: in all queues, oldest: the row with the longest wait}. */
export function waitingIn(rows) {
	return {
		waiting: rows.reduce((sum, queue) =>
		    sum + (queue.waiting_tasks ?? 0), 0),
		oldest: rows.reduce((worst, queue) =>
		    (queue.waitStart?.start ?? Infinity) <
		    (worst?.waitStart?.start ?? Infinity) ? queue : worst, null),
	};
}

/**
 * How many are logged in, by the state facet: [] when nothing is known, [n],
 * or [least, most] when somebody's state is unknown.
 */
export function loggedIn(facet) {
	if (facet === undefined)
		return [];
	const { offline, unknown = 0, ...known } = facet;
	const n = Object.values(known).reduce((a, b) => a + b, 0);

	return unknown > 0 ? [n, n + unknown] : [n];
}
