/** The sources of data, and what is wrong: what each is, and the words. */
import { ApiError } from '../lib/api.js';
import { age, shortDate } from '../lib/format.js';

/* Each is also the name of a glyph; any other status is shown as down. */
const STATUSES = ['live', 'connecting', 'stale', 'down'];

/** Source rows of the API with `alive`: when each was last heard of, in ms. */
export function received(answer) {
	const at = Date.parse(answer.meta.generated_at);

	return answer.sources.map((source) => ({ ...source,
		alive: source.age_seconds === null ? null :
		    at - source.age_seconds * 1000 }));
}

/** How a source is shown.  lost: the server does not answer. */
export function tone(source, lost = false) {
	if (lost)
		return 'lost';
	return STATUSES.includes(source.status) ? source.status : 'down';
}

/** Seconds since a source was last heard of; null when it never was. */
export function silence(source, now) {
	return source.alive === null ? null :
	    Math.max(0, (now - source.alive) / 1000);
}

/**
 * The words of a failure: what the server said, else the status of the
 * response; or a bug of the page.
 */
export function failureWord(error, t) {
	if (!(error instanceof ApiError))
		return t('failure.page', { message: String(error.message) });
	if (error.problem !== null)
		return [error.problem.title, error.problem.detail]
		    .filter(Boolean).join(' : ');
	return error.status === 0 ? t('failure.silent') :
	    t('failure.status', { status: String(error.status) });
}

/**
 * The lines of the banner: [{key, tone, word, act}].  contact: {lost, at,
 * error}, at being the server's time of the last good answer, NaN without one.
 * act: the word of what the reader can do about it, or null.
 */
export function noticesOf({ contact, sources, now, t }) {
	const lines = [];
	const date = (ms) => shortDate(new Date(ms).toISOString(), now, t.locale);

	if (contact.lost && contact.error.expired)
		lines.push({ key: 'expired', tone: 'bad', word:
			Number.isNaN(contact.at) ? t('expired.never') :
			    t('expired', { at: date(contact.at) }),
		    act: t('expired.act') });
	else if (contact.lost)
		lines.push({ key: 'contact', tone: 'bad', act: null, word: [
			Number.isNaN(contact.at) ? t('contact.never') :
			    t('contact.lost', { at: date(contact.at),
			        age: age((now - contact.at) / 1000, t.day) }),
			failureWord(contact.error, t)].join(' ') });
	for (const source of sources) {
		const kind = tone(source), seconds = silence(source, now);

		if (kind === 'live')
			continue;
		lines.push({ key: `source ${source.source}`, act: null,
		    tone: source.stale ? 'bad' : 'warn', word: [
			seconds === null ?
			    t('notice.never', { source: source.source }) :
			    t(`notice.${kind}`, { source: source.source,
			        at: date(source.alive),
			        age: age(seconds, t.day) }),
			source.error ?? ''].join(' ').trim() });
	}
	return lines;
}
