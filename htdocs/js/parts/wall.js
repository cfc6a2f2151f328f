/** The board on the wall: how many are in each state, and what waits. */
import { attribute, element, glyph, keyed, text } from '../lib/dom.js';
import { since } from '../lists/fields.js';
import { number } from '../lib/format.js';
import { STATES } from '../model/states.js';
import { queueKey, queueWord } from '../lists/queues.js';
import { byLabel, loggedIn } from '../lists/wall.js';

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

/** counts: of each state (a Map), or undefined. */
function drawStates(parent, counts, t) {
	keyed(parent, STATES, makeState, (node, name) => {
		const n = counts?.get(name) ?? 0;

		text(node.children[1], t(`state.${name}`));
		text(node.children[2], counts ? number(n, t.locale) : '');
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

	text(name, queueWord(queueKey(queue),
	    new Map([[queueKey(queue), queue.label || queue.name]]),
	    context.several));
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
	let shown = new Map(), figures = null;

	parent.append(element('div', { className: 'leads' }, waiting, longest,
	    logged), states, queues, note);

	/** What ticks, and what depends on it. */
	function tick() {
		const { t } = context, worst = figures?.longest;

		say(longest, t('wall.longest'), worst === undefined ?
		    (figures?.queues > 0 ? '–' : '') :
		    since(worst.waitStart, worst, context));
		for (const node of [waiting, longest]) {
			node.classList.toggle('s-ringing', figures?.waiting > 0);
			node.classList.toggle('aged', figures?.silent === true);
		}
		keyed(queues, [...shown.keys()], makeQueue, (node, key) =>
		    drawQueue(node, shown.get(key), context));
	}

	/**
	 * rows: the busiest queues, by key; next: the figures of all queues and
	 * users (wall() in page/board.js), or null while there are none.
	 */
	function draw(rows, next) {
		const { t } = context;

		figures = next;
		shown = new Map(byLabel(rows.values(), t.language).map((queue) =>
		    [queueKey(queue), queue]));
		say(waiting, t('wall.waiting'),
		    number(figures?.waiting, t.locale));
		say(logged, t('wall.logged'), loggedIn(figures?.states)
		    .map((n) => number(n, t.locale)).join('–'));
		drawStates(states, figures?.states, t);
		text(note, [figures?.queues > shown.size ? t('wall.some',
		    { shown: shown.size, total: figures.queues }) : '',
		figures?.hidden.queues > 0 ? t('wall.hidden', {
			n: figures.hidden.queues,
			calls: figures.hidden.waiting_tasks }) : '']
		    .filter(Boolean).join(' · '));
		attribute(parent, 'data-queues', String(shown.size));
		tick();
	}
	return { tick, draw };
}
