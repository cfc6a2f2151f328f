#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// A sign-in that has expired is said as such, and the reader can sign in again.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { launch, settled, start, visit } from './lib/browser.mjs';

let board, browser, proxy, base;
let answer = null;		/* what the proxy answers by itself */

/** What a proxy that authenticates answers when a sign-in has expired. */
const EXPIRED = {
	'a redirect to another site': (res) => res.writeHead(302,
	    { Location: 'https://login.example/?next=board' }).end(),
	'a redirect to a page of the same site': (res) => res.writeHead(303,
	    { Location: '/login' }).end(),
	'a page instead of data': (res) => res.writeHead(200,
	    { 'Content-Type': 'text/html' }).end('<title>Connexion</title>'),
	'401': (res) => res.writeHead(401,
	    { 'Content-Type': 'text/plain' }).end('sign in'),
};

/** Passes requests on, unless the sign-in has expired. */
function serve(req, res) {
	if (answer !== null && req.url.includes('/api/')) {
		answer(res);
		return;
	}
	const to = http.request(new URL(req.url, board.env.URL), {
		method: req.method, headers: req.headers }, (from) => {
		res.writeHead(from.statusCode, from.headers);
		from.pipe(res);
	});

	to.on('error', () => res.destroy());
	res.on('close', () => to.destroy());
	req.pipe(to);
}

before(async () => {
	board = await start({ SIM_ARGS: '--agents 20 --events 5 --seed 3' });
	proxy = http.createServer(serve);
	await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	base = `http://127.0.0.1:${proxy.address().port}/`;
	browser = await launch();
});

after(async () => {
	await browser?.close();
	proxy?.closeAllConnections();
	proxy?.close();
	board?.stop();
});

test('an expired sign-in', async (t) => {
	const { page, context, troubles } = await visit(browser, base, '',
	    { allowed: /40[01]|Failed to fetch|ERR_|EventSource|login.example/ });
	const banner = page.locator('#banner');

	for (const [how, act] of Object.entries(EXPIRED))
		await t.test(how, async () => {
			answer = null;
			await settled(page);
			answer = act;
			await banner.getByText('Session expirée').waitFor();
			assert.match(await banner.textContent(),
			    /montré date de \d+:\d+/);
			assert.equal(await banner.getByText('Contact perdu')
			    .count(), 0);
			await Promise.all([page.waitForEvent('load'),
				banner.getByRole('button',
				    { name: 'Se reconnecter' }).click()]);
			answer = null;
			await settled(page);
			await banner.waitFor({ state: 'hidden' });
		});
	assert.deepEqual(troubles, []);
	await context.close();
});

test('a first visit without a sign-in', async () => {
	answer = EXPIRED['a page instead of data'];
	const { page, context } = await visit(browser, base);

	assert.match(await page.locator('#banner p').first().textContent(),
	    /^Session expirée : se reconnecter\./);
	answer = null;
	await settled(page);		/* it goes on by itself, too */
	await context.close();
});
