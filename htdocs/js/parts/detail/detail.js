/**
 * The dialog with everything that is known of one user.  It is refreshed with
 * the board; values are patched in place, so that reading and selecting hold.
 */
import { anchor } from '../../model/clock.js';
import { dayStart, firstHour, pieces, sums } from '../../model/day.js';
import { element, keyed, setGlyph, text } from '../../lib/dom.js';
import { duration, phone, timeOfDay } from '../../lib/format.js';
import { createHourly } from './hourly.js';
import { known, stageOf, stateWord } from '../../model/states.js';
import { createTimeline, drawSums } from './timeline.js';
import { keyOf, users } from '../../lists/users.js';

/** Sections of the detail: {name: fields}. */
const SECTIONS = {};

for (const field of users.fields)
	if (field.section !== undefined)
		(SECTIONS[field.section] ??= []).push(field);

function drawFields(parent, user, t) {
	const textOf = ({ full, text }) => (full ?? text)(user, { t });

	keyed(parent, Object.keys(SECTIONS), () => element('section', {},
	    element('h3'), element('dl')), (section, name) => {
		const told = new Map(SECTIONS[name].map((field) =>
		    [field.words ?? field.key, textOf(field)])
		    .filter(([, words]) => words !== ''));

		text(section.firstChild, t(`detail.${name}`));
		section.hidden = told.size === 0;
		keyed(section.lastChild, [...told.keys()], () =>
		    element('div', {}, element('dt'), element('dd')),
		(pair, key) => {
			text(pair.firstChild, t(`field.${key}`));
			text(pair.lastChild, told.get(key));
		});
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
		t(`stage.${stageOf(call.stage).name}`)];
}

function drawCalls(table, calls, t) {
	const callAt = new Map(calls.map((call) =>
	    [`${call.call_key} ${call.queued_at}`, call]));

	keyed(table.tBodies[0], [...callAt.keys()], () => element('tr', {},
	    element('th', { scope: 'row' }), ...Array.from({ length: 6 },
	        () => element('td'))), (tr, key) => {
		callCells(callAt.get(key), t).forEach((word, i) =>
		    text(tr.cells[i], word));
	});
	table.hidden = calls.length === 0;
}

const STILL = 10_000;		/* ms after which a day is drawn anew, if quiet */

/** dialog: as in index.html.  onClose is called however it is closed. */
export function createDetail(dialog, onClose) {
	const part = (name) => dialog.querySelector(`.${name}`);
	const timeline = createTimeline(part('day'), part('day-word'));
	const hourly = createHourly(part('hours'), part('hours-word'));
	let user = null, answer = null, drawn = null, drawnAt = 0, start;

	function forget() {
		answer = drawn = start = null;
		timeline.reset();
		hourly.reset();
	}

	dialog.addEventListener('close', () => {
		user = null;
		forget();
		onClose();
	});
	part('close').addEventListener('click', () => dialog.close());
	/* A click on what lies around the dialog closes it. */
	dialog.addEventListener('click', (event) => {
		if (event.target === dialog)
			dialog.close();
	});

	/** The pictures of the day up to now. */
	function drawDay(now, t) {
		const { states, meta } = answer;
		const day = dayStart(meta.generated_at);
		const from = firstHour(states, day);
		const list = pieces(states, from, now);

		timeline.update(list, from, now, t);
		hourly.update(list, from, now, t);
		drawSums(part('sums').tBodies[0],
		    sums(pieces(states, day, now)), t);
		drawnAt = now;
	}

	function drawHead(person, t) {
		const badge = part('now');

		text(part('title'), person.name || person.login);
		badge.hidden = false;
		badge.className = `now badge s-${known(person.state)}`;
		setGlyph(badge.firstElementChild, known(person.state));
		text(badge.lastElementChild,
		    stateWord(t, person.state, person.mode_label));
	}

	return {
		/** Opens it for a user (key); what is known follows by show(). */
		open(key) {
			if (key === user)
				return;
			user = key;
			forget();
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

		/**
		 * What the API says of the user; the same answer costs nothing.
		 * now(user): the time up to which a user is known (board.js).
		 */
		show(next, now, t) {
			const { user: person, calls, meta } = next;

			/* Late, for one who is not looked at any more. */
			if (keyOf(person) !== user)
				return;
			answer = next;
			start = anchor(start ?? undefined, person.state_since,
			    person.state_seconds, Date.parse(meta.generated_at));
			if (drawn !== answer) {
				part('known').hidden = false;
				drawHead(person, t);
				drawFields(part('fields'), person, t);
				drawDay(now(person), t);
				drawCalls(part('calls'), calls, t);
				drawn = answer;
			}
			this.tick(now, t);
		},

		/** The time in the state, each second. */
		tick(now, t) {
			if (answer === null)
				return;
			const time = now(answer.user);

			text(part('since'), start === undefined ? '' :
			    duration((time - start.start) / 1000, t.day));
			if (time - drawnAt >= STILL)
				drawDay(time, t);
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
