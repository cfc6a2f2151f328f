/** Rows as they come from the API, made ready for the table. */
import { anchor } from './clock.js';

/**
 * The rows of an answer for a list, by key, in its order; each gets the
 * beginnings of what ticks.  previous: the last such map, so that a beginning
 * already known is kept.
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
