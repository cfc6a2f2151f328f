/*
 * Sets theme and language before the first paint: those chosen here, else
 * those of the system and the browser.  It is no module, because a module
 * runs later.  It also preloads the language's words.
 */
'use strict';

(() => {
	const root = document.documentElement;
	const dark = matchMedia('(prefers-color-scheme: dark)');

	function remembered(name) {
		try {
			return localStorage.getItem(`cccp-board.${name}`);
		} catch {
			return null;	/* storage may be forbidden */
		}
	}

	function theme() {
		const choice = remembered('theme');

		root.dataset.theme = choice === 'light' || choice === 'dark' ?
		    choice : dark.matches ? 'dark' : 'light';
	}

	function language() {
		const choice = remembered('language');
		const wanted = choice ? [choice] : navigator.languages;

		return wanted.map((tag) => tag.slice(0, 2).toLowerCase())
		    .find((tag) => tag === 'fr' || tag === 'en') ?? 'fr';
	}

	theme();
	dark.addEventListener('change', theme);
	/* Paper is light; css/print.css does the rest. */
	addEventListener('beforeprint', () => {
		root.dataset.theme = 'light';
	});
	addEventListener('afterprint', theme);
	root.lang = language();
	for (const part of ['', '-columns', '-reader']) {
		const link = document.createElement('link');

		link.rel = 'modulepreload';
		link.href = `i18n/${root.lang}${part}.js`;
		document.head.append(link);
	}
})();
