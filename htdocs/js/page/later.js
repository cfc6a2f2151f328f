/** Parts of the page that are fetched when they are first wanted. */
import { addSheet } from '../lib/dom.js';

const sheets = new Map();	/* name -> promise that it applies */

/** Promises that a style sheet applies. */
function styled(name) {
	if (!sheets.has(name))
		sheets.set(name, addSheet(new URL(`../../css/${name}.css`,
		    import.meta.url).href).catch((error) => {
			sheets.delete(name);
			throw error;
		}));
	return sheets.get(name);
}

/**
 * A part that make(module) makes from the module that load() promises, when
 * its style sheets apply.  Then ready(part) is called, or failed() when it
 * could not be fetched; the next want() tries again.
 */
export function createLater({ load, styles, make, ready, failed }) {
	let part = null, coming = false;

	return {
		/** The part, or null. */
		get part() {
			return part;
		},

		/** Fetches the part; ready() is called also when it is there. */
		async want() {
			if (coming)
				return;
			coming = true;
			try {
				if (part === null) {
					const [module] = await Promise.all([load(),
						...styles.map(styled)]);

					part = make(module);
				}
				ready(part);
			} catch (error) {
				failed(error);
			} finally {
				coming = false;
			}
		},
	};
}
