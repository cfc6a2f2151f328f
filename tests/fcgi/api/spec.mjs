/** htdocs/api/v1/openapi.json, and what follows from its schemas. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { root } from '../../e2e/stack.mjs';

export const modules = createRequire(join(root, 'build/node/'));
export const file = join(root, 'htdocs/api/v1/openapi.json');
export const spec = JSON.parse(readFileSync(file, 'utf8'));

export const resolve = (thing) => (thing.$ref === undefined ? thing :
	thing.$ref.slice(2).split('/').reduce((at, key) => at[key], spec));
const parameters = (path) => (spec.paths[path].get?.parameters ?? [])
    .map(resolve);
export const inQuery = (path) => parameters(path).filter((p) => p.in === 'query');

/** Checks values against schemas of the file. */
export function validators() {
	const Ajv = modules('ajv/dist/2020.js').default;
	const ajv = new Ajv({ strict: true, allowUnionTypes: true,
		allErrors: true, strictRequired: false, strictTypes: false });
	const known = new Map();

	modules('ajv-formats').default(ajv);
	ajv.addVocabulary(Object.keys(spec));
	ajv.addSchema(spec, 'spec');
	return (pointer, value, what) => {
		if (!known.has(pointer))
			known.set(pointer, ajv.compile({ $ref: `spec#${pointer}` }));
		const check = known.get(pointer);

		assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)}`);
	};
}

/** What a schema takes and what it does not, as queries have it. */
export function samples(schema) {
	if (schema.enum !== undefined)
		return { good: schema.enum, bad: ['x', ''], all: schema.enum };
	if (schema.type === 'integer')
		return { good: [schema.minimum, schema.maximum],
			bad: [schema.minimum - 1, 'x', '1.5', '',
				`${schema.maximum}0`] };
	if (schema.type === 'boolean')
		return { good: ['true', 'false'], bad: ['yes', '', '1'] };
	if (schema.type === 'array')
		return { good: schema.items.enum ?? ['x', '', '-x', 'a,-b'],
			bad: schema.items.enum === undefined ?
				[Array(schema.maxItems + 1).fill('x').join()] :
				['x', ''], all: schema.items.enum };
	if (schema.pattern?.includes('\\d{4}'))
		return { good: ['2026-01-31', '2026-01-31T09:00:00.5+01:00'],
			bad: ['today', '2026-13-01', ''] };
	return { good: ['x'], bad: ['x'.repeat(schema.maxLength + 1)] };
}
