/**
 * The server's clock, as well as this browser can know it.
 *
 * The browser's clock may be wrong or be set, so it is not read.  The time is
 * the monotonic time since loading and an offset, which each answer's
 * generated_at gives.  An answer can only be late, so the greatest offset of
 * the recent ones is used.  The time never goes back, except when the server's
 * clock was set back by more than STEP.
 */
const KEPT = 30;		/* offsets: those of a minute */
export const STEP = 60_000;	/* ms */

export function createClock(monotonic = () => performance.now()) {
	const offsets = [];
	let offset = NaN, last = -Infinity;

	return {
		/** The server's time (ms) in an answer that has just arrived. */
		observe(server) {
			if (!Number.isFinite(server))
				return;
			offsets.push(server - monotonic());
			if (offsets.length > KEPT)
				offsets.shift();
			offset = Math.max(...offsets);
		},

		/** The server's time now, in ms; NaN before the first answer. */
		now() {
			const time = monotonic() + offset;

			if (Number.isNaN(time))
				return time;
			last = last - time > STEP ? time : Math.max(last, time);
			return last;
		},
	};
}

const SLACK = 5_000;		/* ms: rounding, latency, changes of the offset */

/**
 * When something began that has lasted `seconds` (rounded down) at time `at`
 * (ms): {since, start}, or undefined.  since: its beginning as the server
 * writes it.  Rounding makes each estimate up to a second late, so the
 * earliest one of the same beginning is kept.  previous: the last result for
 * this row, or undefined.
 */
export function anchor(previous, since, seconds, at) {
	if (seconds === null || seconds === undefined)
		return undefined;
	const start = at - seconds * 1000;

	if (previous !== undefined && previous.since === since &&
	    Math.abs(previous.start - start) < SLACK)
		return start < previous.start ? { since, start } : previous;
	return { since, start };
}
