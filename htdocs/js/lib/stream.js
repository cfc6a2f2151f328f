/**
 * The server's stream of events, for as many pages as listen.  Knows nothing
 * of a document: it runs in a page, or in the worker that pages share.
 */
const LOOK = 2_000;		/* ms between two looks at the clock */
const SILENT = 25_000;		/* ms: two heartbeats are missing */
const ASLEEP = 8_000;		/* ms between two looks: the machine slept */

/**
 * onNews(): something may have changed; onLive(yes): it starts or ends.
 * follow(yes): is it wanted?  A stream that is silent for too long, that was
 * refused, or that was open before the machine slept, is asked for again: it may
 * have ended without an error.
 */
export function createStream(url, onNews, onLive) {
	let source = null, watch, heard, looked;

	function close() {
		clearInterval(watch);
		source?.close();
		source = null;
		onLive(false);
	}

	function hear() {
		heard = Date.now();
		onNews();
	}

	function look() {
		const now = Date.now();
		const slept = Math.abs(now - looked) > ASLEEP;

		looked = now;
		if (slept || now - heard > SILENT)
			open();
	}

	function open() {
		close();
		heard = looked = Date.now();
		watch = setInterval(look, LOOK);
		source = new EventSource(url);
		source.addEventListener('hello', () => {
			onLive(true);
			hear();
		});
		for (const name of ['change', 'reload', 'heartbeat'])
			source.addEventListener(name, hear);
		/* The browser itself asks again for one that broke. */
		source.addEventListener('error', () => onLive(false));
	}

	return function follow(wanted) {
		if (!wanted)
			close();
		else if (source === null)
			open();
	};
}
