/**
 * The dashboard's modules, outside a browser.  They are imported from a copy
 * with a package.json that says that they are modules; browsers need none.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const htdocs = join(root, 'htdocs');

const copy = mkdtempSync(join(tmpdir(), 'cccp-htdocs.'));

cpSync(join(htdocs, 'js'), join(copy, 'js'), { recursive: true });
cpSync(join(htdocs, 'i18n'), join(copy, 'i18n'), { recursive: true });
writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));

/** page('js/model/view.js') -> the module. */
export function page(path) {
	return import(pathToFileURL(join(copy, path)).href);
}

export async function dictionary(language) {
	return (await page(`i18n/${language}.js`)).default;
}

/** Text of a file below htdocs/. */
export function source(path) {
	return readFileSync(join(htdocs, path), 'utf8');
}

/** The files below a folder of htdocs/, by their paths from there. */
export function files(folder) {
	const top = join(htdocs, folder);

	return readdirSync(top, { recursive: true, withFileTypes: true })
	    .filter((found) => found.isFile())
	    .map(({ path, name }) => relative(top, join(path, name))).sort();
}

/**
 * What a module of htdocs/js imports, by paths from there: {first: when it is
 * loaded, later: when it is wanted}.
 */
export function imports(name) {
	const found = (pattern) => [...source(`js/${name}`).matchAll(pattern)]
	    .map(([, path]) => posix.join(posix.dirname(name), path));

	return { first: found(/^(?:import|export)\b[^;]*?\s'(\.[^']+)'/gm),
		later: found(/\bimport\('(\.[^']+)'\)/g) };
}
