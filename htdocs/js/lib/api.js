/** Requests to the API, and the loop that repeats them. */
const GAP = 500;		/* ms between two turns at least */
const TIMEOUT = 8_000;		/* ms to wait for an answer */

const TOO_MUCH = 'urn:cccp-board:problem:too-much';

/**
 * status: HTTP's, 0 without an answer; problem: its RFC 9457 object or null;
 * expired: whoever authenticates readers wants them to sign in again.
 */
export class ApiError extends Error {
	constructor(status, problem = null, expired = status === 401) {
		super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
		this.status = status;
		this.problem = problem;
		this.expired = expired;
	}

	/** The request is wrong, or asks for too much: another may be answered. */
	get refused() {
		return this.problem?.type === TOO_MUCH ||
		    this.status === 403 && this.problem !== null ||
		    this.status >= 400 && this.status < 500 &&
		    ![401, 403, 408, 429].includes(this.status);
	}
}

function isJson(response) {
	return /^application\/(problem\+)?json\b/.test(
	    response.headers.get('Content-Type') ?? '');
}

/** The answer, unless it is an error, or a page to sign in on. */
async function check(response) {
	if (response.type === 'opaqueredirect' ||
	    response.ok && !isJson(response))
		throw new ApiError(response.status, null, true);
	if (!response.ok)
		throw new ApiError(response.status, !isJson(response) ? null :
		    await response.json().catch(() => null));
	return response;
}

/**
 * Sends a request for a path below the page, and gives up after a while.
 * signal aborts it (AbortError).  -> {body, response}, body null when there is
 * none.  Throws ApiError.
 */
async function send(path, { language, headers = {}, signal, ...options }) {
	const control = new AbortController();
	const timer = setTimeout(() => control.abort(), TIMEOUT);
	const stop = () => control.abort();

	signal?.addEventListener('abort', stop);
	try {
		signal?.throwIfAborted();
		const response = await fetch(new URL(path, document.baseURI), {
			headers: { 'Accept': 'application/json',
			    'Accept-Language': language, ...headers },
			cache: 'no-store', redirect: 'manual',
			signal: control.signal, ...options });

		if (response.status === 304 || response.status === 204)
			return { body: null, response };
		return { body: await (await check(response)).json(), response };
	} catch (error) {
		signal?.throwIfAborted();
		throw error instanceof ApiError ? error : new ApiError(0);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', stop);
	}
}

/**
 * GETs a path.  etag: of the answer that is held, or null.  -> {body, etag},
 * body null when the answer that is held is current (304).
 */
async function get(path, { etag = null, language, signal }) {
	const { body, response } = await send(path, { language, signal,
	    headers: etag === null ? {} : { 'If-None-Match': etag } });

	return { body, etag: body === null ? etag :
	    response.headers.get('ETag') };
}

/** GETs a path once.  -> the body.  Throws ApiError. */
export async function read(path, language, signal = undefined) {
	return (await send(path, { language, signal })).body;
}

/**
 * Writes by POST, PUT or DELETE.  body: an object, or none; version: of what is
 * to be changed, as it was read, or null.  -> the answer's body, null without
 * one.  Throws ApiError: status 412 when it has another version now.
 */
export async function write(method, path, language,
    { body, version = null } = {}) {
	const headers = { 'Content-Type': 'application/json' };

	if (version !== null)
		headers['If-Match'] = `"${version}"`;
	return (await send(path, { method, language, headers,
	    body: body === undefined ? undefined : JSON.stringify(body) })).body;
}

/**
 * A GET that keeps the last answer and its ETag: (path, signal) -> {body,
 * fresh: whether it is a new answer}.
 */
export function remembering(language) {
	let asked = null, etag = null, kept = null;

	return async (path, signal) => {
		const question = `${language()} ${path}`;
		const answer = await get(path, { signal, language: language(),
		    etag: asked === question ? etag : null });

		if (answer.body !== null)
			[asked, etag, kept] = [question, answer.etag, answer.body];
		return { body: kept, fresh: answer.body !== null };
	};
}

/**
 * How long to wait after so many failures in a row, in ms: doubled up to a
 * cap, with jitter, so that many boards do not retry at the same time.
 */
export function backoff(failures, period, random = Math.random) {
	const longest = Math.min(period * 2 ** Math.max(0, failures - 2), 10_000);

	return longest * (0.75 + random() / 2);
}

/**
 * Calls turn(signal) every period() ms, or every hidden ms while the page is
 * hidden, never twice at once.  turn returns true on success.  The result
 * starts a turn at once and aborts the one that runs; its soon() aborts
 * nothing and starts at most one turn in GAP ms.
 */
export function loop(turn, period, hidden) {
	let control = new AbortController(), timer, failures = 0;
	let began = -Infinity, busy = false, again = false;

	function pause() {
		const passed = performance.now() - began;

		if (failures > 0)
			return backoff(failures, period());
		return (again ? GAP : document.hidden ? hidden : period()) - passed;
	}

	async function run() {
		clearTimeout(timer);
		control.abort();
		const mine = control = new AbortController();
		let well = false;

		began = performance.now();
		busy = true;
		again = false;
		try {
			well = await turn(mine.signal);
		} catch (error) {
			reportError(error);	/* a bug of the page */
		}

		if (mine.signal.aborted)
			return;
		busy = false;
		failures = well ? 0 : failures + 1;
		timer = setTimeout(run, Math.max(pause(), 100));
	}

	run.soon = () => {
		again = true;
		if (busy)
			return;
		clearTimeout(timer);
		timer = setTimeout(run,
		    Math.max(GAP - (performance.now() - began), 0));
	};
	return run;
}
