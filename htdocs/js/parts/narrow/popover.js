/** Panels that open under their buttons. */

/** Opens the popover under its button, inside the window. */
export function place(button, panel) {
	const at = button.getBoundingClientRect();
	const left = Math.min(at.left,
	    document.documentElement.clientWidth - panel.offsetWidth - 8);

	panel.style.left = `${Math.max(8, left)}px`;
	panel.style.top = `${at.bottom + 4}px`;
	panel.style.maxHeight = `${Math.max(160,
	    window.innerHeight - at.bottom - 16)}px`;
}
