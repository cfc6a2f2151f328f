#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// Options as a Unix user expects them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Client, METHOD } from './cccp.mjs';
import { PROGRAM, ROOT, startSim } from './sim.mjs';

const run = (...args) => spawnSync(PROGRAM, args.map(String),
    { encoding: 'utf8', timeout: 60000 });

test('--help names every option and command, --version the version', () => {
	const help = run('--help');
	const source = fs.readFileSync(path.join(ROOT, 'tests/sim/main.c'),
	    'utf8');

	assert.equal(help.status, 0);
	const options = [...source.matchAll(/^\t\{ "([a-z-]+)",/gm)];
	assert.ok(options.length > 14);
	for (const [, option] of options)
		assert.match(help.stdout, new RegExp(`--${option}\\b`));
	assert.equal(run('-h').stdout, help.stdout);
	assert.match(run('--version').stdout, /^cccp-sim \d+\.\d+\n$/);
	assert.equal(run('-V').status, 0);
});

for (const [args, message] of [
	[['--port', 'x'], /--port x: a number from 0 to 65535/],
	[['--port', 65536], /--port 65536: too large, the most is 65535/],
	[['--port', -1], /--port -1: a number from 0/],
	[['--agents', 1000001], /--agents 1000001: too large/],
	[['--agents', '3.5'], /--agents 3.5: a whole number/],
	[['--agents', 'nan'], /--agents nan: a number/],
	[['--queues', 0], /--queues 0: a number from 1/],
	[['--events', 'many'], /--events many: a number/],
	[['--events', '1e9'], /--events 1e9: too large/],
	[['--seed', -1], /--seed -1/],
	[['--zone', 99999], /--zone 99999: too large/],
	[['--replay', 5], /--replay 5: a number/],
	[['--unheard'], /see --help/],
	[['--port'], /see --help/],
	[['stray'], /stray: no such argument/],
])
	test(`refused: ${args.join(' ')}`, () => {
		const { status, stderr } = run(...args);

		assert.equal(status, 2);
		assert.match(stderr, message);
	});

test('a wrong password is refused, the right one is not', async (t) => {
	const sim = await startSim('--agents', 3, '--password', 'sésame');
	t.after(() => sim.stop('SIGKILL'));
	for (const [password, method] of [['x', METHOD.loginFailed],
	    ['', METHOD.loginFailed], ['s\xe9same', METHOD.loginOk],
	    ['s\xe9samex', METHOD.loginFailed]]) {
		const client = new Client(sim.port);
		const answer = await client.login(1, 'poller', password);
		assert.equal(answer.method, method, password);
		if (method === METHOD.loginFailed) {
			client.sendList(1, 'users');
			await client.barrier();
			assert.deepEqual(client.frames, []);
		}
		await client.close();
	}
});

test('a taken port and a served socket are told', async (t) => {
	const sim = await startSim('--agents', 3);
	t.after(() => sim.stop('SIGKILL'));
	const port = run('--port', sim.port);
	assert.equal(port.status, 1);
	assert.match(port.stderr, /port \d+: Address already in use/);
	const socket = run('--port', 0, '--list-socket', sim.socket);
	assert.equal(socket.status, 1);
	assert.match(socket.stderr, /another simulator serves it/);
	const long = run('--port', 0, '--list-socket', `/tmp/${'x'.repeat(200)}`);
	assert.match(long.stderr, /path is too long/);
	const nowhere = run('--port', 0, '--address', 'nowhere.invalid');
	assert.match(nowhere.stderr, /--address nowhere.invalid: /);
	const file = run('--port', 0, '--agents', 1, '--port-file',
	    '/nonexistent/port');
	assert.match(file.stderr, /--port-file \/nonexistent\/port: No such/);
});

test('a socket that was left behind is taken over', async (t) => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cccp-sim-'));
	t.after(() => fs.rmSync(dir, { recursive: true }));
	const socket = path.join(dir, 'left');
	const first = await startSim('--agents', 1, '--list-socket', socket);
	await first.stop('SIGKILL');
	assert.ok(fs.existsSync(socket));
	const second = await startSim('--agents', 1, '--list-socket', socket);
	const { code } = await second.stop();
	assert.equal(code, 0);
	assert.ok(!fs.existsSync(socket));
});

test('clock and zone are as asked', async (t) => {
	const sim = await startSim('--agents', 3, '--skew', 7200, '--zone',
	    -18000);
	t.after(() => sim.stop('SIGKILL'));
	const client = new Client(sim.port);
	const { date, offset } = await client.barrier();
	assert.equal(offset, -18000);
	const ahead = (Date.parse(date) - Date.now()) / 1000;
	assert.ok(ahead > 7100 && ahead < 7201, `${ahead}`);
	assert.ok(Math.abs(Date.parse((await sim.truth()).now) -
	    Date.parse(date)) < 60000);
	await client.close();
});

test('no agents at all is a day, too', async (t) => {
	const sim = await startSim('--agents', 0, '--queues', 1, '--freeze');
	t.after(() => sim.stop('SIGKILL'));
	await sim.ask('step 1000');
	assert.equal((await sim.truth()).users.length, 1);
});
