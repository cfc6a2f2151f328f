/** The sources of data: what each is now, and how long it has been silent. */

/* Each is also the name of a glyph; any other status is shown as down. */
const STATUSES = ['live', 'connecting', 'stale', 'down'];

/** Source rows of the API with `alive`: when each was last heard of, in ms. */
export function received(answer) {
	const at = Date.parse(answer.meta.generated_at);

	return answer.sources.map((source) => ({ ...source,
		alive: source.age_seconds === null ? null :
		    at - source.age_seconds * 1000 }));
}

/**
 * How a source is shown.  A stale source is not live, whatever it said last;
 * lost: the server does not answer.
 */
export function tone(source, lost = false) {
	if (lost)
		return 'lost';
	if (source.status === 'live' && source.stale)
		return 'stale';
	return STATUSES.includes(source.status) ? source.status : 'down';
}

/** Seconds since a source was last heard of; null when it never was. */
export function silence(source, now) {
	return source.alive === null ? null :
	    Math.max(0, (now - source.alive) / 1000);
}
