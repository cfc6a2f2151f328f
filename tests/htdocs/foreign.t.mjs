#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// A page of another site, in a real browser, cannot write here; the board's own
// page can.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { query, start } from '../e2e/stack.mjs';
import { launch } from './lib/browser.mjs';

const grant = { who_kind: 'user', who: 'eve', role: 'admin' };
let board, browser, foreign;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 5 --events 1 --seed 9' });
	browser = await launch();
	foreign = createServer((request, response) => response
	    .setHeader('Content-Type', 'text/html').end('<!doctype html><title>x'));
	await new Promise((listens) => foreign.listen(0, listens));
});

after(async () => {
	await browser?.close();
	foreign?.close();
	board?.stop();
});

/* What each would send with the user's log-in. */
const ways = {
	'a request that needs no permission': (url, body) => fetch(url,
	    { method: 'POST', mode: 'no-cors', credentials: 'include', body }),
	'a request with JSON': (url, body) => fetch(url, { method: 'POST', body,
		credentials: 'include',
		headers: { 'Content-Type': 'application/json' } }),
	'a form': (url, body) => {
		const form = document.createElement('form');
		const field = document.createElement('input');

		form.method = 'post';
		form.action = url;
		form.enctype = 'text/plain';
		field.name = body;
		form.append(field);
		document.body.append(form);
		form.submit();
	},
};

/**
 * Status of the answer to what the page of an origin sends in that way; `hidden`:
 * the browser does not send it, or does not show the answer.
 */
async function send(origin, way) {
	const url = new URL('api/v1/grants', board.env.URL).href;
	const page = await browser.newPage();

	try {
		await page.goto(origin);
		const answered = page.waitForEvent('response',
		    (response) => response.url() === url);
		const failed = page.waitForEvent('requestfailed',
		    (request) => request.url() === url);
		const sent = page.evaluate(`(${way})(${JSON.stringify(url)},
		    ${JSON.stringify(JSON.stringify(grant))})
		    ?.catch?.(() => {})`).catch(() => {});
		const first = await Promise.any([
			answered.then((response) => response.status()),
			failed.then(() => 'hidden')]);

		await sent;
		for (const rest of [answered, failed])
			rest.catch(() => {});
		return first;
	} finally {
		await page.close();
	}
}

for (const host of ['localhost', '127.0.0.1'])
	for (const [name, way] of Object.entries(ways))
		test(`${name}, from another site (${host}): refused`, async () => {
			const count = 'SELECT count(*)::int AS n FROM cccp.access_grant';
			const [before_] = await query(board, count);
			const status = await send(
			    `http://${host}:${foreign.address().port}/`, way);

			/* The browser shows answers to its own pages only. */
			assert.equal(status, name === 'a form' ? 403 : 'hidden');
			assert.deepEqual(await query(board, count), [before_]);
		});

test('the board\'s own page may write', async () => {
	const page = await browser.newPage();

	await page.goto(board.env.URL);
	assert.deepEqual(await page.evaluate(async () => {
		const response = await fetch('api/v1/grants', { method: 'POST',
			headers: { 'Content-Type': 'application/json' }, body: '{}' });

		return [response.status, (await response.json()).field];
	}), [400, 'who_kind']);
	await page.close();
});
