/**
 * The table itself: header, rows by key, cells patched in place.  It draws
 * what it is told; which rows stand where is grid.js's business.
 */
import { cellOf } from './cells.js';
import { attribute, element, glyph, setGlyph, text } from '../../lib/dom.js';
import { settled } from '../../model/order.js';
import { differs } from '../../model/rows.js';

/**
 * A list (lists.js) in an empty <table>.  onSort(column, add) is called for a
 * click on a header.  Its caption, if it has one, stays.
 */
export function createTable(table, list, onSort) {
	const head = table.appendChild(element('thead')).insertRow();
	const body = table.appendChild(element('tbody'));
	const records = new Map();	/* key -> {tr, row, age, patches} */
	let columns = [], sources = [];	/* and what fields each is made of */
	let context, mould, shown = [];

	function header(column) {
		const th = element('th', { scope: 'col',
		    className: column.number ? 'number' : '' });
		const label = element('span', { className: 'label' });

		th.dataset.column = column.key;
		if (column.sort === undefined) {
			th.append(label);
			return th;
		}
		const button = element('button', { type: 'button' }, label,
		    element('span', { className: 'order' }, glyph('none'),
		        element('span', { className: 'rank' }),
		        element('span', { className: 'unseen' })));

		button.addEventListener('click', (event) =>
		    onSort(column, event.shiftKey));
		th.append(button);
		return th;
	}

	/** A row of cells without values: it is copied faster than made. */
	function makeMould() {
		return element('tr', {}, ...columns.map((column, i) => {
			const td = i === 0 ? element('th', { scope: 'row' }) :
			    element('td');

			td.className = [column.number ? 'number' : '',
			    column.hue ? `hue-${column.hue}` : '',
			    `c-${column.key}`].join(' ').trim();
			cellOf(column).make(td);
			return td;
		}));
	}

	function makeRow(key) {
		const tr = mould.cloneNode(true);
		let td = null;
		const patches = columns.map((column) => {
			td = td === null ? tr.firstChild : td.nextSibling;
			return cellOf(column).bind(td, column);
		});

		tr.dataset.key = key;
		return { tr, row: undefined, age: '', patches };
	}

	function patch(record, row, all) {
		for (let i = 0; i < columns.length; i++)
			if (all || differs(record.row, row, sources[i]))
				record.patches[i](row, context);
		record.tr.classList.toggle('stale', row.stale === true);
		record.tr.classList.toggle('off', list.dim(row));
		record.row = row;
		mark(record);
	}

	/** Old data says on each row how old it is (css/table.css draws it). */
	function mark(record) {
		const age = context.age(record.row);

		if (age === record.age)
			return;
		record.age = age;
		record.tr.classList.toggle('aged', age !== '');
		record.tr.style.setProperty('--age', JSON.stringify(age));
	}

	/** Puts rows in this order; what need not move is not touched. */
	function place(order) {
		const still = settled(shown, order);
		const wanted = new Set(order);
		const focused = document.activeElement;
		let next = null;

		for (const key of shown)
			if (!wanted.has(key)) {
				records.get(key).tr.remove();
				records.delete(key);
			}
		for (const key of [...order].reverse()) {
			const { tr } = records.get(key);

			if (!still.has(key))
				body.insertBefore(tr, next);
			next = tr;
		}
		shown = [...order];
		if (focused !== document.activeElement && body.contains(focused))
			focused.focus({ preventScroll: true });
	}

	return {
		body,

		/** The keys of the rows, from top to bottom. */
		get shown() {
			return shown;
		},

		/**
		 * Which columns, and the context of their texts.  Every row is
		 * made anew: for a change of columns or of language.
		 */
		setColumns(newColumns, newContext) {
			columns = newColumns;
			sources = columns.map(({ key, from, ticks }) =>
			    ticks ?? from ?? [key]);
			context = newContext;
			mould = makeMould();
			const [first, second = '', ...rest] = columns.map(
			    ({ width }) => `minmax(${width}ch, ${width}fr)`);

			for (const [name, tracks] of Object.entries({ first,
			    second, rest: rest.join(' ') }))
				table.style.setProperty(`--${name}`, ` ${tracks}`);
			table.style.minWidth = `${columns.reduce((sum, column) =>
			    sum + column.width, 0)}ch`;
			head.replaceChildren(...columns.map(header));
			columns.forEach(({ key, words = key }, i) => {
				text(head.cells[i].querySelector('.label'),
				    context.t(`col.${words}`));
				attribute(head.cells[i], 'title',
				    context.t(`field.${words}`));
			});
			const rows = shown.map((key) => records.get(key).row);
			const order = shown;

			body.replaceChildren();
			records.clear();
			shown = [];
			this.update(order, new Map(order.map((key, i) =>
			    [key, rows[i]])));
		},

		/** Marks the headers, of columns shown, that it is sorted by. */
		setSort(keys) {
			const sort = keys.filter(({ key }) => columns.some((column) =>
			    column.sort === key));

			columns.forEach((column, i) => {
				const th = head.cells[i];
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
				    context.t(`sort.rank.${way}`,
				        { rank: String(at + 1) }) : '');
			});
		},

		/**
		 * Shows these keys in this order, with what rows (key -> row)
		 * knows of them; a key it does not know keeps its last cells.
		 * departed: keys of rows that stay only because nothing may
		 * move now.
		 */
		update(order, rows, departed = new Set()) {
			for (const key of order) {
				const fresh = !records.has(key);

				if (fresh)
					records.set(key, makeRow(key));
				const record = records.get(key);

				if (rows.has(key))
					patch(record, rows.get(key), fresh);
				record.tr.classList.toggle('departed',
				    departed.has(key));
			}
			place(order);
		},

		/** What grows with time, each second. */
		tick() {
			const ticking = columns.flatMap((column, i) =>
			    column.ticks ? [i] : []);

			for (const key of shown) {
				const record = records.get(key);

				mark(record);
				if (!record.tr.classList.contains('departed'))
					for (const i of ticking)
						record.patches[i](record.row,
						    context);
			}
		},

		/** Every cell anew, when a new day has begun. */
		redraw() {
			for (const key of shown)
				patch(records.get(key), records.get(key).row, true);
		},
	};
}
