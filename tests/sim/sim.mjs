// Starting and asking the simulator, for tests of it and with it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM = path.resolve(ROOT, process.env.BUILD ||
    `build/${process.env.VARIANT || 'release'}`, 'cccp-sim');

// A test that fails must neither hang nor leave a simulator behind.
const running = new Set();

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// A running simulator: its port, ask(command), truth(), stop().
export async function startSim(...args) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cccp-sim-'));
	const portFile = path.join(dir, 'port');
	const socket = path.join(dir, 'control');
	const child = spawn(PROGRAM, ['--port', '0', '--port-file', portFile,
	    '--list-socket', socket, ...args.map(String)],
	    { stdio: ['ignore', 'inherit', 'pipe'] });
	const sim = { child, socket, stderr: '' };

	child.unref();
	child.stderr.unref();
	running.add(child);
	child.stderr.on('data', (text) => { sim.stderr += text; });
	sim.ended = new Promise((done) => child.on('exit', (code, signal) => {
		sim.over = true;
		running.delete(child);
		fs.rmSync(dir, { recursive: true, force: true });
		done({ code, signal });
	}));
	sim.end = () => {
		child.ref();
		return sim.ended;
	};
	sim.stop = (signal = 'SIGTERM') => {
		child.ref();
		if (!sim.over)
			child.kill(signal);
		return sim.ended;
	};
	sim.ask = (command) => ask(socket, command);
	sim.truth = async () => JSON.parse(await ask(socket, 'list'));
	await until(() => fs.existsSync(portFile) || sim.over,
	    'the simulator to listen');
	if (sim.over)
		throw new Error(sim.stderr);
	sim.port = Number(fs.readFileSync(portFile, 'utf8'));
	return sim;
}

export function ask(socket, command) {
	return new Promise((resolve, reject) => {
		const peer = net.connect(socket);
		let text = '';

		peer.setEncoding('utf8');
		peer.on('data', (chunk) => { text += chunk; });
		peer.on('error', reject);
		peer.on('end', () => text.startsWith('error:') ?
		    reject(new Error(`${command}: ${text.trim()}`)) :
		    resolve(text));
		peer.end(command);
	});
}

// Looks again and again until it is so; a deadline makes it a failure.
export async function until(isSo, what, ms = 60000) {
	const end = Date.now() + ms;

	for (;;) {
		const value = await isSo();
		if (value)
			return value;
		if (Date.now() > end)
			throw new Error(`waited in vain for ${what}`);
		await new Promise((done) => { setTimeout(done, 20); });
	}
}
