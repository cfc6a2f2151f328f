/**
 * The table itself: rows by key, cells patched in place.  It draws what it is
 * told; grid.js decides which rows stand where.
 */
import { element } from '../../lib/dom.js';
import { differs, settled } from '../../model/rows.js';
import { cellOf } from './cells.js';
import { createHeader } from './header.js';

/** A row of cells without values: copying it is faster than making each. */
function makeMould(columns) {
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

/** The widths of the columns, for css/table.css. */
function setWidths(table, columns) {
	const [first, second = '', ...rest] = columns.map(({ width }) =>
	    `minmax(${width}ch, ${width}fr)`);

	for (const [name, tracks] of Object.entries({ first, second,
	    rest: rest.join(' ') }))
		table.style.setProperty(`--${name}`, ` ${tracks}`);
	table.style.minWidth = `${columns.reduce((sum, { width }) =>
	    sum + width, 0)}ch`;
}

export class Table {
	#table;
	#list;
	#header;
	#context;		/* of the texts of cells */
	#columns = [];
	#sources = [];		/* of each column: the fields it is made of */
	#mould;
	#records = new Map();	/* key -> {tr, row, age, patches} */
	#shown = [];

	/**
	 * A list (lists/lists.js) in an empty <table>.  onSort(column, add) is
	 * called for a click on a header.  Its caption, if it has one, stays.
	 */
	constructor(table, list, onSort) {
		this.#table = table;
		this.#list = list;
		this.#header = createHeader(
		    table.appendChild(element('thead')).insertRow(), onSort);
		this.body = table.appendChild(element('tbody'));
	}

	/** The keys of the rows, from top to bottom. */
	get shown() {
		return this.#shown;
	}

	/**
	 * Which columns, and the context of their texts.  Every row is made
	 * anew: for a change of columns or of language.
	 */
	setColumns(columns, context) {
		const order = this.#shown;
		const rows = new Map(order.map((key) =>
		    [key, this.#records.get(key).row]));

		this.#columns = columns;
		this.#sources = columns.map(({ key, from, ticks }) =>
		    ticks ?? from ?? [key]);
		this.#context = context;
		this.#mould = makeMould(columns);
		setWidths(this.#table, columns);
		this.#header.setColumns(columns, context.t);
		this.body.replaceChildren();
		this.#records.clear();
		this.#shown = [];
		this.update(order, rows);
	}

	/** Marks the headers of what it is sorted by. */
	setSort(keys) {
		this.#header.setSort(keys);
	}

	/**
	 * Shows these keys in this order, with what rows (key -> row) knows of
	 * them; a key it does not know keeps its last cells.  departed: keys of
	 * rows that stay only because nothing may move now.
	 */
	update(order, rows, departed = new Set()) {
		for (const key of order) {
			const fresh = !this.#records.has(key);

			if (fresh)
				this.#records.set(key, this.#makeRecord(key));
			const record = this.#records.get(key);

			if (rows.has(key))
				this.#patch(record, rows.get(key), fresh);
			record.tr.classList.toggle('departed',
			    departed.has(key));
		}
		this.#arrange(order);
	}

	/** What grows with time, each second. */
	tick() {
		const ticking = this.#columns.flatMap((column, i) =>
		    column.ticks ? [i] : []);

		for (const key of this.#shown) {
			const record = this.#records.get(key);

			this.#markAge(record);
			if (record.tr.classList.contains('departed'))
				continue;
			for (const i of ticking)
				record.patches[i](record.row, this.#context);
		}
	}

	/** Every cell anew, when a new day has begun. */
	redraw() {
		for (const key of this.#shown) {
			const record = this.#records.get(key);

			this.#patch(record, record.row, true);
		}
	}

	#makeRecord(key) {
		const tr = this.#mould.cloneNode(true);
		let td = null;
		const patches = this.#columns.map((column) => {
			td = td === null ? tr.firstChild : td.nextSibling;
			return cellOf(column).bind(td, column);
		});

		tr.dataset.key = key;
		return { tr, row: undefined, age: '', patches };
	}

	#patch(record, row, all) {
		for (let i = 0; i < this.#columns.length; i++)
			if (all || differs(record.row, row, this.#sources[i]))
				record.patches[i](row, this.#context);
		record.tr.classList.toggle('stale', row.stale === true);
		record.tr.classList.toggle('off', this.#list.dim(row));
		record.row = row;
		this.#markAge(record);
	}

	/** Each row of old data says how old it is (css/table.css draws it). */
	#markAge(record) {
		const age = this.#context.age(record.row);

		if (age === record.age)
			return;
		record.age = age;
		record.tr.classList.toggle('aged', age !== '');
		record.tr.style.setProperty('--age', JSON.stringify(age));
	}

	/** Moves the rows into this order; those that stay are not touched. */
	#arrange(order) {
		const still = settled(this.#shown, order);
		const wanted = new Set(order);
		const focused = document.activeElement;
		let next = null;

		for (const key of this.#shown)
			if (!wanted.has(key)) {
				this.#records.get(key).tr.remove();
				this.#records.delete(key);
			}
		for (const key of [...order].reverse()) {
			const { tr } = this.#records.get(key);

			if (!still.has(key))
				this.body.insertBefore(tr, next);
			next = tr;
		}
		this.#shown = [...order];
		if (focused !== document.activeElement &&
		    this.body.contains(focused))
			focused.focus({ preventScroll: true });
	}
}
