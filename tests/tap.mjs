/**
 * A reporter for node --test that prove(1) reads: plain TAP, one line a test,
 * nested names joined, errors as comments.  Node's own nests subtests and
 * writes YAML that Perl's harness does not take.
 *
 *	#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
 */
import { writeSync } from 'node:fs';

const comment = (text) => `${text}`.trimEnd().split('\n')
    .map((line) => `# ${line}\n`).join('');

function cause(error) {
	const inner = error?.cause ?? error;

	return inner?.stack ?? inner?.message ?? inner;
}

export default async function* tap(source) {
	const open = [], running = [];
	let n = 0;

	/* From tests/stack/limit: say which test had no end. */
	process.once('SIGTERM', () => {
		writeSync(1, comment(`ended in: ${running.join(': ')}`));
		process.exit(143);
	});
	yield 'TAP version 13\n';
	for await (const { type, data } of source) {
		if (type === 'test:dequeue') {
			running.length = data.nesting;
			running.push(data.name);
		} else if (type === 'test:start') {
			open.length = data.nesting;
			open.push(data.name);
		} else if (type === 'test:diagnostic' && data.nesting > 0) {
			yield comment(data.message);
		} else if (type === 'test:pass' || type === 'test:fail') {
			const name = [...open.slice(0, data.nesting), data.name]
			    .join(': ').replaceAll('#', '\\#');
			const skip = data.skip !== undefined ?
				` # SKIP ${data.skip}` : '';

			yield `${type === 'test:pass' ? '' : 'not '}ok ${++n} - ${name}${skip}\n`;
			if (type === 'test:fail')
				yield comment(cause(data.details?.error));
		}
	}
	yield `1..${n}\n`;
}
