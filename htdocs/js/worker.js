/**
 * A SharedWorker: one stream of events for all pages of one browser.  A
 * browser has six connections to a server that speaks HTTP/1.1, and six pages
 * with a stream each would leave none for their questions.
 *
 * A page posts whether it is visible, and false before it goes.  It is sent
 * {news: true} or {live: yes}.
 */
import { createStream } from './lib/stream.js';

const visible = new Set();	/* ports of pages */
let live = false;

function tell(message) {
	for (const port of visible)
		port.postMessage(message);
}

const follow = createStream(new URL('../api/v1/events', import.meta.url),
    () => tell({ news: true }), (yes) => {
	live = yes;
	tell({ live });
});

addEventListener('connect', ({ ports: [port] }) => {
	port.onmessage = ({ data: wanted }) => {
		if (wanted)
			visible.add(port);
		else
			visible.delete(port);
		follow(visible.size > 0);
		port.postMessage({ live: wanted && live });
		/* What came while it was hidden. */
		if (wanted)
			port.postMessage({ news: true });
	};
});
