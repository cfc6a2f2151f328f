/** The column chooser: which columns, in which order. */
import { columnsOf } from '../../lists/fields.js';
import { attribute, element, glyph, keyed, text } from '../../lib/dom.js';
import { listOf } from '../../lists/lists.js';

/**
 * The columns of a list as the chooser shows them: the chosen ones in their
 * order, then the rest.  The first column is not among them: it stays first.
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

/** onChoose(keys) with the columns after the first, null for the default. */
export function createChooser(button, panel, onChoose) {
	const items = element('ul', { className: 'values' });
	const reset = element('button', { type: 'button' });
	let list, chosen = null, t;

	panel.append(items, reset);
	reset.addEventListener('click', () => onChoose(null));
	panel.addEventListener('beforetoggle', (event) => {
		if (event.newState === 'open')
			draw();
	});
	panel.addEventListener('toggle', (event) => {
		if (event.newState !== 'open')
			return;
		const at = button.getBoundingClientRect();

		panel.style.right = `${Math.max(8,
		    document.documentElement.clientWidth - at.right)}px`;
		panel.style.top = `${at.bottom + 4}px`;
		panel.style.maxHeight = `${Math.max(160,
		    window.innerHeight - at.bottom - 16)}px`;
	});

	function shift(key, by) {
		const { shown } = listed(list, chosen);
		const at = shown.indexOf(key);

		if (at >= 0)
			onChoose(moved(shown, at, by));
	}

	function make(key) {
		const box = element('input', { type: 'checkbox' });
		const up = element('button', { type: 'button' }, glyph('ascending'));
		const down = element('button', { type: 'button' },
		    glyph('descending'));

		box.addEventListener('change', () => {
			const { shown } = listed(list, chosen);

			onChoose(box.checked ? [...shown, key] :
			    shown.filter((other) => other !== key));
		});
		for (const [node, by] of [[up, -1], [down, 1]])
			node.addEventListener('click', () => {
				shift(key, by);
				node.focus();
			});
		return element('li', {}, element('label', {}, box,
		    element('span', { className: 'word' })), up, down);
	}

	function draw() {
		const { shown, all } = listed(list, chosen);

		keyed(items, all, make, (li, key) => {
			const at = shown.indexOf(key);
			const [label, up, down] = li.children;
			const { words = key } = list.columns.find((column) =>
			    column.key === key);
			const column = t(`field.${words}`);

			label.firstChild.checked = at >= 0;
			text(label.lastChild, column);
			attribute(up, 'aria-label', t('columns.up', { column }));
			attribute(down, 'aria-label', t('columns.down', { column }));
			attribute(up, 'aria-disabled', String(at <= 0));
			attribute(down, 'aria-disabled',
			    String(at < 0 || at === shown.length - 1));
		});
		text(reset, t('columns.reset'));
		reset.disabled = chosen === null;
	}

	return {
		update(view, translate) {
			list = listOf(view);
			chosen = view.columns;
			t = translate;
			if (panel.matches(':popover-open'))
				draw();
		},
	};
}
