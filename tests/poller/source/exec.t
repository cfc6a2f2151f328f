#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
/*
 * JSON snapshots from a command: how it is run, what is made of its output and
 * its end, and that nothing of it is left.
 */
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { chmodSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

test('exec', async (t) => {
	const { root, eventually } = await import('../../e2e/stack.mjs');
	const { poll, pollOnce, bridge, printed, folder } =
	    await import('../../e2e/sources.mjs');
	const dir = folder(t);
	const document = join(dir, 'document.json');

	writeFileSync(document, JSON.stringify(bridge(3)));

	/** A script in the folder; its path. */
	function script(name, text) {
		const file = join(dir, name);

		writeFileSync(file, `#!/bin/sh\n${text}\n`);
		chmodSync(file, 0o755);
		return file;
	}

	/** False once no process has that id, or only its remains. */
	function runs(pid) {
		try {
			return !/^State:\s*Z/m.test(
			    readFileSync(`/proc/${pid}/status`, 'utf8'));
		} catch {
			return false;
		}
	}

	const pids = (file) => (existsSync(file) ?
		readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);

	await t.test('the bridge\'s output, with the lines before it', async () => {
		const { code, log, out } = await pollOnce(t, 'old=exec:/bin/cat ' +
		    join(root, 'tests/data/bridge/bridge-output.txt'));

		assert.equal(code, 0, log);
		assert.match(log, /old: its snapshots are of the bridge's shape/);
		assert.match(log, /old: in step: 4 users, 2 queues, 3 calls/);
		assert.match(log, /old: live/);
		assert.deepEqual(printed(out).flat().sort(),
		    ['agent1', 'agent2', 'agent4', 'chef']);
		assert.match(out, /^old\texec:\/bin\/cat\tlive\t/m);
	});

	await t.test('words, without a shell', async () => {
		const file = script('words', `printf '<%s>' "$@" >&2; cat ${document}`);
		const { code, log, out } = await pollOnce(t,
		    `old=exec:${file} 'a  b' "c 'd" e\\ f '' $HOME s3cret * ; # x`);

		assert.equal(code, 0, log);
		assert.ok(log.includes(
		    'old: it says: <a  b><c \'d><e f><><$HOME><s3cret><*><;><#><x>'), log);
		assert.doesNotMatch(out, /s3cret/);
	});

	await t.test('nothing of ours, in a group of its own', async () => {
		const file = script('inside', `exec 3>&2
			echo fds $(ls /proc/self/fd) >&3
			env | grep -E '^(CCCP|PGH|PGPASS|KEPT)' | sort | sed 's/^/env /' >&3
			awk '{ print "group", $1 == $5 }' /proc/$$/stat >&3
			grep -E '^Sig(Blk|Ign)' /proc/self/status >&3
			cat && cat ${document}`);
		const { code, log } = await pollOnce(t, `old=exec:${file}`, { env: {
			CCCP_PASSWORD_OLD: 's3cret', CCCP_PASSWORD_FILE_X: '/s3cret',
			CCCP_SOURCES: 'x=cccp://u:s3cret@h', PGPASSWORD: 's3cret',
			PGHOST: '/nowhere', CCCP_INTERVAL_OLD: '20', KEPT: 'yes' } });

		assert.equal(code, 0, log);
		// 3 is the script's own, the last one the folder that ls reads.
		assert.match(log, /it says: fds 0 1 2 3 \d+$/m);
		assert.deepEqual([...log.matchAll(/it says: env (.*)$/gm)]
		    .map(([, line]) => line),
		['CCCP_ALLOW_ROOT=yes', 'CCCP_INTERVAL_OLD=20', 'KEPT=yes',
			'PGHOST=/nowhere']);
		assert.match(log, /it says: group 1$/m);
		assert.match(log, /it says: SigBlk:\\x090+$/m);
		// None but two of the C library's own.
		assert.match(log, /it says: SigIgn:\\x09[0-9a-f]{9}0{7}$/m);
	});

	await t.test('complaints: line by line, bounded, as plain text', async () => {
		const file = script('complain', `printf 'caf\\303\\251 \\033[31mred\\351\\n' >&2
			printf '%500s\\n' long >&2; printf 'no end' >&2; cat ${document}`);
		const first = await pollOnce(t, `old=exec:${file}`);

		assert.match(first.log,
		    /old: it says: café \\x1b\[31mred\\xe9$/m);
		assert.match(first.log, /old: it says: {401}$/m);
		assert.match(first.log, /old: it says: no end$/m);
		const many = await pollOnce(t, `old=exec:${script('many',
		    `seq 1000 >&2; cat ${document}`)}`);

		assert.equal(many.log.match(/it says: \d+$/gm).length, 20);
		assert.match(many.log, /it says more, which is left out/);
	});

	for (const [name, text, why] of [
		['status', 'cat "$1"; exit 3', /command \S+: it ended with status 3/],
		['signal', 'kill -USR1 $$', /command \S+: it was ended by signal 10/],
		['silent', ':', /its snapshot is refused: it is empty/],
		['partly', 'head -c 300 "$1"', /refused: it is cut short/],
		['endless', 'cat /dev/zero', /command \S+: it prints too much/],
		['complains', 'cat /dev/zero >&2', /command \S+: it prints too much/],
		['page', 'echo "<html>"', /refused: no line of it begins/]])
		await t.test(`refused: ${name}`, async () => {
			const { code, log } = await pollOnce(t,
			    `old=exec:${script(name, text)} ${document}`);

			assert.equal(code, 1);
			assert.match(log, why);
		});

	await t.test('refused: it is not there, or may not be run', async () => {
		const none = await pollOnce(t, `old=exec:${dir}/none`);

		assert.equal(none.code, 1);
		assert.match(none.log, /old: down: .*cannot run it: No such file/);
		const { log } = await pollOnce(t, `old=exec:${document}`);

		assert.match(log, /old: down: .*cannot run it: Permission denied/);
	});

	await t.test('too slow and deaf: it is killed with all it started', async () => {
		const file = script('deaf', `trap '' TERM
			echo $$ >>${dir}/deaf.pid
			sh -c 'trap "" TERM; echo $$ >>${dir}/deaf.pid; exec sleep 1000' &
			echo '{"users": ['; wait; sleep 1000`);
		const { code, log } = await pollOnce(t, `old=exec:${file}`);

		assert.equal(code, 1);
		assert.match(log, /old: down: command \S+: it takes too long/);
		assert.equal(pids(`${dir}/deaf.pid`).length, 2);
		await eventually(() => assert.deepEqual(
		    pids(`${dir}/deaf.pid`).filter(runs), []));
	});

	await t.test('what it leaves running is killed', async () => {
		const file = script('leaves', `sleep 1000 >/dev/null 2>&1 &
			echo $! >${dir}/left.pid; cat ${document}`);
		const { code, log } = await pollOnce(t, `old=exec:${file}`);

		assert.equal(code, 0, log);
		assert.equal(pids(`${dir}/left.pid`).length, 1);
		await eventually(() => assert.deepEqual(
		    pids(`${dir}/left.pid`).filter(runs), []));
	});

	await t.test('the poller ends: the command too', async () => {
		const file = script('long', `echo $$ >${dir}/long.pid; sleep 1000`);
		const poller = poll(t, [`old=exec:${file}`]);

		await eventually(() => assert.equal(pids(`${dir}/long.pid`).length, 1));
		poller.kill('SIGTERM');
		assert.deepEqual(await poller.gone, { code: 0, signal: null });
		await eventually(() => assert.deepEqual(
		    pids(`${dir}/long.pid`).filter(runs), []));
	});

	await t.test('run again and again, and no descriptor is lost', async () => {
		const file = script('counts', `echo run >>${dir}/runs
			cat ${document}`);
		const poller = poll(t, [`old=exec:${file}`],
		    { env: { CCCP_INTERVAL_OLD: '1' } });
		const descriptors = () => require('node:fs')
		    .readdirSync(`/proc/${poller.pid}/fd`).length;
		const times = (n) => eventually(() => assert.ok(
		    readFileSync(`${dir}/runs`, 'utf8').length >= 4 * n));

		await times(2);
		await eventually(() => assert.match(poller.log, /old: live/));
		await times(6);
		await eventually(() => assert.ok(descriptors() <= 4));
		assert.doesNotMatch(poller.log, /down|stale/);
		assert.equal(printed(poller.out).length, 1, 'nothing has changed');
	});

	await t.test('whoever starts the poller may ignore its children', async () => {
		const { status, stderr } = spawnSync('env', ['--ignore-signal=CHLD',
			join(root, process.env.BUILD ?? 'build/release', 'cccp-poller'),
			'-1n', `old=exec:/bin/cat ${document}`], { encoding: 'utf8',
			env: { ...process.env, CCCP_ALLOW_ROOT: 'yes' } });

		assert.equal(status, 0, stderr);
	});

	await t.test('in CCCP_SOURCES it takes the rest of its line', async () => {
		const poller = poll(t, [], { args: ['-1'], env: { CCCP_SOURCES:
		    `one=exec:/bin/cat ${document}\ntwo=file://${document} ` +
		    `three=exec:/bin/cat '${document}'` } });

		assert.deepEqual(await poller.gone, { code: 0, signal: null });
		for (const name of ['one', 'two', 'three'])
			assert.match(poller.log, new RegExp(`${name}: in step: 3 users`));
	});
});
