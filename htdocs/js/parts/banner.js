/** The banner that says what is wrong, and the page's one live region. */
import { element, glyph, keyed, text } from '../lib/dom.js';

/** lines: see model/notices.js. */
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
