/** What is filtered, as a file: links that follow the view. */
import { attribute } from '../../lib/dom.js';
import { place } from './popover.js';
import { exportQuestion } from '../../lists/questions.js';

/** links: {dialect of the API's csv parameter: <a>}. */
export function createExport(button, panel, links) {
	panel.addEventListener('toggle', (event) => {
		if (event.newState === 'open')
			place(button, panel);
	});
	for (const link of Object.values(links))
		link.addEventListener('click', () => panel.hidePopover());
	return {
		update(view) {
			for (const [dialect, link] of Object.entries(links))
				attribute(link, 'href',
				    `api/v1/${exportQuestion(view, dialect)}`);
		},
	};
}
