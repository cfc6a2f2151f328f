/** Users as they come from the API, made ready for the table.  Pure. */
import { anchor } from './clock.js';

/** A source's name has no slash, so this tells every user apart. */
export function keyOf(user) {
	return `${user.source}/${user.login}`;
}

/**
 * The users of an answer by key, in its order, each with the beginnings of
 * what ticks (stateStart, loginStart).  previous: the last such map, so that
 * a beginning already known is kept.
 */
export function receive(users, generatedAt, previous = new Map()) {
	const at = Date.parse(generatedAt);

	return new Map(users.map((user) => {
		const key = keyOf(user), old = previous.get(key);

		return [key, { ...user,
			stateStart: anchor(old?.stateStart, user.state_since,
			    user.state_seconds, at),
			loginStart: anchor(old?.loginStart, user.login_at,
			    user.login_seconds, at),
		}];
	}));
}

function same(a, b) {
	return a === b || (Array.isArray(a) && Array.isArray(b) &&
	    a.length === b.length && a.every((item, i) => item === b[i]));
}

/** Whether any of these fields differs between two versions of a user. */
export function differs(before, after, fields) {
	return before === undefined ||
	    fields.some((field) => !same(before[field], after[field]));
}
