/**
 * The server's stream of events, which tells at once that something has
 * changed.  The page also asks without it, at intervals.
 */
const AGAIN = 30_000;		/* ms until a refused stream is asked for again */

/**
 * Follows the stream while the page is visible: a browser has few connections
 * to a server, so a hidden page keeps none.  onNews() is called when something
 * may have changed, onLive(yes) when the stream starts or ends.
 */
export function followEvents(onNews, onLive) {
	let source = null, timer;

	function close() {
		clearTimeout(timer);
		source?.close();
		source = null;
		onLive(false);
	}

	function open() {
		close();
		source = new EventSource(new URL('api/v1/events',
		    document.baseURI));
		source.addEventListener('hello', () => {
			onLive(true);
			onNews();
		});
		for (const name of ['change', 'reload', 'heartbeat'])
			source.addEventListener(name, onNews);
		source.addEventListener('error', () => {
			onLive(false);
			/* The browser reopens a broken stream, not a refused one. */
			if (source.readyState === EventSource.CLOSED)
				timer = setTimeout(open, AGAIN);
		});
	}

	function look() {
		if (document.hidden)
			close();
		else if (source === null)
			open();
	}

	document.addEventListener('visibilitychange', look);
	look();
}
