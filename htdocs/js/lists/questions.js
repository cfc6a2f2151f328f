/** What is asked of the API for a view.  Pure. */
import { encode, formatValues } from '../lib/values.js';
import { conditions } from '../model/view.js';
import { formatSort } from './address.js';
import { listOf } from './lists.js';
import { ROOM } from './wall.js';

/** Times in the view are those of the reader's clock. */
export function termForApi(name, value) {
	if (name !== 'from' && name !== 'to')
		return value;
	return new Date(value.includes('T') ? value : `${value}T00:00`)
	    .toISOString().replace('.000', '');
}

function narrowed(view) {
	return [...conditions(view, termForApi), ['sort', formatSort(view.sort)]];
}

/**
 * The wall asks for the busiest queues; for the users, only to have them
 * counted, and for no field, which not everybody may ask for; and for the queue
 * with the longest wait, which may be another, and a technical one, too.
 */
function wallQuestions(view) {
	const { source } = view.filters, { name, asked, sort } = listOf(view);
	const queues = (keys, n, more = []) => `${name}?${encode([
		...source.length > 0 ? [['source', formatValues(source)]] : [],
		...more, ['sort', formatSort(keys)], ['per_page', n],
		['fields', asked.join(',')]])}`;

	return [queues(sort, ROOM),
		`users?${encode([...conditions(view), ['per_page', 1]])}`,
		queues([{ key: 'longest_wait_seconds', descending: true }], 1,
		    [['hidden', true]])];
}

/**
 * What is asked of the API for this view: paths behind api/v1/.  The first is
 * that for the rows.
 */
export function questions(view) {
	const { name, asked } = listOf(view);

	return view.view === 'wall' ? wallQuestions(view) :
	    [`${name}?${encode([...narrowed(view), ['page', view.page],
	        ['per_page', view.perPage], ['fields', asked.join(',')]])}`];
}

/** The same for a file of all that match, in a dialect of CSV. */
export function exportQuestion(view, dialect) {
	return `${listOf(view).name}?${encode([...narrowed(view),
		['format', 'csv'], ['csv', dialect]])}`;
}
