/**
 * The tabs of the page, by their name in the URL.  Each is a list of the API:
 *
 * view	  name in the URL and of the tab's words
 * name	  in the API's path and in its answer
 * key	  (row) -> the row's key
 * lasting what ticks: {field that is added: [since when, seconds so far]}
 * facets filters with several values, which the API counts
 * terms  conditions with one value (TERMS below)
 * sort	  the usual order
 * fields its fields (fields.js)
 * usual  keys of the columns after the first, when nobody has chosen
 * columns those of its fields that are; the first names the row
 * asked  the API's fields that are asked for
 * dim	  (row) -> whether it is drawn dimmed
 */
import { record } from '../lib/values.js';
import { calls } from './calls.js';
import { queues } from './queues.js';
import { users } from './users.js';
import { wall } from './wall.js';

export const LISTS = Object.freeze({ __proto__: null, users, queues, calls,
	wall });

function flag(text) {
	return text === 'true' || text === 'false';
}

/** A date, with or without a time of day, on the reader's clock. */
function time(text) {
	return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text) &&
	    !Number.isNaN(Date.parse(text));
}

const SECONDS_MAX = 1_000_000_000;	/* that the API takes */

function seconds(text) {
	return /^\d{1,10}$/.test(text) && Number(text) <= SECONDS_MAX;
}

/** Terms that compare a duration: more (_gt) or less (_lt) than so many seconds. */
export const DURATIONS = Object.freeze(['state_seconds_gt', 'state_seconds_lt',
	'login_seconds_gt', 'login_seconds_lt']);

/** Whether a text is a value of a term. */
export const TERMS = Object.freeze({ __proto__: null, logged: flag, active: flag,
	hidden: (text) => text === 'true', from: time, to: time,
	...record(DURATIONS.map((name) => [name, seconds])) });

export function listOf(view) {
	return LISTS[view.view];
}
