/** The board on the wall: how many are in each state, and what waits. */
import { attribute, element, glyph, keyed, text } from '../lib/dom.js';
import { since } from '../lists/fields.js';
import { number } from '../lib/format.js';
import { STATES } from '../model/states.js';
import { busiest, loggedIn, waitingIn } from '../lists/wall.js';

function figure(...classes) {
	return element('div', { className: ['figure', ...classes].join(' ') },
	    element('span', { className: 'label' }), element('b'));
}

function say(node, label, value) {
	text(node.firstChild, label);
	text(node.lastChild, value);
}

function makeState(name) {
	const node = figure(`s-${name}`);

	node.prepend(glyph(name));
	return node;
}

function drawStates(parent, facet, t) {
	keyed(parent, STATES, makeState, (node, name) => {
		const n = facet?.[name] ?? 0;

		text(node.children[1], t(`state.${name}`));
		text(node.children[2], facet ? number(n, t.locale) : '');
		node.classList.toggle('none', n === 0);
	});
}

function makeQueue() {
	return element('div', { className: 'queue' },
	    element('h3'), element('b', { className: 'count' }),
	    element('span', { className: 'wait' }),
	    element('span', { className: 'staff' }));
}

function drawQueue(node, queue, context) {
	const { t } = context, some = queue.waiting_tasks > 0;
	const [name, count, wait, staff] = node.children;

	text(name, queue.label || queue.name);
	text(count, number(queue.waiting_tasks, t.locale));
	text(wait, since(queue.waitStart, queue, context) ||
	    (queue.waiting_tasks === null ? '' : '–'));
	text(staff, queue.free_sessions === null ? '' :
	    t('wall.free', { n: queue.free_sessions,
	        logged: queue.logged_sessions ?? 0 }));
	node.className = `queue ${some ? 's-ringing waits' : ''}`.trim();
	node.classList.toggle('aged', context.age(queue) !== '');
}

/** parent: an empty element; context: as for the texts of cells. */
export function createWall(parent, context) {
	const waiting = figure('lead'), longest = figure('lead');
	const logged = figure('lead');
	const states = element('div', { className: 'states' });
	const queues = element('div', { className: 'queues' });
	const note = element('p', { className: 'note' });
	let rows = [], shown = new Map();

	parent.append(element('div', { className: 'leads' }, waiting, longest,
	    logged), states, queues, note);

	/** What ticks, and what depends on it. */
	function tick() {
		const { t } = context;
		const { waiting: n, oldest } = waitingIn(rows);
		const aged = rows.some((row) => context.age(row) !== '');

		say(longest, t('wall.longest'), oldest === null ?
		    (rows.length > 0 ? '–' : '') :
		    since(oldest.waitStart, oldest, context));
		for (const node of [waiting, longest]) {
			node.classList.toggle('s-ringing', n > 0);
			node.classList.toggle('aged', aged);
		}
		keyed(queues, [...shown.keys()], makeQueue, (node, key) =>
		    drawQueue(node, shown.get(key), context));
	}

	/**
	 * map: the queues, by key; totals: the API's answer about the users,
	 * or null while there is none.
	 */
	function draw(map, totals) {
		const { t } = context, facet = totals?.facets.state;

		rows = [...map.values()];
		const some = busiest(rows);

		shown = new Map([...map].filter(([, queue]) =>
		    some.includes(queue)));
		say(waiting, t('wall.waiting'), rows.length === 0 ? '' :
		    number(waitingIn(rows).waiting, t.locale));
		say(logged, t('wall.logged'), loggedIn(facet)
		    .map((n) => number(n, t.locale)).join('–'));
		drawStates(states, facet, t);
		text(note, rows.length > shown.size ? t('wall.some',
		    { shown: shown.size, total: rows.length }) : '');
		attribute(parent, 'data-queues', String(shown.size));
		tick();
	}
	return { tick, draw };
}
