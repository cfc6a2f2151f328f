/** What is asked of the API for a view.  Pure. */
import { encode, formatValues } from '../lib/values.js';
import { conditions } from '../model/view.js';
import { formatSort } from './address.js';
import { listOf } from './lists.js';

const WALL_FIELDS = 'source,name,label,stale,waiting_tasks,' +
    'oldest_waiting_at,longest_wait_seconds,running_tasks,logged_sessions,' +
    'working_sessions,free_sessions';

/** The reader's times are those of the reader's clock. */
function asked(name, value) {
	if (name !== 'from' && name !== 'to')
		return value;
	return new Date(value.includes('T') ? value : `${value}T00:00`)
	    .toISOString().replace('.000', '');
}

function narrowed(view) {
	return [...conditions(view, asked), ['sort', formatSort(view.sort)]];
}

/** The wall's queues know sources only, and all of them are wanted. */
function wallQuery({ filters: { source } }) {
	return encode([...source.length > 0 ?
	    [['source', formatValues(source)]] : [], ['per_page', 500],
	    ['fields', WALL_FIELDS]]);
}
/** What is asked of the API for this view: paths behind api/v1/. */
export function questions(view) {
	const { name, fields, also } = listOf(view);

	if (view.view === 'wall')
		return [`queues?${wallQuery(view)}`, `users?${encode([
			...conditions(view), ['per_page', 1], ['fields', 'login']])}`];
	return [`${name}?${encode([...narrowed(view), ['page', view.page],
		['per_page', view.perPage], ['fields', fields.join(',')]])}`,
	...also ? [also] : []];
}

/** The same for a file of all that match, in a dialect of CSV. */
export function exportQuestion(view, dialect) {
	return `${listOf(view).name}?${encode([...narrowed(view),
		['format', 'csv'], ['csv', dialect]])}`;
}
