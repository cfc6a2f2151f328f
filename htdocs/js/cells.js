/**
 * How a cell is drawn.  Each maker fills a fresh cell and returns patch(row,
 * context), which brings it up to date and writes only what has changed.
 * The first thing that can be used in a row is its stop for the keyboard.
 */
import { STAGES } from './calls.js';
import { attribute, element, glyph, setGlyph, text } from './dom.js';
import { initials } from './format.js';
import { drawSpark, makeSpark } from './spark.js';
import { known, stateWord } from './states.js';
import { formatValues } from './values.js';

function textCell(td, column) {
	const node = document.createTextNode('');

	td.append(node);
	return (row, context) => {
		const value = String(column.text(row, context));

		if (node.data !== value)
			node.data = value;
		if (column.counts)
			td.classList.toggle('zero', row[column.key] === 0);
	};
}

/** Leads to the detail of a user, or nowhere when there is none. */
function leadTo(link, view, source, login) {
	const key = login === null ? null : `${source}/${login}`;

	link.hidden = key === null;
	attribute(link, 'data-user', key);
	attribute(link, 'href', key === null ? null : `?${view}user=${
	    encodeURIComponent(key).replaceAll('%2F', '/')}`);
}

function userCell(td, column) {
	const badge = element('span', { className: 'initials',
	    'aria-hidden': 'true' });
	const link = element('a', { className: 'name', tabIndex: -1 });
	const login = element('span', { className: 'login' });

	td.append(element('div', { className: 'who' }, badge, link, login));
	return (user, context) => {
		text(badge, initials(user.name, user.login));
		text(link, column.text(user, context));
		text(login, user.login);
		leadTo(link, '', user.source, user.login);
	};
}

/** Who has a call; nobody yet while it waits. */
function agentCell(td, column) {
	const link = element('a', { className: 'name', tabIndex: -1 });
	const login = element('span', { className: 'login' });

	td.append(element('div', { className: 'who' }, link, login));
	return (row, context) => {
		text(link, column.text(row, context));
		text(login, row.agent_name ? row.agent : '');
		leadTo(link, 'view=calls&', row.source, row.agent);
	};
}

/** A queue leads to its calls. */
function queueCell(td, column) {
	const link = element('a', { className: 'name', tabIndex: -1 });
	const name = element('span', { className: 'login' });

	td.append(element('div', { className: 'who' }, link, name));
	return (queue, context) => {
		const value = formatValues([{ value: queue.name, not: false }]);

		text(link, column.text(queue, context));
		text(name, queue.label ? queue.name : '');
		attribute(link, 'href',
		    `?view=calls&queue=${encodeURIComponent(value)}`);
		attribute(link, 'title', context.t('queue.calls'));
	};
}

/** When a call came in: what tells it from the others to a reader. */
function callCell(td, column) {
	const time = element('time', { tabIndex: -1 });

	td.append(element('div', { className: 'who' }, time));
	return (row, context) => {
		text(time, column.text(row, context));
		attribute(time, 'datetime', row.queued_at);
	};
}

/** A badge of a state's colours: (state, glyph, word) brings it up to date. */
function badge(parent) {
	const svg = glyph('unknown');
	const word = element('span', { className: 'word' });
	const made = element('span', {}, svg, word);

	parent.append(made);
	return (state, name, words) => {
		made.className = `badge s-${state}`;
		setGlyph(svg, name);
		text(word, words);
	};
}

/** A stale source's users are unknown; what they were last stands beside. */
function stateCell(td) {
	const badges = element('div', { className: 'badges' });
	const was = element('span', { className: 'was' });
	const show = badge(badges);

	badges.append(was);
	td.append(badges);
	return (user, { t }) => {
		const code = known(user.state);
		const last = user.known_state;

		show(code, code, stateWord(t, user.state, user.mode_label));
		const before = last && last !== user.state ?
		    stateWord(t, last, user.mode_label) : '';

		text(was, before && t('state.before', { state: before }));
		attribute(was, 'title', before === '' ? null :
		    t('state.was', { state: before }));
	};
}

function stageCell(td) {
	const badges = element('div', { className: 'badges' });
	const show = badge(badges);

	td.append(badges);
	return ({ stage }, { t }) => {
		const { state, glyph: name } = STAGES[stage];

		show(state, name, t(`stage.${stage}`));
	};
}

/** A number that is to be seen when it is not zero. */
function alarmCell(td, column) {
	const number = element('span');

	td.append(number);
	return (row, context) => {
		const value = row[column.key];

		text(number, column.text(row, context));
		number.className = value > 0 ? 'alarm s-ringing' : '';
		td.classList.toggle('zero', value === 0);
	};
}

/** The last hour, minute by minute; in words for who does not see it. */
function sparkCell(td, column) {
	const svg = makeSpark();
	const words = element('span', { className: 'unseen' });

	td.append(svg, words);
	return (row, context) => {
		const value = column.text(row, context);

		drawSpark(svg, row[column.key] ?? []);
		text(words, value);
		attribute(td, 'title', value || null);
	};
}

function sessionCell(td, column) {
	const button = element('button', { type: 'button', tabIndex: -1,
	    className: 'copy' });

	td.append(button);
	return (row, context) => {
		const id = row.session_id ?? '';

		text(button, column.text(row, context));
		button.hidden = id === '';
		attribute(button, 'title', id === '' ? null :
		    context.t('session.copy', { id }));
		attribute(button, 'data-copy', id);
	};
}

const MAKERS = { user: userCell, state: stateCell, session: sessionCell,
	queue: queueCell, call: callCell, agent: agentCell, stage: stageCell,
	alarm: alarmCell, spark: sparkCell };

/** Makes the cell of a column; see above. */
export function makeCell(column, td) {
	return (MAKERS[column.cell] ?? textCell)(td, column);
}
