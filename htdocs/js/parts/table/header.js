/** The header of a table: a button for each column that it can be sorted by. */
import { attribute, element, glyph, setGlyph, text } from '../../lib/dom.js';

function headerCell(column, t, onSort) {
	const { key, words = key } = column;
	const label = element('span', { className: 'label' },
	    t(`col.${words}`));
	const th = element('th', { scope: 'col', title: t(`field.${words}`),
	    className: column.number ? 'number' : '' }, label);

	th.dataset.column = key;
	if (column.sort === undefined)
		return th;
	const button = element('button', { type: 'button' }, label,
	    element('span', { className: 'order' }, glyph('none'),
	        element('span', { className: 'rank' }),
	        element('span', { className: 'unseen' })));

	button.addEventListener('click', (event) =>
	    onSort(column, event.shiftKey));
	th.append(button);
	return th;
}

/** onSort(column, add) is called for a click on the header of a column. */
export function createHeader(tr, onSort) {
	let columns = [], t;

	return {
		setColumns(nextColumns, nextT) {
			columns = nextColumns;
			t = nextT;
			tr.replaceChildren(...columns.map((column) =>
			    headerCell(column, t, onSort)));
		},

		/** Marks the columns shown that the list is sorted by. */
		setSort(keys) {
			const sort = keys.filter(({ key }) =>
			    columns.some((column) => column.sort === key));

			columns.forEach((column, i) => {
				const th = tr.cells[i];
				const at = sort.findIndex((s) =>
				    s.key === column.sort);
				const way = at < 0 ? null : sort[at].descending ?
				    'descending' : 'ascending';

				attribute(th, 'aria-sort', at === 0 ? way : null);
				if (column.sort === undefined)
					return;
				setGlyph(th.querySelector('svg'), way ?? 'none');
				text(th.querySelector('.rank'),
				    at >= 0 && sort.length > 1 ? `${at + 1}` : '');
				text(th.querySelector('.unseen'), at > 0 ?
				    t(`sort.rank.${way}`,
				        { rank: String(at + 1) }) : '');
			});
		},
	};
}
