/** Rows of the API: prepared for the table, compared, put in order.  Pure. */
import { anchor } from './clock.js';

/**
 * The rows of an answer for a list, by key, in its order.  Each gets the
 * beginnings of what ticks (list.lasting).  previous: the last result.
 */
export function receive(list, rows, generatedAt, previous = new Map()) {
	const at = Date.parse(generatedAt), lasting = Object.entries(list.lasting);

	return new Map(rows.map((row) => {
		const key = list.key(row), old = previous.get(key);

		for (const [name, [since, seconds]] of lasting)
			row[name] = anchor(old?.[name], row[since], row[seconds],
			    at);
		return [key, row];
	}));
}

function same(a, b) {
	return a === b || (Array.isArray(a) && Array.isArray(b) &&
	    a.length === b.length && a.every((item, i) => item === b[i]));
}

/** Whether any of these fields differs between two versions of a row. */
export function differs(before, after, fields) {
	return before === undefined ||
	    fields.some((field) => !same(before[field], after[field]));
}

/**
 * The largest set of keys that are in the same order in both lists: those that
 * need not move.  O(n log n).
 */
export function settled(shown, next) {
	const place = new Map(shown.map((key, i) => [key, i]));
	const common = next.filter((key) => place.has(key));
	const tails = [];	/* the best last index in common of each length */
	const before = [];

	common.forEach((key, i) => {
		let low = 0, high = tails.length;

		while (low < high) {
			const middle = (low + high) >> 1;

			if (place.get(common[tails[middle]]) < place.get(key))
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low > 0 ? tails[low - 1] : -1;
		tails[low] = i;
	});
	const kept = new Set();

	for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i])
		kept.add(common[i]);
	return kept;
}

/**
 * What to show when the server says `next` and the reader sees `shown`.  held:
 * nothing may move, so rows that have left stay (departed) and new rows wait.
 * pending: how many rows would move, come or go without that.
 */
export function arrange(shown, next, held) {
	const coming = new Set(next), present = new Set(shown);
	const departed = new Set(shown.filter((key) => !coming.has(key)));
	const entered = next.filter((key) => !present.has(key)).length;
	const common = next.length - entered;
	const moved = common - settled(shown, next).size;

	if (!held || shown.length === 0)
		return { order: next, departed: new Set(), pending: 0 };
	return { order: shown, departed, pending: moved + entered + departed.size };
}
