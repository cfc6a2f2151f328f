/**
 * The server's stream of events: tells at once that something has changed.
 * It is a help only; the page asks now and then whether it is there or not.
 */
const AGAIN = 30_000;		/* ms after the server refused a stream */

/**
 * Follows the stream while the page can be seen: a browser has few connections
 * to a server, and a page in the background is to keep none.  onNews() is
 * called when something may have changed, onLive(yes) when the stream comes
 * or goes.
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
			/* A broken stream comes back by itself, a refused not. */
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
