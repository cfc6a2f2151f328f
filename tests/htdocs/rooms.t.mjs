#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// The folders of htdocs/js have an order: a module imports from below only.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { files, imports, source } from './lib/modules.mjs';

/* From the top.  A module imports from its own floor and from those below. */
const FLOORS = ['main.js', 'worker.js', 'page', 'parts', 'lists', 'model', 'lib'];
const FOLDER_MAX = 16;

/** name -> names that it imports */
const modules = new Map(files('js').filter((name) => name !== 'boot.js')
    .map((name) => [name, Object.values(imports(name)).flat()]));

function folderOf(name) {
	return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name;
}

/** The imports that go up, or to or from something that is on no floor. */
function upward(graph) {
	const floor = (name) => FLOORS.indexOf(name.split('/')[0]);

	return [...graph].flatMap(([name, paths]) => paths.filter((path) =>
	    floor(name) < 0 || floor(path) < floor(name))
	    .map((path) => `${name} imports ${path}`));
}

/** The first circle that is found: [a, b, …, a], or null. */
function circle(graph) {
	const done = new Set(), way = [];

	function visit(name) {
		if (way.includes(name))
			return [...way.slice(way.indexOf(name)), name];
		if (done.has(name))
			return null;
		done.add(name);
		way.push(name);
		for (const next of graph.get(name) ?? []) {
			const found = visit(next);

			if (found !== null)
				return found;
		}
		way.pop();
		return null;
	}
	for (const name of graph.keys()) {
		const found = visit(name);

		if (found !== null)
			return found;
	}
	return null;
}

/** The same graph of folders, without what stays inside one. */
function folders(graph) {
	const found = new Map();

	for (const [name, paths] of graph) {
		const from = folderOf(name), into = found.get(from) ?? new Set();

		for (const to of paths.map(folderOf))
			if (to !== from)
				into.add(to);
		found.set(from, into);
	}
	return found;
}

/** All that is reached from a module. */
function reached(graph, name, found = new Set()) {
	if (!found.has(name)) {
		found.add(name);
		for (const next of graph.get(name) ?? [])
			reached(graph, next, found);
	}
	return found;
}

test('a circle and an import that goes up are found', () => {
	const graph = new Map([['lib/a.js', ['lib/b.js']],
		['lib/b.js', ['lists/c.js']], ['lists/c.js', ['lib/a.js']],
		['elsewhere/d.js', ['lib/a.js']]]);

	assert.deepEqual(upward(graph), ['lib/b.js imports lists/c.js',
		'elsewhere/d.js imports lib/a.js']);
	assert.deepEqual(circle(graph),
	    ['lib/a.js', 'lib/b.js', 'lists/c.js', 'lib/a.js']);
	assert.deepEqual(circle(folders(graph)), ['lib', 'lists', 'lib']);
	graph.set('lists/c.js', []);
	assert.equal(circle(graph), null);
});

test('every import is of a module that is there', () => {
	assert.ok([...modules.values()].flat().length > 100);
	for (const [name, paths] of modules)
		for (const path of paths)
			assert.ok(modules.has(path), `${name}: ${path}`);
});

test('no module imports one of a floor above', () => {
	assert.deepEqual(upward(modules), []);
});

test('no modules and no folders import each other in a circle', () => {
	assert.equal(circle(modules), null);
	assert.equal(circle(folders(modules)), null);
});

test('every module is reached from the page or the worker', () => {
	assert.deepEqual([...new Set([...reached(modules, 'main.js'),
	    ...reached(modules, 'worker.js')])].sort(), [...modules.keys()]);
});

test('model/ and lists/ know nothing of the document', () => {
	for (const name of modules.keys())
		if (/^(model|lists)\//.test(name))
			assert.doesNotMatch(source(`js/${name}`)
			    .replace(/\/\*.*?\*\//gs, ''),
			/\b(document|window|localStorage)\b|lib\/dom\.js/, name);
});

test('a folder can be seen at a glance', () => {
	for (const folder of new Set([...modules.keys()].map(folderOf)))
		assert.ok(files('js').filter((name) =>
		    folderOf(name) === folder).length <= FOLDER_MAX, folder);
});
