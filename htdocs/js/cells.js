/**
 * How a cell is drawn.  Each maker fills a fresh cell and returns patch(user,
 * context), which brings it up to date and writes only what has changed.
 */
import { attribute, element, glyph, setGlyph, text } from './dom.js';
import { initials } from './format.js';
import { keyOf } from './rows.js';
import { known, stateWord } from './states.js';

function textCell(td, column) {
	const node = document.createTextNode('');

	td.append(node);
	return (user, context) => {
		const value = String(column.text(user, context));

		if (node.data !== value)
			node.data = value;
		if (column.counts)
			td.classList.toggle('zero', user[column.key] === 0);
	};
}

function userCell(td, column) {
	const badge = element('span', { className: 'initials',
	    'aria-hidden': 'true' });
	const link = element('a', { className: 'name', tabIndex: -1 });
	const login = element('span', { className: 'login' });

	td.append(element('div', { className: 'who' }, badge, link, login));
	return (user) => {
		text(badge, initials(user.name, user.login));
		text(link, column.text(user));
		text(login, user.login);
		attribute(link, 'href', `?user=${
		    encodeURIComponent(keyOf(user)).replace('%2F', '/')}`);
	};
}

/** A stale source's users are unknown; what they were last stands beside. */
function stateCell(td) {
	const svg = glyph('unknown');
	const word = element('span', { className: 'word' });
	const was = element('span', { className: 'was' });
	const badge = element('span', {}, svg, word);

	td.append(element('div', { className: 'badges' }, badge, was));
	return (user, { t }) => {
		const code = known(user.state);
		const last = user.known_state;

		badge.className = `badge s-${code}`;
		setGlyph(svg, code);
		text(word, stateWord(t, user.state, user.mode_label));
		const before = last && last !== user.state ?
		    stateWord(t, last, user.mode_label) : '';

		text(was, before && t('state.before', { state: before }));
		attribute(was, 'title', before === '' ? null :
		    t('state.was', { state: before }));
	};
}

function sessionCell(td, column) {
	const button = element('button', { type: 'button', tabIndex: -1,
	    className: 'copy' });

	td.append(button);
	return (user, { t }) => {
		const id = user.session_id ?? '';

		text(button, column.text(user));
		button.hidden = id === '';
		attribute(button, 'title', id === '' ? null :
		    t('session.copy', { id }));
		attribute(button, 'data-copy', id);
	};
}

const MAKERS = { user: userCell, state: stateCell, session: sessionCell };

/** Makes the cell of a column; see above. */
export function makeCell(column, td) {
	return (MAKERS[column.cell] ?? textCell)(td, column);
}
