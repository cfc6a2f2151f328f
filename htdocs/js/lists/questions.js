/** What is asked of the API for a view.  Pure. */
import { encode, formatValues } from '../lib/values.js';
import { conditions } from '../model/view.js';
import { formatSort } from './address.js';
import { listOf } from './lists.js';

/** Times in the view are those of the reader's clock. */
function termForApi(name, value) {
	if (name !== 'from' && name !== 'to')
		return value;
	return new Date(value.includes('T') ? value : `${value}T00:00`)
	    .toISOString().replace('.000', '');
}

function narrowed(view) {
	return [...conditions(view, termForApi), ['sort', formatSort(view.sort)]];
}

/** What is asked of the API for this view: paths behind api/v1/. */
export function questions(view) {
	const { name, asked, also } = listOf(view), fields = asked.join(',');

	if (view.view === 'wall') {
		const { source } = view.filters;

		return [`${name}?${encode([...source.length > 0 ?
		    [['source', formatValues(source)]] : [],
		['per_page', 500], ['fields', fields]])}`,
		`users?${encode([...conditions(view), ['per_page', 1],
			['fields', 'login']])}`];
	}
	return [`${name}?${encode([...narrowed(view), ['page', view.page],
		['per_page', view.perPage], ['fields', fields]])}`,
	...also ? [also] : []];
}

/** The same for a file of all that match, in a dialect of CSV. */
export function exportQuestion(view, dialect) {
	return `${listOf(view).name}?${encode([...narrowed(view),
		['format', 'csv'], ['csv', dialect]])}`;
}
