/** The sources, one pill each; the banner; the page's one live region. */
import { element, glyph, keyed, setGlyph, text } from '../lib/dom.js';
import { age } from '../lib/format.js';
import { silence, tone } from '../model/sources.js';

function makePill() {
	return element('li', { className: 'pill' }, glyph('live'),
	    element('b'), element('span', { className: 'word' }),
	    element('span', { className: 'age' }));
}

/** Called each second too, as ages grow.  lost: the server does not answer. */
export function drawPills(list, sources, lost, now, t) {
	const named = new Map(sources.map((source) => [source.source, source]));

	keyed(list, [...named.keys()], makePill,
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

/** lines: see noticesOf(). */
export function drawBanner(banner, lines) {
	const words = new Map(lines.map((line) => [line.key, line]));

	keyed(banner, [...words.keys()], () => element('p', {},
	    glyph('warning'), element('span')), (p, key) => {
		p.className = words.get(key).tone;
		text(p.lastChild, words.get(key).word);
	});
	banner.hidden = lines.length === 0;
}

/** -> say(words), for screen readers; the same words are said again. */
export function announcer(region) {
	return (words) => {
		region.textContent = '';
		setTimeout(() => {
			region.textContent = words;
		}, 50);
	};
}
