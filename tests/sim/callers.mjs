// Tests with a connection of their own to a simulator that all of them share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, METHOD } from './cccp.mjs';

export function callers(port) {
	function onSim(name, body) {
		test(name, async () => {
			const client = new Client(port());
			try {
				await body(client);
			} finally {
				await client.close();
			}
		});
	}

	function loggedIn(name, body) {
		onSim(name, async (client) => {
			assert.equal((await client.login()).method,
			    METHOD.loginOk);
			await body(client);
		});
	}

	return { onSim, loggedIn };
}

// Nothing but the answer to a later call has come.
export async function silence(client) {
	await client.barrier();
	assert.deepEqual(client.frames, []);
}
