/** Text that has been cut off is told whole under the pointer. */
export function createTips(body) {
	body.addEventListener('mouseover', (event) => {
		const cell = event.target.closest('td, th');
		let node = event.target;

		while (node !== null && node !== cell &&
		    node.scrollWidth <= node.clientWidth)
			node = node.parentElement;
		if (cell === null || node === null || cell.querySelector('[title]'))
			return;
		if (node.scrollWidth > node.clientWidth)
			cell.title = node.textContent;
		else
			cell.removeAttribute('title');
	});
}
