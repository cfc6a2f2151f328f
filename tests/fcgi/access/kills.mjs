/*
 * kills.mjs closed|open ROUNDS PROGRAM LOG: in each round a handler of its own
 * is killed while readers look at a person.  PROGRAM is the handler's, LOG is
 * where its messages go.  Prints how many lines are missing.
 *
 * closed: it is killed while answers are on their way; each that came has its
 * line.  open: it is killed once it has told how many lines wait.  In every
 * second round the database takes none.  No more lines are missing than waited,
 * and each of them is in the system's log.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';

import { connect } from '../fastcgi.mjs';
import { Asker } from './asker.mjs';
import { Psql } from './psql.mjs';

const [mode, rounds, program, log] = process.argv.slice(2);
const path = '/api/v1/users/prod/u004';
const psql = new Psql();
const got = new Map();		/* reader -> the status that he received */
let tag, nr = 0, waited = 0, counted = 0;

function fail(text) {
	console.log(text);
	process.exit(1);
}

/** A handler; -> once it listens. */
async function start() {
	rmSync(process.env.SOCKET, { force: true });
	const messages = openSync(log, 'a');
	const child = spawn(program, ['-f', '-s', process.env.SOCKET,
		'-d', process.env.HTDOCS],
	    { env: { ...process.env, PGUSER: 'cccp_web', CCCP_AUDIT: mode,
		CCCP_ANONYMOUS: 'none' },
		stdio: ['ignore', 'ignore', messages] });
	const ended = new Promise((resolve) => { child.on('exit', resolve); });

	closeSync(messages);
	for (;;) {
		const socket = await connect(process.env.SOCKET);

		if (socket !== null) {
			socket.destroy();
			return { child, ended };
		}
		if (child.exitCode !== null)
			fail('the handler does not start');
		await new Promise((resolve) => { setTimeout(resolve, 2); });
	}
}

/** One look at a person, by a reader whom nobody else is. */
async function look(asker, round) {
	const name = `${mode}${nr++}`;
	const not = nr % 2 > 0 && tag !== undefined;
	const answer = await asker.ask(path, { REMOTE_USER: name,
		REMOTE_GROUPS: 'Chefs',
		...not ? { HTTP_IF_NONE_MATCH: tag } : {} });

	if (answer === null)
		return false;
	if (answer.status !== 200 && answer.status !== 304)
		fail(`${name}: ${answer.text}`);
	got.set(name, answer.status);
	round[answer.status] = (round[answer.status] ?? 0) + 1;
	tag = answer.tag;
	return true;
}

/* Connections that wait for one another's batches, or do not. */
const askers = [0, 1].map(() => new Asker({ name: '', groups: [] }));

/** All ask until the kill; it comes while most of them wait. */
async function killedWhileAsked(i) {
	const { child, ended } = await start();
	const round = {};

	await Promise.all(askers.map(async (asker) => {
		while (await look(asker, round))
			if (round[200] > 0 && round[304] > 0 &&
			    round[200] + round[304] > i % 8 + 2)
				child.kill('SIGKILL');
	}));
	await ended;
}

/** All ask, then the handler says what waits, and is killed. */
async function killedAfterwards(i) {
	const shut = i % 2 > 0;
	const admin = new Asker({ name: 'ada', groups: [] });
	const { child, ended } = await start();
	const metric = (text, name) =>
		Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);

	await psql.tell(`${shut ? 'REVOKE' : 'GRANT'} EXECUTE ON FUNCTION
	    cccp.log_access ${shut ? 'FROM' : 'TO'} cccp_web;`);
	for (let n = 0; n < 2; n++)
		await Promise.all(askers.map((asker) => look(asker, {})));
	const { body } = await admin.ask('/metrics');

	child.kill('SIGKILL');
	await ended;
	waited += metric(body, 'cccp_audit_waiting');
	counted += metric(body, 'cccp_audit_lost_total');
	if (shut && metric(body, 'cccp_audit_waiting') === 0)
		fail('nothing waits');
	askers.concat(admin).forEach((asker) => asker.close());
}

const limit = setTimeout(() => fail('it takes too long'), 900_000);

for (let i = 0; i < Number(rounds); i++)
	await (mode === 'closed' ? killedWhileAsked : killedAfterwards)(i);
const lines = new Set(await psql.tell(
    `SELECT reader FROM cccp_audit.access_log WHERE reader ~ '^${mode}';`));
const missing = [...got.keys()].filter((name) => !lines.has(name));
const said = readFileSync(log, 'utf8');
const unsaid = [...got.keys()].filter((name) =>
	!said.includes(`"reader":"${name}"`));

await psql.tell('GRANT EXECUTE ON FUNCTION cccp.log_access TO cccp_web;');
psql.end();
clearTimeout(limit);
console.log(`${rounds} kills, ${got.size} answers, ${
	[...got.values()].filter((status) => status === 304).length} of them 304, ${
	missing.length} without a line, ${waited} waited, ${counted} were lost, ${
	unsaid.length} not in the system's log`);
if (got.size < Number(rounds) || unsaid.length > 0 ||
    (mode === 'closed' ? missing.length > 0 :
	missing.length > waited + counted || missing.length === 0))
	process.exit(1);
