/**
 * Which rows stand where.  Pure; rows are told by their keys.
 */

/**
 * The largest set of keys that are in the same order in both lists: what need
 * not move when the first is turned into the second.  O(n log n).
 */
export function settled(shown, next) {
	const place = new Map(shown.map((key, i) => [key, i]));
	const common = next.filter((key) => place.has(key));
	const tails = [];	/* index in common of each length's best end */
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
 * What to show when the server now says `next` and the reader sees `shown`.
 * held: the reader is at work in the table, so nothing may move; rows that
 * have left stay (departed) and rows that have come wait.  pending is how
 * many rows would move, come or go if the order were taken over.
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
