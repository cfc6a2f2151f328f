/** The column chooser: which columns, in which order. */
import { COLUMNS, columnsOf } from './columns.js';
import { attribute, element, glyph, keyed, text } from './dom.js';

/**
 * All columns as the chooser lists them: the chosen ones in their order, then
 * the rest.  The user is not among them: that one always stands first.
 */
export function listed(chosen) {
	const shown = columnsOf(chosen).map((column) => column.key).slice(1);
	const rest = COLUMNS.map((column) => column.key).filter((key) =>
	    key !== 'user' && !shown.includes(key));

	return { shown, all: [...shown, ...rest] };
}

/** keys with the one at `from` moved by `by` places, within the list. */
export function moved(keys, from, by) {
	const to = Math.max(0, Math.min(from + by, keys.length - 1));
	const next = keys.filter((key, i) => i !== from);

	next.splice(to, 0, keys[from]);
	return next;
}

/** onChoose(keys) with the columns after the user's, null for the default. */
export function createChooser(button, panel, onChoose) {
	const list = element('ul', { className: 'values' });
	const reset = element('button', { type: 'button' });
	let chosen = null, t;

	panel.append(list, reset);
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
		const { shown } = listed(chosen);
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
			const { shown } = listed(chosen);

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
		const { shown, all } = listed(chosen);

		keyed(list, all, make, (li, key) => {
			const at = shown.indexOf(key);
			const [label, up, down] = li.children;
			const column = t(`field.${key}`);

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
		update(keys, translate) {
			chosen = keys;
			t = translate;
			if (panel.matches(':popover-open'))
				draw();
		},
	};
}
