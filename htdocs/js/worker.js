/**
 * A SharedWorker: one stream of events for all pages of one browser.  A
 * browser has six connections to a server that speaks HTTP/1.1, and six pages
 * with a stream each would leave none for their questions.
 *
 * A page posts whether it is visible: when that changes, again every BEAT ms
 * while it is, and false before it goes.  One that was visible and posts no more
 * has crashed, and is forgotten.  It is sent {live: yes, news: yes}: whether the
 * stream is there, and whether something may have changed.
 */
import { GONE } from './lib/events.js';
import { createStream } from './lib/stream.js';

const visible = new Map();	/* port of a page -> when it last said so */
let live = false;

function tell(message) {
	for (const port of visible.keys())
		port.postMessage(message);
}

const follow = createStream(new URL('../api/v1/events', import.meta.url),
    () => tell({ live, news: true }), (yes) => {
	live = yes;
	tell({ live, news: false });
});

setInterval(() => {
	for (const [port, at] of visible)
		if (performance.now() - at > GONE)
			visible.delete(port);
	follow(visible.size > 0);
}, GONE / 2);

addEventListener('connect', ({ ports: [port] }) => {
	port.onmessage = ({ data: wanted }) => {
		/* What came while it was hidden is news. */
		const news = wanted && !visible.has(port);

		if (wanted)
			visible.set(port, performance.now());
		else
			visible.delete(port);
		follow(visible.size > 0);
		port.postMessage({ live: wanted && live, news });
	};
});
