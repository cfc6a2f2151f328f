/** The sources of data: what each is now, and how long it has been silent. */

/* Each status is also the name of a glyph; another is as good as none. */
const STATUSES = ['live', 'connecting', 'stale', 'down'];

/** Source rows of the API with `alive`: when each last proved life, in ms. */
export function received(answer) {
	const at = Date.parse(answer.meta.generated_at);

	return answer.sources.map((source) => ({ ...source,
		alive: source.age_seconds === null ? null :
		    at - source.age_seconds * 1000 }));
}

/**
 * What a source is, for the eye: silence outweighs what it last said, and
 * without contact to the server nobody knows.
 */
export function tone(source, lost = false) {
	if (lost)
		return 'lost';
	if (source.status === 'live' && source.stale)
		return 'stale';
	return STATUSES.includes(source.status) ? source.status : 'down';
}

/** Seconds since a source last proved life; null when it never did. */
export function silence(source, now) {
	return source.alive === null ? null :
	    Math.max(0, (now - source.alive) / 1000);
}
