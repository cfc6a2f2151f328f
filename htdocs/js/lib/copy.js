/** Copies text to the clipboard; true on success. */
export async function copy(words) {
	try {
		await navigator.clipboard.writeText(words);
		return true;
	} catch {
		/* Without https there is no clipboard API. */
		const area = document.createElement('textarea');
		const focused = document.activeElement;

		area.value = words;
		area.className = 'unseen';
		document.body.append(area);
		area.select();
		const done = document.execCommand('copy');

		area.remove();
		focused?.focus({ preventScroll: true });
		return done;
	}
}
