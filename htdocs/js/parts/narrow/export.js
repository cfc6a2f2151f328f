/** Links to files of all that is filtered; they follow the view. */
import { attribute } from '../../lib/dom.js';
import { exportQuestion } from '../../lists/questions.js';
import { openUnder } from './popover.js';

/** links: {dialect of the API's csv parameter: <a>}. */
export function createExport(button, panel, links) {
	openUnder(button, panel);
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
