/**
 * A whole board for a test: PostgreSQL, the simulator, the poller, the handler
 * and lighttpd, brought up by tests/stack/stack in a folder of its own.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const script = join(root, 'tests/stack/stack');
const run = promisify(execFile);

/** Parses the NAME=value lines of DIR/env. */
function readEnv(file) {
	const lines = readFileSync(file, 'utf8').trim().split('\n');

	return Object.fromEntries(lines.map((line) => {
		const at = line.indexOf('=');

		return [line.slice(0, at), line.slice(at + 1)];
	}));
}

/**
 * Starts a board; options are environment variables of tests/stack/stack.  The
 * result has its env (URL, SIM_SOCKET, PG…) and stop(), which removes all.
 */
export async function start(options = {}) {
	const dir = mkdtempSync(join(tmpdir(), 'cccp-e2e.'));
	const run_dir = join(dir, 'run');

	execFileSync('chmod', ['755', dir]);
	const board = { dir: run_dir };
	let stopped = false;
	const stop = () => {
		if (stopped)
			return;
		stopped = true;
		board.psql?.child.kill();
		execFileSync(script, ['clean', run_dir], { stdio: 'ignore' });
		rmSync(dir, { recursive: true, force: true });
	};

	/* A test that is ended from outside leaves nothing running either. */
	process.once('exit', stop);
	try {
		await run(script, ['start', run_dir], {
			env: { ...process.env, SOURCES: '', PORT: '0', COPY: 'yes',
				...options },
		});
	} catch (error) {
		stop();
		throw error;
	}
	return Object.assign(board, { env: readEnv(join(run_dir, 'env')), stop });
}

/** The process id of a part: postgres, sim, poller, handler, lighttpd. */
export function pid(board, part) {
	return Number(readFileSync(join(board.dir, 'pid', part), 'utf8')
	    .split(' ')[0]);
}

/** Starts a part that has died again. */
export function restart(board, part) {
	execFileSync(script, ['restart', board.dir, part], { stdio: 'ignore' });
}

/** Starts the poller of a board again, after the test has killed it. */
export function startPoller(board, sources, args = []) {
	const child = spawn(join(process.env.BUILD ?? 'build/release',
	    'cccp-poller'), ['-f', ...args], {
		cwd: root,
		env: { ...process.env, ...pg(board), PGUSER: 'cccp_poller',
			CCCP_ALLOW_ROOT: 'yes', CCCP_SOURCES: sources },
		stdio: ['ignore', 'ignore', 'pipe'],
	});

	child.log = '';
	child.stderr.on('data', (text) => { child.log += text; });
	child.gone = new Promise((resolve) => child.on('exit',
	    (code, signal) => resolve({ code, signal })));
	return child;
}

export function pg({ env }) {
	return { PGHOST: env.PGHOST, PGPORT: env.PGPORT,
		PGDATABASE: env.PGDATABASE, PGUSER: env.PGUSER };
}

/** One psql for all queries of a board: to start it takes longer than they do. */
function openPsql(board) {
	const child = spawn(join(board.env.PG_BIN ?? '', 'psql'),
	    ['-XAtqv', 'ON_ERROR_STOP=1', '-f', '-'],
	    { env: { ...process.env, ...pg(board), PGTZ: 'UTC' } });
	const asked = [];
	let out = '', log = '';

	child.stdin.on('error', () => {});	/* it says why as it ends */
	child.stderr.on('data', (text) => { log += text; });
	child.stdout.setEncoding('utf8').on('data', (text) => {
		out += text;
		for (let end; (end = out.indexOf('\nend\n')) >= 0;) {
			asked.shift().resolve(JSON.parse(out.slice(0, end)));
			out = out.slice(end + 5);
		}
	});
	child.on('error', () => {}).on('close', (code) => {
		board.psql = undefined;
		for (const { reject } of asked)
			reject(new Error(`psql: ${code}: ${log}`));
	});
	return { child, ask: (sql) => new Promise((resolve, reject) => {
		asked.push({ resolve, reject });
		child.stdin.write(`${sql};\n\\echo end\n`);
	}) };
}

/** The rows of a query, as objects. */
export function query(board, sql) {
	board.psql ??= openPsql(board);
	return board.psql.ask(
	    `SELECT coalesce(json_agg(q), '[]') FROM (${sql}) q`);
}

/** Sends one line to the simulator's control socket; returns its answer. */
export function sim(board, line) {
	return new Promise((resolve, reject) => {
		const socket = connect(board.env.SIM_SOCKET);
		let answer = '';

		socket.setEncoding('utf8');
		socket.on('data', (text) => { answer += text; });
		socket.on('end', () => resolve(answer));
		socket.on('error', reject);
		socket.end(`${line}\n`);
	});
}

export async function truth(board) {
	return JSON.parse(await sim(board, 'list'));
}

/** Calls check() until it returns without throwing; throws its last error. */
export async function eventually(check, seconds = 300) {
	const end = Date.now() + seconds * 1000;

	for (let pause = 25; ; pause = Math.min(2 * pause, 200)) {
		try {
			return await check();
		} catch (error) {
			if (Date.now() > end)
				throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
}
