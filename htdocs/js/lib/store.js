/**
 * What this browser remembers, and what this window does.  Where storage is
 * forbidden or full it is remembered as long as the page is open.
 */
const PREFIX = 'cccp-board.';

function store(open) {
	const memory = new Map();

	return {
		recall(name) {
			if (memory.has(name))
				return memory.get(name);
			try {
				return open().getItem(PREFIX + name);
			} catch {
				return null;
			}
		},

		/** null forgets. */
		remember(name, value) {
			memory.set(name, value);
			try {
				if (value === null)
					open().removeItem(PREFIX + name);
				else
					open().setItem(PREFIX + name, value);
			} catch {
				/* It is in memory. */
			}
		},
	};
}

export const { recall, remember } = store(() => localStorage);
export const { recall: recallHere, remember: rememberHere } =
    store(() => sessionStorage);
