/**
 * Reads events through a web server: waits for the first one, has the data
 * changed, waits for the change, and says how long both took.
 *
 *	node events.mjs URL COMMAND ...		the command changes something
 *
 * A server that keeps events back fails: a change has to come before so many
 * signs of life as fill a buffer do, within 30 seconds.
 */
import { spawnSync } from 'node:child_process';
import http from 'node:http';

const [, , url, ...command] = process.argv;
const patience = 30_000;

let text = '';
let from = performance.now();
let pattern = /^event: hello\n(.*\n)*?data: .*\n\n/m;
const took = [];

/* A process that hangs is a test that fails. */
setTimeout(() => {
	console.log(`nothing like ${pattern} for ${patience} ms, only: ${text}`);
	process.exit(1);
}, 2 * patience).unref();

const request = http.get(url, { agent: false,
	headers: { Accept: 'text/event-stream' } }, (response) => {
	console.log(`${response.statusCode} ${response.headers['content-type']}`);
	if (response.statusCode !== 200)
		process.exit(1);
	response.setEncoding('utf8').on('data', (piece) => {
		text += piece;
		if (!pattern.test(text))
			return;
		took.push(performance.now() - from);
		if (took.length === 2) {
			const beats = text.split('event: heartbeat').length - 1;

			console.log(`hello after ${took[0].toFixed()} ms, a change ` +
			    `after ${took[1].toFixed()} ms, ${beats} heartbeats`);
			process.exit(took[1] < patience && beats < 4 ? 0 : 1);
		}
		const { status, stderr } = spawnSync(command[0], command.slice(1),
		    { encoding: 'utf8' });

		if (status !== 0) {
			console.log(`the change failed: ${stderr}`);
			process.exit(1);
		}
		pattern = /^event: change\n(.*\n)*?data: .*\n\n/m;
		from = performance.now();
	}).on('end', () => {
		console.log(`the stream has ended: ${text}`);
		process.exit(1);
	});
});

request.on('error', (error) => {
	console.log(error.message);
	process.exit(1);
});
