/**
 * How cells are drawn.  Of each kind, make(td) fills the cell of the mould,
 * which every row is a copy of; bind(td, column) returns patch(row, context)
 * for the cell of one row, which writes what has changed.
 */
import { attribute, element, glyph, setGlyph, text } from '../../lib/dom.js';
import { initials } from '../../lib/format.js';
import { drawSpark, makeSpark } from './spark.js';
import { known, stageOf, stateWord } from '../../model/states.js';
import { encode, formatValues } from '../../lib/values.js';
import { queueKey } from '../../lists/queues.js';

const plain = {
	make: (td) => td.append(''),
	bind(td, column) {
		const node = td.firstChild;
		let zero = false;

		return (row, context) => {
			const value = String(column.text(row, context));

			if (node.data !== value)
				node.data = value;
			if (column.counts && zero !== (row[column.key] === 0))
				zero = td.classList.toggle('zero');
		};
	},
};

/** A link with a name, and the login. */
function who(td, ...before) {
	td.append(element('div', { className: 'who' }, ...before,
	    element('a', { className: 'name', tabIndex: -1 }),
	    element('span', { className: 'login' })));
}

/** Links to the detail of a user, if the reader may see it. */
function leadTo(link, view, { source }, login, { opens }) {
	const key = login === null || !opens ? null : `${source}/${login}`;

	link.hidden = login === null;
	attribute(link, 'data-user', key);
	attribute(link, 'href', key === null ? null : `?${view}user=${
	    encodeURIComponent(key).replaceAll('%2F', '/')}`);
}

const user = {
	make: (td) => who(td, element('span', { className: 'initials',
	    'aria-hidden': 'true' })),
	bind(td, column) {
		const [badge, link, login] = td.firstChild.children;

		return (row, context) => {
			text(badge, initials(row.name, row.login));
			text(link, column.text(row, context));
			text(login, row.login);
			leadTo(link, '', row, row.login, context);
		};
	},
};

/** Who has a call; nobody while it waits. */
const agent = {
	make: (td) => who(td),
	bind(td, column) {
		const [link, login] = td.firstChild.children;

		return (row, context) => {
			text(link, column.text(row, context));
			text(login, row.agent_name ? row.agent : '');
			leadTo(link, 'view=calls&', row, row.agent, context);
		};
	},
};

/** A queue links to its calls, not to those of another source's. */
const queue = {
	make: (td) => who(td),
	bind(td, column) {
		const [link, name] = td.firstChild.children;

		return (row, context) => {
			const key = queueKey(row);
			const value = formatValues([{ value: key, not: false }]);

			text(link, column.text(row, context));
			text(name, context.several ? key :
			    row.label ? row.name : '');
			attribute(link, 'href',
			    `?view=calls&${encode([['queue', value]])}`);
			attribute(link, 'title', context.t('queue.calls'));
		};
	},
};

/** A text that leads somewhere (column.link). */
const link = {
	make: (td) => td.append(element('a', { className: 'lead',
	    tabIndex: -1 })),
	bind(td, column) {
		const node = td.firstChild;

		return (row, context) => {
			const href = column.link(row);

			text(node, column.text(row, context));
			attribute(node, 'href', href);
			node.hidden = href === null;
		};
	},
};

/** When a call came in; it names the row. */
const call = {
	make: (td) => td.append(element('div', { className: 'who' },
	    element('time', { tabIndex: -1 }))),
	bind(td, column) {
		const time = td.firstChild.firstChild;

		return (row, context) => {
			text(time, column.text(row, context));
			attribute(time, 'datetime', row.queued_at);
		};
	},
};

/** A badge in a state's colours. */
function makeBadge() {
	return element('span', {}, glyph(),
	    element('span', { className: 'word' }));
}

function drawBadge(badge, state, name, words) {
	const [svg, word] = badge.children;

	badge.className = `badge s-${state}`;
	setGlyph(svg, name);
	text(word, words);
}

/** A state; for an unknown one also the last known. */
const state = {
	make: (td) => td.append(element('div', { className: 'badges' },
	    makeBadge(), element('span', { className: 'was' }))),
	bind(td) {
		const [badge, was] = td.firstChild.children;

		return (row, { t }) => {
			const code = known(row.state);
			const last = row.known_state;
			const before = last && last !== row.state ?
			    stateWord(t, last, row.mode_label) : '';

			drawBadge(badge, code, code,
			    stateWord(t, row.state, row.mode_label));
			text(was, before && t('state.before', { state: before }));
			attribute(was, 'title', before === '' ? null :
			    t('state.was', { state: before }));
		};
	},
};

const stage = {
	make: (td) => td.append(element('div', { className: 'badges' },
	    makeBadge())),
	bind(td) {
		const badge = td.firstChild.firstChild;

		return (row, { t }) => {
			const { name, look } = stageOf(row.stage);

			drawBadge(badge, look.state, look.glyph,
			    t(`stage.${name}`));
		};
	},
};

/** A number that is marked when it is not zero. */
const alarm = {
	make: (td) => td.append(element('span')),
	bind(td, column) {
		const number = td.firstChild;

		return (row, context) => {
			const value = row[column.key];

			text(number, column.text(row, context));
			number.className = value > 0 ? 'alarm s-ringing' : '';
			td.classList.toggle('zero', value === 0);
		};
	},
};

/** The last hour, minute by minute, and its words for screen readers. */
const spark = {
	make: (td) => td.append(element('div', {}, makeSpark(),
	    element('span', { className: 'unseen' }))),
	bind(td, column) {
		const picture = td.firstChild, [svg, words] = picture.children;

		return (row, context) => {
			const value = column.text(row, context);

			drawSpark(svg, row[column.key] ?? []);
			text(words, value);
			attribute(picture, 'title', value || null);
		};
	},
};

const session = {
	make: (td) => td.append(element('button', { type: 'button',
	    tabIndex: -1, className: 'copy' })),
	bind(td, column) {
		const button = td.firstChild;

		return (row, context) => {
			const id = row.session_id ?? '';

			text(button, column.text(row, context));
			button.hidden = id === '';
			attribute(button, 'title', id === '' ? null :
			    context.t('session.copy', { id }));
			attribute(button, 'data-copy', id);
		};
	},
};

const KINDS = { __proto__: null, user, agent, queue, call, link, state, stage,
	alarm, spark, session };

export function cellOf(column) {
	return KINDS[column.cell] ?? plain;
}
