/**
 * The detail (detail.js) and its charts, which the first view does not need:
 * they are fetched once the board stands, or when one is opened before.
 */
export function lateDetail(dialog, onClose) {
	let detail = null, loading = null;
	let key = null, words = '';	/* what open() and trouble() said */
	let answer = null;		/* the last arguments of show() */

	async function load() {
		const { createDetail } = await import('./detail.js');

		detail = createDetail(dialog, onClose);
		detail.trouble(words);
		if (key !== null)
			detail.open(key);
		if (answer !== null)
			detail.show(...answer);
	}

	return {
		/** Fetches it, if that has not begun; what fails is tried again. */
		load() {
			loading ??= load().catch((error) => {
				loading = null;
				reportError(error);
			});
		},

		open(next) {
			key = next;
			this.load();
			detail?.open(key);
		},

		close() {
			key = answer = null;
			detail?.close();
		},

		show(...next) {
			answer = next;
			detail?.show(...answer);
		},

		trouble(next) {
			words = next;
			detail?.trouble(words);
		},

		tick: (...now) => detail?.tick(...now),
		redraw: (...now) => detail?.redraw(...now),
	};
}
