/**
 * Sources for a poller under test: documents, servers that hand them out, well
 * or badly, and certificates; and the poller itself, without a database.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

import { root } from './stack.mjs';

/** What must not come from whoever runs the test. */
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) =>
	!/^(CCCP_|PG|https?_proxy$|all_proxy$|no_proxy$)/i.test(name)));

/** A folder for a test; free() removes it. */
export function folder(t) {
	const dir = mkdtempSync(join(tmpdir(), 'cccp-source.'));

	execFileSync('chmod', ['755', dir]);
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return dir;
}

/**
 * Starts the poller with -n: log and out grow, gone is its end.  It is killed
 * with the test.
 */
export function poll(t, sources, { args = [], env = {} } = {}) {
	const child = spawn(join(root, process.env.BUILD ?? 'build/release',
	    'cccp-poller'), ['-n', ...args, ...sources], {
		cwd: root, env: { ...clean, CCCP_ALLOW_ROOT: 'yes', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});

	child.log = child.out = '';
	child.stdout.setEncoding('utf8').on('data', (text) => { child.out += text; });
	child.stderr.setEncoding('utf8').on('data', (text) => { child.log += text; });
	child.gone = new Promise((resolve) => child.on('close',
	    (code, signal) => resolve({ code, signal })));
	t.after(() => child.kill('SIGKILL'));
	return child;
}

/** One attempt: { code, log, out }. */
export async function pollOnce(t, source, options = {}) {
	const child = poll(t, [source], { ...options, args: ['-1'] });
	const { code, signal } = await child.gone;

	return { code: code ?? signal, log: child.log, out: child.out };
}

/** A snapshot of the bridge's shape with that many made-up users. */
export function bridge(n, change = {}) {
	const users = Array.from({ length: n }, (_, i) => ({
		id: `${i + 1}`, login: `agent${i + 1}`, name: `Zoé ${i + 1}`,
		'sessions.last.session.logged': 'True',
		last_state_name: 'inbound', last_state_display_name: 'Disponible',
		last_state_date: '2026-03-02T08:00:00+00:00', busy_count: '0',
		...change[`agent${i + 1}`],
	}));

	return { users, queues: [], calls: [], call_history: [], error: null };
}

/** The logins in the agent rows that a poller has printed. */
export function printed(out) {
	return [...out.matchAll(/^COPY agent_in .*;\n((?:.+\n)*?)\\\.$/gm)]
	    .map(([, rows]) => rows.trim().split('\n')
	        .map((row) => row.split('\t')[0]));
}

async function listen(t, server) {
	const sockets = new Set();

	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.close();
		for (const socket of sockets)
			socket.destroy();
	});
	return server.address().port;
}

/** An HTTP server; its port. */
export function serve(t, handler) {
	return listen(t, http.createServer(handler));
}

/** A TCP server; its port. */
export function serveTcp(t, handler) {
	return listen(t, net.createServer(handler));
}

/** TLS in front of a port; its own port. */
export function serveTls(t, { key, cert }, target) {
	return listen(t, tls.createServer({ key, cert }, (socket) => {
		const inner = net.connect(target, '127.0.0.1');

		socket.on('error', () => inner.destroy());
		inner.on('error', () => socket.destroy());
		socket.pipe(inner).pipe(socket);
	}).on('tlsClientError', () => {}));
}

const openssl = (dir, ...args) => execFileSync('openssl', args,
    { cwd: dir, stdio: 'pipe' });

/**
 * A throwaway authority: file is its certificate; issue() makes a server's
 * { key, cert }, for names and a number of days.
 */
export function authority(t, name = 'authority') {
	const dir = folder(t);
	const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
		'-nodes'];
	let n = 0;

	openssl(dir, 'req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.pem',
	    '-subj', `/CN=${name}`, '-days', '2');
	return {
		file: join(dir, 'ca.pem'),
		issue(names = 'DNS:localhost,IP:127.0.0.1', days = 2) {
			const file = `server${++n}`;

			writeFileSync(join(dir, 'names'), `subjectAltName=${names}\n`);
			openssl(dir, 'req', ...fresh, '-keyout', `${file}.key`, '-out',
			    `${file}.csr`, '-subj', '/CN=server');
			openssl(dir, 'x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.pem',
			    '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${file}.pem`,
			    '-days', `${days}`, '-extfile', 'names');
			return { key: openssl(dir, 'pkey', '-in', `${file}.key`),
				cert: openssl(dir, 'x509', '-in', `${file}.pem`) };
		},
	};
}
