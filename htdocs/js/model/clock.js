/**
 * The server's clock, as well as this browser can know it.
 *
 * The browser's own clock may be wrong or be set while the page is open, so
 * it is never read: time since loading (monotonic) is, and each answer's
 * generated_at tells what to add.  An answer can only be late, so the
 * earliest-looking of the recent ones is wrong and the latest is right: the
 * greatest offset wins.  The time told never runs backwards, except when the
 * server's clock itself was set back by more than STEP.
 */
const KEPT = 30;		/* observations: a minute of them */
export const STEP = 60_000;	/* ms */

export function createClock(monotonic = () => performance.now()) {
	const offsets = [];
	let offset = NaN, last = -Infinity;

	return {
		/** Takes note of the server's time (ms) in an answer just come. */
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

const SLACK = 5_000;		/* ms: rounding, latency, skew measured anew */

/**
 * When something that has lasted `seconds` (whole, rounded down) at time `at`
 * (ms) began.  Rounding down makes each answer's estimate up to a second
 * late; so while it is about the same beginning (`since`, as the server
 * writes it) the earliest estimate is kept, and what is shown never steps
 * back.  previous: the last result for this row or undefined; it is the result
 * again as long as it holds.
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
