/**
 * The sources: one pill each, with its status and the age of its data.
 */
import { element, glyph, keyed, setGlyph, text } from './dom.js';
import { age } from './format.js';

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

function make() {
	return element('li', { className: 'pill' }, glyph('live'),
	    element('b'), element('span', { className: 'word' }),
	    element('span', { className: 'age' }));
}

/**
 * Brings the pills up to date; called each second too, as ages grow.  lost:
 * the server does not answer.
 */
export function drawPills(list, sources, lost, now, t) {
	const named = new Map(sources.map((source) => [source.source, source]));

	keyed(list, [...named.keys()], make,
	    (pill, name) => {
		const source = named.get(name), kind = tone(source, lost);
		const seconds = silence(source, now);
		const [svg, label, word, old] = pill.children;

		pill.className = `pill ${kind}`;
		setGlyph(svg, kind === 'lost' ? 'unknown' : kind);
		text(label, name);
		text(word, t(`source.${kind}`));
		text(old, seconds === null ? t('source.never') :
		    age(seconds, t.day));
	});
}
