/**
 * Reads events through a web server: the first one, then one for a change.
 *
 *	node events.mjs URL COMMAND ...		the command changes something
 *
 * In one of five attempts both have to come before the heartbeat, which comes
 * after ten seconds.  A busy machine may be late several times; a server that
 * holds events back until more data come is late each time.
 */
import { spawnSync } from 'node:child_process';
import http from 'node:http';

const SOON = 9000, PATIENCE = 60_000, TIMES = 5;
const [, , url, ...command] = process.argv;

function change() {
	const { status, stderr } = spawnSync(command[0], command.slice(1),
	    { encoding: 'utf8' });

	if (status !== 0)
		throw new Error(`the change failed: ${stderr}`);
}

/** Milliseconds to the first event, and from a change to its event. */
const once = () => new Promise((resolve, reject) => {
	const awaited = [/^event: hello\n(.*\n)*?data: .*\n\n/m,
		/^event: change\n(.*\n)*?data: .*\n\n/m];
	const took = [];
	let text = '', from = performance.now();
	const request = http.get(url, { agent: false,
		headers: { Accept: 'text/event-stream' } }, (response) => {
		const { statusCode: status, headers } = response;

		if (status !== 200 ||
		    !/^text\/event-stream/.test(headers['content-type']))
			reject(new Error(`${status} ${headers['content-type']}`));
		response.setEncoding('utf8').on('data', (piece) => {
			text += piece;
			if (!awaited[took.length].test(text))
				return;
			took.push(performance.now() - from);
			if (took.length === awaited.length) {
				request.destroy();
				resolve(took);
				return;
			}
			from = performance.now();
			try {
				change();
			} catch (error) {
				reject(error);
			}
		}).on('end', () => reject(new Error(`it has ended: ${text}`)));
	});

	request.on('error', reject);
	setTimeout(() => reject(new Error(`nothing like ${
		awaited[took.length]}, only: ${text}`)), PATIENCE).unref();
});

let soon = false;

for (let i = 0; i < TIMES && !soon; i++) {
	const [hello, changed] = await once();

	console.log(`hello after ${hello.toFixed()} ms, a change after ${
		changed.toFixed()} ms`);
	soon = hello < SOON && changed < SOON;
}
process.exit(soon ? 0 : 1);
