/** Chromium's trace of a page, and the times of its main thread. */

const CATEGORIES = ['devtools.timeline', 'blink.user_timing', 'toplevel',
	'disabled-by-default-devtools.timeline'];
/* The events within which scripts run; the outermost one counts. */
const SCRIPT = new Set(['FunctionCall', 'EvaluateScript', 'RunMicrotasks',
	'BlinkScheduler_PerformMicrotaskCheckpoint', 'EventDispatch', 'TimerFire', 'FireAnimationFrame', 'v8.compileModule',
	'v8.evaluateModule', 'v8.compile', 'V8.DeserializeContext']);
const TASKS = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);

/** Traces while act() runs; returns the events of the page's main thread. */
export async function traced(browser, page, act,
    categories = CATEGORIES) {
	await browser.startTracing(page, { categories });
	await act();
	const { traceEvents } = JSON.parse(String(await browser.stopTracing()));

	return mainThread(traceEvents);
}

/* The main thread is the one that the marks are on. */
function mainThread(events) {
	const mark = events.find(({ cat, name }) =>
	    cat.includes('blink.user_timing') && name.startsWith('bench '));

	if (mark === undefined)
		throw new Error('the trace has no mark of ours');
	return events.filter(({ pid, tid }) =>
	    pid === mark.pid && tid === mark.tid)
	    .sort((a, b) => a.ts - b.ts);
}

/** Marks of ours: [{ts (µs of CLOCK_MONOTONIC), word}]. */
export function marks(events) {
	return events.filter(({ cat, name }) =>
	    cat.includes('blink.user_timing') && name.startsWith('bench '))
	    .map(({ ts, name }) => ({ ts, word: name.slice(6) }));
}

/** Outermost tasks: [{ts, end, dur, cpu}] in µs. */
export function tasks(events) {
	const found = [];

	for (const { ph, name, ts, dur, tdur } of events)
		if (ph === 'X' && TASKS.has(name) && ts >= (found.at(-1)?.end ?? 0))
			found.push({ ts, end: ts + dur, dur, cpu: tdur ?? dur });
	return found;
}

/**
 * µs of script within a task, by the outermost events that run some: of the
 * processor's time, for others share it.
 */
export function script(events, { ts: from, end }) {
	let until = 0, sum = 0;

	for (const { ph, name, ts, dur, tdur } of events)
		if (ph === 'X' && SCRIPT.has(name) && ts >= from && ts < end &&
		    ts >= until) {
			until = ts + dur;
			sum += tdur ?? dur;
		}
	return sum;
}

/** The value that so many (0 to 1) do not pass. */
export function quantile(values, part) {
	const sorted = [...values].sort((a, b) => a - b);

	return sorted[Math.min(sorted.length - 1,
	    Math.max(0, Math.ceil(sorted.length * part) - 1))];
}
