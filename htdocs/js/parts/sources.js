/** The sources, one pill each; the banner; the page's one live region. */
import { attribute, element, glyph, keyed, setGlyph, text } from '../lib/dom.js';
import { age } from '../lib/format.js';
import { LISTS } from '../lists/lists.js';
import { silence, tone } from '../model/sources.js';

function makePill() {
	return element('li', { className: 'pill' }, glyph('live'),
	    element('b'), element('span', { className: 'word' }),
	    element('span', { className: 'age' }),
	    element('span', { className: 'defects' }));
}

/** The page's name of a field with a defect; CCCP's, if the page has none. */
function fieldWord({ list, field, path }, t) {
	const { fields } = LISTS[list];
	const found = fields.find(({ key }) => key === field) ??
	    fields.find(({ from = [] }) => from.includes(field));

	if (found === undefined)
		return path;
	const { key, words = key } = found;

	return t(`field.${words}`);
}

/** What is wrong with the data of a source, in words; '' when nothing is. */
export function defectsWord(defects, t) {
	const kinds = new Set(defects.map(({ kind }) => kind));

	return [...kinds].map((kind) => {
		const of = defects.filter((defect) => defect.kind === kind);

		return t(`defect.${kind}`, {
			n: of.reduce((sum, { count }) => sum + count, 0),
			fields: of.map((defect) => `${fieldWord(defect, t)} (${
			    defect.count})`).join(', ') });
	}).join(' ; ');
}

/** Called each second too, as ages grow.  lost: the server does not answer. */
export function drawPills(list, sources, lost, now, t) {
	const named = new Map(sources.map((source) => [source.source, source]));

	keyed(list, [...named.keys()], makePill,
	    (pill, name) => {
		const source = named.get(name), kind = tone(source, lost);
		const seconds = silence(source, now);
		const defects = defectsWord(source.defects, t);
		const [svg, label, word, old, wrong] = pill.children;

		pill.className = `pill ${kind}`;
		setGlyph(svg, kind === 'lost' ? 'unknown' : kind);
		text(label, name);
		text(word, t(`source.${kind}`));
		text(old, seconds === null ? t('source.never') :
		    age(seconds, t.day));
		text(wrong, defects);
		attribute(wrong, 'title', defects || null);
		wrong.hidden = defects === '';
	});
}

/** lines: see noticesOf().  To sign in again, the page is loaded again. */
export function drawBanner(banner, lines) {
	const words = new Map(lines.map((line) => [line.key, line]));

	keyed(banner, [...words.keys()], () => {
		const button = element('button', { type: 'button' });

		button.addEventListener('click', () => location.reload());
		return element('p', {}, glyph('warning'), element('span'),
		    button);
	}, (p, key) => {
		const { tone: className, word, act } = words.get(key);

		p.className = className;
		text(p.children[1], word);
		text(p.lastChild, act ?? '');
		p.lastChild.hidden = act === null;
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
