/**
 * Making and changing elements.  Data becomes text by textContent only; what
 * has not changed is not written.
 */
const SVG = 'http://www.w3.org/2000/svg';
const SPRITE = new URL('../../img/glyphs.svg', import.meta.url).href;
const SPRITE_TIME = 3_000;	/* ms to wait for it */

export function byId(id) {
	return document.getElementById(id);
}

/** element('td', { className: 'x', 'aria-hidden': 'true' }, ...children) */
export function element(name, properties = {}, ...children) {
	const made = document.createElement(name);

	for (const [key, value] of Object.entries(properties))
		if (key in made && !key.includes('-'))
			made[key] = value;
		else
			made.setAttribute(key, value);
	made.append(...children);
	return made;
}

export function text(node, value) {
	if (node.textContent !== value)
		node.textContent = value;
}

export function attribute(node, name, value) {
	if (value === null)
		node.removeAttribute(name);
	else if (node.getAttribute(name) !== value)
		node.setAttribute(name, value);
}

/** An <svg> element, or a child of one. */
export function vector(name, attributes = {}, ...children) {
	const made = document.createElementNS(SVG, name);

	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	made.append(...children);
	return made;
}

/** Adds a style sheet and promises that it applies. */
export function addSheet(href) {
	const link = element('link', { rel: 'stylesheet', href });

	return new Promise((resolve, reject) => {
		link.addEventListener('load', resolve);
		link.addEventListener('error', () => {
			link.remove();
			reject(new Error(href));
		});
		document.head.append(link);
	});
}

/** Closes a dialog by its .close, and by a click beside it. */
export function closeByClick(dialog) {
	dialog.addEventListener('click', ({ target }) => {
		if (target === dialog || target.closest('.close'))
			dialog.close();
	});
}

/**
 * follow(link) is called in place of loading the page when a link in parent is
 * clicked, unless it is to open elsewhere.
 */
export function followLinks(parent, follow) {
	parent.addEventListener('click', (event) => {
		const link = event.target.closest('a[href]');

		if (link === null || event.ctrlKey || event.metaKey ||
		    event.shiftKey)
			return;
		event.preventDefault();
		follow(link);
	});
}

const shapes = new Map();	/* of the sprite, by name */
const drawn = new WeakMap();	/* <svg> -> name of its glyph */

/**
 * Fetches the sprite, once, before any glyph is made.  Its shapes are copied,
 * because a <use> takes browsers ten times as long; without them glyphs are
 * drawn by <use>.
 */
export async function fetchGlyphs() {
	let text;

	try {
		const response = await fetch(SPRITE,
		    { signal: AbortSignal.timeout(SPRITE_TIME) });

		if (!response.ok)
			return;
		text = await response.text();
	} catch {
		return;
	}
	const sprite = new DOMParser().parseFromString(text, 'image/svg+xml');

	for (const symbol of sprite.querySelectorAll('symbol')) {
		const all = document.createDocumentFragment();

		all.append(...symbol.childNodes);
		shapes.set(symbol.id, all);
	}
}

/** A glyph of the sprite, as decoration; without a name it is empty. */
export function glyph(name = null) {
	const made = vector('svg', { class: 'glyph', 'aria-hidden': 'true' });

	if (name !== null)
		setGlyph(made, name);
	return made;
}

export function setGlyph(svg, name) {
	if (drawn.get(svg) === name)
		return;
	drawn.set(svg, name);
	attribute(svg, 'viewBox', '0 0 16 16');
	svg.replaceChildren(shapes.get(name)?.cloneNode(true) ??
	    vector('use', { href: `${SPRITE}#${name}` }));
}

/**
 * Gives parent one child for each key, in that order: make(key) gives a new
 * child, patch(child, key) updates any.  Children that stay in place are not
 * moved, so they keep the focus.
 */
export function keyed(parent, keys, make, patch) {
	const present = new Map(Array.from(parent.children, (child) =>
	    [child.dataset.key, child]));
	const wanted = new Set(keys.map(String));
	let cursor;

	for (const [key, child] of present)
		if (!wanted.has(key))
			child.remove();
	cursor = parent.firstElementChild;
	for (const key of keys) {
		let child = present.get(String(key));

		if (child === undefined) {
			child = make(key);
			child.dataset.key = key;
		}
		patch(child, key);
		if (child === cursor)
			cursor = cursor.nextElementSibling;
		else
			parent.insertBefore(child, cursor);
	}
}
