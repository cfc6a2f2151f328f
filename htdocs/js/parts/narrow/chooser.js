/** The column chooser: which columns, in which order. */
import { attribute, element, glyph, keyed, text } from '../../lib/dom.js';
import { columnsOf } from '../../lists/fields.js';
import { listOf } from '../../lists/lists.js';
import { openUnder } from './popover.js';

/**
 * Keys of a list's columns: those shown, in their order, and all, those first.
 * The first column is not among them, because it stays first.
 */
export function listed(list, chosen) {
	const shown = columnsOf(list, chosen).map(({ key }) => key).slice(1);
	const rest = list.columns.slice(1).map(({ key }) => key)
	    .filter((key) => !shown.includes(key));

	return { shown, all: [...shown, ...rest] };
}

/** keys with the one at `from` moved by `by` places, within the list. */
export function moved(keys, from, by) {
	const to = Math.max(0, Math.min(from + by, keys.length - 1));
	const next = keys.filter((key, i) => i !== from);

	next.splice(to, 0, keys[from]);
	return next;
}

function button(name) {
	return element('button', { type: 'button' }, ...name ? [glyph(name)] : []);
}

export class Chooser {
	#panel;
	#onChoose;
	#items = element('ul', { className: 'values' });
	#reset = button();
	#list;
	#chosen = null;		/* keys of columns, null for the usual ones */
	#t;

	/** onChoose(keys) with the columns after the first, null for the usual. */
	constructor(opener, panel, onChoose) {
		this.#panel = panel;
		this.#onChoose = onChoose;
		panel.append(this.#items, this.#reset);
		this.#reset.addEventListener('click', () => onChoose(null));
		panel.addEventListener('beforetoggle', ({ newState }) => {
			if (newState === 'open')
				this.#draw();
		});
		openUnder(opener, panel, 'right');
	}

	update(view, t) {
		this.#list = listOf(view);
		this.#chosen = view.columns;
		this.#t = t;
		if (this.#panel.matches(':popover-open'))
			this.#draw();
	}

	#shown() {
		return listed(this.#list, this.#chosen).shown;
	}

	#makeItem(key) {
		const box = element('input', { type: 'checkbox' });
		const up = button('ascending'), down = button('descending');

		box.addEventListener('change', () =>
		    this.#onChoose(box.checked ? [...this.#shown(), key] :
		        this.#shown().filter((other) => other !== key)));
		for (const [node, by] of [[up, -1], [down, 1]])
			node.addEventListener('click', () => {
				const at = this.#shown().indexOf(key);

				if (at >= 0)
					this.#onChoose(moved(this.#shown(), at,
					    by));
				node.focus();
			});
		return element('li', {}, element('label', {}, box,
		    element('span', { className: 'word' })), up, down);
	}

	#draw() {
		const { shown, all } = listed(this.#list, this.#chosen);
		const t = this.#t;

		keyed(this.#items, all, (key) => this.#makeItem(key),
		    (li, key) => {
			const at = shown.indexOf(key);
			const [label, up, down] = li.children;
			const { words = key } = this.#list.columns.find(
			    (column) => column.key === key);
			const column = t(`field.${words}`);

			label.firstChild.checked = at >= 0;
			text(label.lastChild, column);
			attribute(up, 'aria-label', t('columns.up', { column }));
			attribute(down, 'aria-label', t('columns.down', { column }));
			attribute(up, 'aria-disabled', String(at <= 0));
			attribute(down, 'aria-disabled',
			    String(at < 0 || at === shown.length - 1));
		});
		text(this.#reset, t('columns.reset'));
		this.#reset.disabled = this.#chosen === null;
	}
}
