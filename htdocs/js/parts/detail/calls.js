/** The last calls of a user, a row each. */
import { element, keyed, text } from '../../lib/dom.js';
import { duration, phone, timeOfDay } from '../../lib/format.js';
import { stageOf } from '../../model/states.js';

/** The cells of a call, in the order of the headers in index.html. */
function cellsOf(call, t) {
	const incoming = call.direction === 'inbound';

	return [timeOfDay(call.queued_at, t.locale),
		t(`direction.${incoming ? 'inbound' : 'outbound'}`),
		call.queue_label ?? call.queue ?? '',
		phone(incoming ? call.caller : call.callee),
		duration(call.waiting_seconds, t.day),
		duration(call.contact_seconds, t.day),
		t(`stage.${stageOf(call.stage).name}`)];
}

export function drawCalls(table, calls, t) {
	const callAt = new Map(calls.map((call) =>
	    [`${call.call_key} ${call.queued_at}`, call]));

	keyed(table.tBodies[0], [...callAt.keys()], () => element('tr', {},
	    element('th', { scope: 'row' }), ...Array.from({ length: 6 },
	        () => element('td'))), (tr, key) => {
		cellsOf(callAt.get(key), t).forEach((word, i) =>
		    text(tr.cells[i], word));
	});
	table.hidden = calls.length === 0;
}
