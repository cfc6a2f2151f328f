/** The sources: one pill each, with its status and the age of its data. */
import { element, glyph, keyed, setGlyph, text } from '../lib/dom.js';
import { age } from '../lib/format.js';
import { silence, tone } from '../model/sources.js';

function make() {
	return element('li', { className: 'pill' }, glyph('live'),
	    element('b'), element('span', { className: 'word' }),
	    element('span', { className: 'age' }));
}

/** Called each second too, as ages grow.  lost: the server does not answer. */
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
