/**
 * What this browser remembers.  Storage may be forbidden or full: then it is
 * remembered as long as the page is open.
 */
const PREFIX = 'cccp-board.';
const memory = new Map();

export function recall(name) {
	if (memory.has(name))
		return memory.get(name);
	try {
		return localStorage.getItem(PREFIX + name);
	} catch {
		return null;
	}
}

/** null forgets. */
export function remember(name, value) {
	memory.set(name, value);
	try {
		if (value === null)
			localStorage.removeItem(PREFIX + name);
		else
			localStorage.setItem(PREFIX + name, value);
	} catch {
		/* In memory, then. */
	}
}
