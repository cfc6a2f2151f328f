/**
 * The button for the theme: system, light, dark, in turn.  data-theme on the
 * root is the theme that is shown; boot.js sets it before the first paint.
 */
import { attribute, setGlyph } from '../lib/dom.js';
import { recall, remember } from '../lib/store.js';

const CHOICES = ['system', 'light', 'dark'];

function chosen() {
	const choice = recall('theme');

	return CHOICES.includes(choice) ? choice : 'system';
}

/** Words and glyph of the button; again after a change of language. */
export function drawTheme(button, t) {
	const choice = chosen();
	const label = t('theme.label', { theme: t(`theme.${choice}`) });

	setGlyph(button.querySelector('svg'), `theme-${choice}`);
	attribute(button, 'aria-label', label);
	attribute(button, 'title', label);
}

/** Chooses the next theme. */
export function nextTheme() {
	const next = CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length];
	const dark = matchMedia('(prefers-color-scheme: dark)').matches;

	remember('theme', next === 'system' ? null : next);
	document.documentElement.dataset.theme = next !== 'system' ? next :
	    dark ? 'dark' : 'light';
}
