/** Pages: first, previous, next, last, the page's number, the page's size. */
import { attribute, element, text } from '../lib/dom.js';
import { number } from '../lib/format.js';
import { PAGE_SIZES } from '../lists/address.js';
import { resize, toPage } from '../model/view.js';

/** A disabled button would lose the focus, so it only says that it is. */
function able(button, yes) {
	attribute(button, 'aria-disabled', String(!yes));
}

/** form holds the buttons (by name) and the select; counts the numbers. */
export function createPager(form, counts, go) {
	const { first, previous, next, last, size } = form.elements;
	const place = form.querySelector('.place');
	let pages = 1;

	const moves = [[first, () => 1], [previous, (page) => page - 1],
		[next, (page) => page + 1], [last, () => pages]];

	form.addEventListener('submit', (event) => event.preventDefault());
	for (const [button, to] of moves)
		button.addEventListener('click', () => {
			if (button.getAttribute('aria-disabled') !== 'true')
				go((view) => toPage(view, to(view.page)));
		});
	size.addEventListener('change', () =>
	    go((view) => resize(view, Number(size.value))));

	return {
		/** meta: of the last answer, or null before there is one. */
		update(view, meta, shown, t) {
			const sizes = [...new Set([...PAGE_SIZES, view.perPage])]
			    .sort((a, b) => a - b);

			if (size.options.length !== sizes.length ||
			    sizes.some((n, i) => size.options[i].value !== `${n}`))
				size.replaceChildren(...sizes.map((n) =>
				    element('option', { value: n },
				        String(n))));
			size.value = String(view.perPage);
			pages = Math.max(1, meta?.pages ?? 1);
			able(first, view.page > 1);
			able(previous, view.page > 1);
			able(next, view.page < pages);
			able(last, view.page < pages);
			text(place, t('pager.place', { page: view.page, pages }));
			if (meta === null) {
				text(counts, '');
				return;
			}
			text(counts, t(`counts.${view.view}`, {
				shown: number(shown, t.locale),
				filtered: number(meta.filtered, t.locale),
				total: number(meta.total, t.locale),
			}));
		},
	};
}
