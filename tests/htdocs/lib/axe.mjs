/** axe-core checks the accessibility of a page as it is shown. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../../e2e/stack.mjs';

/* Where make puts it; see modules in GNUmakefile. */
const source = readFileSync(join(root, 'build/node/node_modules/axe-core/axe.min.js'),
    'utf8');

/* Every rule of WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * Fails with what axe finds wrong on the page, or on what `part` selects of it;
 * where: named in the message.
 */
export async function judge(page, where, part = 'html') {
	if (!await page.evaluate(() => 'axe' in window))
		await page.evaluate(source);
	const found = await page.evaluate(async ([values, selector]) => {
		const { violations, passes } = await window.axe.run(selector, {
			runOnly: { type: 'tag', values }, preload: false,
			resultTypes: ['violations'] });

		return { passes: passes.length,
			violations: violations.flatMap(({ id, nodes }) =>
			    nodes.map(({ html, failureSummary }) =>
			        `${id}: ${html}\n${failureSummary}`)) };
	}, [TAGS, part]);

	assert.ok(found.passes >= (part === 'html' ? 10 : 3), `${where}: axe looked at nothing`);
	assert.deepEqual(found.violations, [], where);
}
