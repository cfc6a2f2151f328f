/** Panels that open under their buttons. */

const MARGIN = 8;		/* pixels that stay free at the window's edge */

/**
 * Places a popover under its button whenever it opens, inside the window.
 * edge: which of their edges are in line, 'left' or 'right'.
 */
export function openUnder(button, panel, edge = 'left') {
	panel.addEventListener('toggle', ({ newState }) => {
		if (newState !== 'open')
			return;
		const at = button.getBoundingClientRect();
		const width = document.documentElement.clientWidth;
		const free = edge === 'right' ? width - at.right :
		    Math.min(at.left, width - panel.offsetWidth - MARGIN);

		panel.style[edge] = `${Math.max(MARGIN, free)}px`;
		panel.style.top = `${at.bottom + 4}px`;
		panel.style.maxHeight = `${Math.max(160,
		    window.innerHeight - at.bottom - 2 * MARGIN)}px`;
	});
}
