/**
 * Tells a page at once that something has changed on the server.  The page also
 * asks without it, at intervals.
 */
import { createStream } from './stream.js';

/**
 * follow(yes) of the stream that all pages share.  failed(): there can be none,
 * in this browser or by its settings.
 */
function sharedStream(onNews, onLive, failed) {
	const worker = new SharedWorker(new URL('../worker.js',
	    import.meta.url), { type: 'module', name: 'events' });

	worker.onerror = failed;
	worker.port.onmessage = ({ data }) => {
		if (data.live !== undefined)
			onLive(data.live);
		if (data.news)
			onNews();
	};
	return (wanted) => worker.port.postMessage(wanted);
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
