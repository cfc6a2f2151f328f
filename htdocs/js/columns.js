/**
 * THE list of columns: a field is added to the table here and nowhere else
 * (and its words, "col.<key>" and in full "field.<key>", to the dictionaries).
 *
 * key	 name in the URL and of the words
 * sort	 the API's sort key
 * width in characters
 * hue	 colour family of the column (css/theme.css, --hue-…)
 * from	 fields that the text is made of; when none has changed, neither has
 *	 the text (default: the key itself)
 * text	 (user, context) -> text; context: {t, now(user): the time in ms up to
 *	 which the user is known, today: the time in ms, age(user): how old a
 *	 row is, '' when it is not}
 * cell	 how it is drawn, when it is more than text (cells.js)
 * ticks it grows each second
 * number right-aligned; descending: the natural first order
 * extra not shown until it is chosen
 */
import { duration, number, phone, shortDate, shortId } from './format.js';

/**
 * The task of the call in hand: without a call the last one is no more than
 * that, and a call outside the queues has none.
 */
function task(user) {
	return user.busy_count >= 1 && user.task !== null ?
	    user.task_label ?? user.task : '';
}

function since(start, user, { t, now }) {
	return start === undefined ? '' :
	    duration((now(user) - start.start) / 1000, t.day);
}

function plain(key, width, hue, more = {}) {
	return { key, sort: key, width, hue, text: (user) => user[key] ?? '',
	    ...more };
}

function counter(key, hue, more = {}) {
	return { key, sort: key, width: 10, hue, number: true, counts: true,
	    descending: true,
	    text: (user, { t }) => number(user[key], t.locale), ...more };
}

function seconds(key, hue, more = {}) {
	return { key, sort: key, width: 13, hue, number: true, descending: true,
	    text: (user, { t }) => duration(user[key], t.day), ...more };
}

function names(key, width, hue, more = {}) {
	return { key, width, hue,
	    text: (user) => (user[key] ?? []).join(', '), ...more };
}

export const COLUMNS = Object.freeze([
	{ key: 'user', sort: 'name', width: 34, cell: 'user',
	    from: ['name', 'login'], text: (user) => user.name || user.login },
	{ key: 'state', sort: 'state', width: 22, cell: 'state',
	    from: ['state', 'known_state', 'mode_label'],
	    text: (user) => user.state },
	{ key: 'state_seconds', sort: 'state_seconds', width: 11, number: true,
	    descending: true, ticks: true, hue: 'time',
	    text: (user, c) => since(user.stateStart, user, c) },
	{ key: 'task', sort: 'task_label', width: 18, hue: 'task', text: task,
	    from: ['busy_count', 'task_label', 'task'] },
	plain('queue', 19, 'queue'),
	{ key: 'mode', sort: 'mode_label', width: 18, hue: 'mode',
	    from: ['mode', 'mode_label'],
	    text: (user) => user.mode_label ?? user.mode ?? '' },
	{ key: 'kind', sort: 'kind', width: 12, hue: 'kind',
	    text: (user, { t }) => t(`kind.${user.kind}`) },
	plain('profile', 20, 'profile'),
	plain('team', 19, 'team'),
	{ key: 'phone', sort: 'phone', width: 17, hue: 'phone',
	    text: (user) => phone(user.phone) },
	{ key: 'login_at', sort: 'login_at', width: 13, number: true,
	    hue: 'time', descending: true,
	    text: (user, { t, today }) =>
	        shortDate(user.login_at, today, t.locale) },
	{ key: 'login_seconds', sort: 'login_seconds', width: 12, number: true,
	    hue: 'time', descending: true, ticks: true,
	    text: (user, c) => since(user.loginStart, user, c) },
	counter('total_inbound', 'inbound'),
	counter('managed_inbound', 'inbound'),
	counter('lost_inbound', 'lost'),
	counter('transferred_inbound', 'moved'),
	counter('redirected_inbound', 'moved'),
	counter('total_tasks', 'task'),
	seconds('contact_seconds_mean', 'talk'),
	seconds('contact_seconds_max', 'talk'),
	seconds('held_seconds_mean', 'hold'),
	seconds('held_seconds_max', 'hold'),
	seconds('ringing_seconds_mean', 'ring'),
	seconds('pause_seconds', 'pause'),
	seconds('outbound_seconds', 'queue'),
	{ key: 'session', sort: 'session_id', width: 13, cell: 'session',
	    from: ['session_id'], text: (user) => shortId(user.session_id) },
	seconds('ringing_seconds_max', 'ring', { extra: true }),
	seconds('contact_seconds', 'talk', { extra: true }),
	seconds('held_seconds', 'hold', { extra: true }),
	seconds('ringing_seconds', 'ring', { extra: true }),
	names('queues', 28, 'queue', { extra: true }),
	plain('outbound_target', 17, 'phone', { extra: true }),
	plain('source', 10, 'kind', { extra: true }),
]);

const BY_KEY = new Map(COLUMNS.map((column) => [column.key, column]));

/** What is shown when nobody has chosen. */
export const DEFAULT_COLUMNS = Object.freeze(COLUMNS
    .filter((column) => !column.extra).map((column) => column.key));

/**
 * The columns of a choice of keys, null being the default.  The user always
 * comes first, for a line without a name is nobody's; keys that this page
 * does not know are left out.
 */
export function columnsOf(keys) {
	const chosen = (keys ?? DEFAULT_COLUMNS).filter((key) =>
	    key !== 'user' && BY_KEY.has(key));

	return ['user', ...chosen].map((key) => BY_KEY.get(key));
}
