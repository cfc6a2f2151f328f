/**
 * A board's address for each of several readers: one more lighttpd, with a port
 * for each, which says who is signed in, as an authentication would.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { eventually, root } from '../../e2e/stack.mjs';

async function freePort() {
	const server = createServer();

	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();

	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** The sample of lighttpd's configuration, with one more port for each name. */
function config(ports) {
	const sample = readFileSync(join(root, 'fcgi/server/lighttpd.conf'),
	    'utf8').replace('"mod_fastcgi"', '"mod_setenv", "mod_fastcgi"');

	return sample + Object.entries(ports).map(([name, port]) =>
	    `\n$SERVER["socket"] == "127.0.0.1:${port}" {\n` +
	    `\tsetenv.set-environment = ("REMOTE_USER" => "${name}")\n}\n`)
	    .join('');
}

/** -> {url(name), stop()} */
export async function signIn(board, names) {
	const file = join(board.dir, 'readers.conf'), ports = {};

	for (const name of names)
		ports[name] = await freePort();
	writeFileSync(file, config(ports));
	const child = spawn('lighttpd', ['-D', '-f', file], { stdio: 'inherit',
		env: { ...process.env, CCCP_PORT: String(await freePort()),
			CCCP_SOCKET: join(board.env.RUN, 'sock/handler'),
			CCCP_HTDOCS: join(root, 'htdocs') } });
	const stop = () => child.kill();

	process.once('exit', stop);
	await eventually(async () => {
		for (const port of Object.values(ports))
			await fetch(`http://127.0.0.1:${port}/healthz`);
	});
	return { stop, url: (name) => `http://127.0.0.1:${ports[name]}/` };
}
