/**
 * Tells a page at once that something has changed on the server.  The page also
 * asks without it, at intervals.
 */
import { createStream } from './stream.js';

const BEAT = 5_000;		/* ms between two posts of a visible page */
export const GONE = 15_000;	/* ms without one: the other end has crashed */

/**
 * follow(yes) of the stream that all pages share.  failed(): there can be none,
 * in this browser or by its settings.  The worker may crash together with
 * another page: it answers each post, so one that does not is replaced.
 */
function sharedStream(onNews, onLive, failed) {
	let worker, heard, wanted = false;

	function connect() {
		worker?.port.close();
		worker = new SharedWorker(new URL('../worker.js',
		    import.meta.url), { type: 'module', name: 'events' });
		worker.onerror = () => {
			clearInterval(beat);
			failed();
		};
		worker.port.onmessage = ({ data: { live, news } }) => {
			heard = performance.now();
			onLive(live);
			if (news)
				onNews();
		};
		heard = performance.now();
	}

	const beat = setInterval(() => {
		if (!wanted)
			return;
		if (performance.now() - heard > GONE) {
			onLive(false);
			connect();
		}
		worker.port.postMessage(true);
	}, BEAT);

	connect();
	return (yes) => {
		wanted = yes;
		heard = performance.now();
		worker.port.postMessage(yes);
	};
}

/**
 * Follows the stream while the page is visible.  onNews() is called when
 * something may have changed, onLive(yes) when the stream starts or ends.
 */
export function followEvents(onNews, onLive) {
	const look = () => follow(!document.hidden);
	let follow;

	function alone() {
		follow = createStream(new URL('api/v1/events',
		    document.baseURI), onNews, onLive);
		look();
	}

	document.addEventListener('visibilitychange', look);
	addEventListener('pagehide', () => follow(false));
	addEventListener('pageshow', look);
	try {
		follow = sharedStream(onNews, onLive, alone);
		look();
	} catch {
		alone();
	}
}
