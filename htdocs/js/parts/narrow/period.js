/** The menu of the period that calls are listed for: from, to, usual spans. */
import { attribute, element, glyph, text } from '../../lib/dom.js';
import { setTerms } from '../../model/view.js';
import { openUnder } from './popover.js';

/* Days from today's midnight at which each span begins and ends. */
const SPANS = { __proto__: null, today: [null, null], yesterday: [-1, 0],
	week: [-6, null] };

/** The date that is so many days from the day of now (ms), as YYYY-MM-DD. */
export function day(now, days) {
	const date = new Date(now);

	date.setDate(date.getDate() + days);
	return [String(date.getFullYear()).padStart(4, '0'),
		...[date.getMonth() + 1, date.getDate()].map((n) =>
		    String(n).padStart(2, '0'))].join('-');
}

/** The terms of a span, at a time. */
export function spanTerms(name, now) {
	const [from, to] = SPANS[name].map((days) =>
	    days === null ? null : day(now, days));

	return { from, to };
}

/** A term as the value of a field of date and time. */
function fieldValue(term) {
	return term === null ? '' : term.includes('T') ? term : `${term}T00:00`;
}

/** Shows the view's times in the fields, but not where one is typed in. */
function drawFields(fields, terms) {
	for (const [name, input] of fields) {
		const value = fieldValue(terms[name]);

		if (input !== document.activeElement && input.value !== value)
			input.value = value;
	}
}

/** now(): the server's time in ms.  go: as for menus. */
export function createPeriod(parent, now, go) {
	const label = element('span', { className: 'word' });
	const button = element('button', { type: 'button', className: 'menu' },
	    label, glyph('below'));
	const fields = ['from', 'to'].map((name) => [name,
		element('input', { type: 'datetime-local', name })]);
	const names = fields.map(([, input]) => element('label', {},
	    element('span', { className: 'word' }), input));
	const spans = Object.keys(SPANS).map((name) => [name,
		element('button', { type: 'button' })]);
	const panel = element('div', { className: 'panel period',
	    id: 'menu-period', popover: 'auto', role: 'group' }, ...names,
	    element('div', { className: 'spans' },
	        ...spans.map(([, node]) => node)));

	parent.append(button, panel);
	button.setAttribute('popovertarget', panel.id);
	openUnder(button, panel);
	for (const [name, input] of fields)
		input.addEventListener('change', () =>
		    go((view) => setTerms(view, { [name]: input.value || null })));
	for (const [name, node] of spans)
		node.addEventListener('click', () => {
			panel.hidePopover();
			go((view) => setTerms(view, spanTerms(name, now())));
		});

	function words(t) {
		text(label, t('period'));
		attribute(panel, 'aria-label', t('period'));
		fields.forEach(([name], i) =>
		    text(names[i].firstChild, t(`filter.${name}`)));
		for (const [name, node] of spans)
			text(node, t(`period.${name}`));
	}

	function update({ terms }) {
		button.hidden = terms.from === undefined;
		if (button.hidden)
			return;
		button.classList.toggle('on', terms.from !== null ||
		    terms.to !== null);
		drawFields(fields, terms);
	}
	return { words, update };
}
