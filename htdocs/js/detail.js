/**
 * The dialog with everything that is known of one user.  It is refreshed with
 * the board; values are patched in place, so that reading and selecting hold.
 */
import { attribute, element, glyph, keyed, setGlyph, text } from './dom.js';
import { duration, fullDate, number, phone, timeOfDay } from './format.js';
import { keyOf } from './users.js';
import { known, stateWord } from './states.js';
import { drawTimeline, pieces, sums } from './timeline.js';

const as = {
	text: (value) => String(value ?? ''),
	date: (value, t) => fullDate(value, t.locale),
	number: (value, t) => number(value, t.locale),
	seconds: (value, t) => duration(value, t.day),
	phone: (value) => phone(value),
	flag: (value, t) => value === null || value === undefined ? '' :
	    t(value ? 'yes' : 'no'),
	kind: (value, t) => t(`kind.${value}`),
	list: (value) => (value ?? []).join(', '),
};

/* Sections of fields, each with how it is written. */
export const SECTIONS = Object.freeze({
	identity: { login: as.text, source: as.text, kind: as.kind,
	    profile: as.text, team: as.text, phone: as.phone,
	    phone_uri: as.text, object_id: as.text },
	work: { mode_label: as.text, mode: as.text, mode_since: as.date,
	    interface: as.text, task_label: as.text, task: as.text,
	    task_started_at: as.date, task_managed_at: as.date,
	    task_ended_at: as.date, queue: as.text, queues: as.list,
	    busy_count: as.number, recording: as.flag, spies: as.list,
	    outbound_state: as.text, outbound_target: as.phone,
	    outbound_started_at: as.date },
	session: { logged: as.flag, login_at: as.date, login_seconds: as.seconds,
	    logout_at: as.date, session_id: as.text, changed_at: as.date },
	inbound: { total_inbound: as.number, managed_inbound: as.number,
	    lost_inbound: as.number, transferred_inbound: as.number,
	    redirected_inbound: as.number, total_tasks: as.number },
	times: { contact_seconds: as.seconds, contact_seconds_mean: as.seconds,
	    contact_seconds_max: as.seconds, held_seconds: as.seconds,
	    held_seconds_mean: as.seconds, held_seconds_max: as.seconds,
	    ringing_seconds: as.seconds, ringing_seconds_mean: as.seconds,
	    ringing_seconds_max: as.seconds, pause_seconds: as.seconds,
	    outbound_seconds: as.seconds },
});

/** The start of the server's day that an RFC 3339 date falls on, in ms. */
export function dayStart(iso) {
	return Date.parse(iso.replace(/T.*?(Z|[+-]\d\d:?\d\d)$/,
	    'T00:00:00.000$1'));
}

function drawFields(parent, user, t) {
	keyed(parent, Object.keys(SECTIONS), () => element('section', {},
	    element('h3'), element('dl')), (section, name) => {
		const fields = SECTIONS[name];
		const known = Object.keys(fields).filter((key) =>
		    fields[key](user[key], t) !== '');

		text(section.firstChild, t(`detail.${name}`));
		section.hidden = known.length === 0;
		keyed(section.lastChild, known, () => element('div', {},
		    element('dt'), element('dd')), (pair, key) => {
			text(pair.firstChild, t(`field.${key}`));
			text(pair.lastChild, fields[key](user[key], t));
		});
	});
}

function drawSums(list, totals, t) {
	keyed(list, totals.map(({ state }) => state), () => element('li', {},
	    element('span', {}, glyph('unknown'), element('span')),
	    element('b')), (li, state) => {
		const { seconds } = totals.find((sum) => sum.state === state);
		const badge = li.firstChild;

		badge.className = `badge s-${state}`;
		setGlyph(badge.firstChild, state);
		text(badge.lastChild, t(`state.${state}`));
		text(li.lastChild, duration(seconds, t.day));
	});
}

/** The cells of a call, in the order of the table's headers. */
function callCells(call, t) {
	const incoming = call.direction === 'inbound';

	return [timeOfDay(call.queued_at, t.locale),
		t(`direction.${incoming ? 'inbound' : 'outbound'}`),
		call.queue_label ?? call.queue ?? '',
		phone(incoming ? call.caller : call.callee),
		duration(call.waiting_seconds, t.day),
		duration(call.contact_seconds, t.day),
		t(call.active ? 'call.active' :
		    call.managed_at === null ? 'call.unanswered' :
		    'call.answered')];
}

function drawCalls(table, calls, t) {
	const body = table.tBodies[0];
	const keys = calls.map((call, i) => `${i} ${call.queued_at}`);

	keyed(body, keys, () => element('tr', {}, ...Array.from({ length: 7 },
	    () => element('td'))), (tr, key) => {
		callCells(calls[keys.indexOf(key)], t).forEach((word, i) =>
		    text(tr.cells[i], word));
	});
	table.hidden = calls.length === 0;
}

/** dialog: as in index.html.  onClose is called however it is closed. */
export function createDetail(dialog, onClose) {
	const part = (name) => dialog.querySelector(`.${name}`);
	let user = null, answer = null, drawn = null;

	dialog.addEventListener('close', () => {
		user = answer = drawn = null;
		onClose();
	});
	part('close').addEventListener('click', () => dialog.close());
	/* A click on what lies around the dialog closes it. */
	dialog.addEventListener('click', (event) => {
		if (event.target === dialog)
			dialog.close();
	});

	return {
		/** Opens it for a user (key); what is known follows by show(). */
		open(key) {
			if (key === user)
				return;
			user = key;
			answer = drawn = null;
			part('known').hidden = part('now').hidden = true;
			text(part('title'), key.split('/').at(-1));
			text(part('since'), '');
			if (!dialog.open)
				dialog.showModal();
		},

		close() {
			if (dialog.open)
				dialog.close();
		},

		/** What the API says of the user; the same answer costs nothing. */
		show(next, now, t) {
			const { user: person, states, calls, meta } = next;

			/* Late, for one who is not looked at any more. */
			if (keyOf(person) !== user)
				return;
			answer = next;
			const from = dayStart(meta.generated_at);
			const list = pieces(states, from, now);

			text(part('title'), person.name || person.login);
			const badge = part('now');

			badge.hidden = false;
			badge.className = `now badge s-${known(person.state)}`;
			setGlyph(badge.firstElementChild, known(person.state));
			text(badge.lastElementChild,
			    stateWord(t, person.state, person.mode_label));
			this.tick(now, t);
			if (drawn !== answer) {
				drawFields(part('fields'), person, t);
				drawTimeline(part('timeline'), list, from, now, t);
				drawSums(part('sums'), sums(list), t);
				drawCalls(part('calls'), calls, t);
				drawn = answer;
			}
			attribute(part('timeline'), 'aria-label',
			    t('detail.timeline'));
			part('known').hidden = false;
		},

		/** The time in the state, each second. */
		tick(now, t) {
			if (answer === null)
				return;
			const { user: person, meta } = answer;
			const since = person.state_seconds === null ? null :
			    person.state_seconds +
			    (now - Date.parse(meta.generated_at)) / 1000;

			text(part('since'), duration(since, t.day));
		},

		/** What is wrong: the page behind cannot be seen now. */
		trouble(words) {
			text(part('problem'), words);
			part('problem').hidden = words === '';
		},

		/** Draws all again, after a change of language. */
		redraw(now, t) {
			drawn = null;
			if (answer !== null)
				this.show(answer, now, t);
		},
	};
}
