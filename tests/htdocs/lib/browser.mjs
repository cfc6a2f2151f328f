/** A real Chromium on a real board, for tests that act as a person. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import { eventually, root, sim, start, truth } from '../../e2e/stack.mjs';

/* Where make puts it; see modules in GNUmakefile. */
const require = createRequire(join(root, 'build/node/'));
const { chromium } = require('playwright-core');

/** A browser that speaks to nobody but the page's server. */
export function launch() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
}

/** What is wrong with the policy that an answer comes with; '' for nothing. */
function laxity(policy) {
	if (!/^default-src 'none';/.test(policy ?? ''))
		return 'no policy that forbids by default';
	return policy.split(';').filter((part) => !/^ ?[a-z-]+( 'none'| 'self')$/
	    .test(part) && part.trim() !== "img-src 'self' data:").join(';');
}

/** Notes what must not be on the pages of a context; see visit(). */
async function watch(context, base, note) {
	await context.exposeBinding('cccpViolation', (_, words) =>
	    note(`policy: ${words}`));
	await context.addInitScript(() => addEventListener(
	    'securitypolicyviolation', (event) => window.cccpViolation(
	        `${event.effectiveDirective} ${event.blockedURI}`)));
	context.on('console', (message) =>
	    note(`console ${message.type()}: ${message.text()}`));
	context.on('weberror', ({ error }) => note(`error: ${error().stack}`));
	context.on('request', (request) => {
		if (!request.url().startsWith(base))
			note(`request to ${request.url()}`);
	});
	context.on('response', (response) => {
		if (response.request().resourceType() !== 'document')
			return;
		const lax = laxity(
		    response.headers()['content-security-policy']);

		if (lax !== '')
			note(`policy of ${response.url()}: ${lax}`);
	});
}

/**
 * A page at a path of the board (or at a whole address), in a context of its
 * own.  troubles collects what must not be: console messages, errors, requests
 * to anybody else, violations of the policy or one that is lax; allowed is a
 * pattern for those that a test brings about itself.
 */
export async function visit(browser, base, path = '', options = {}) {
	const { allowed, script, ...rest } = options;
	const context = await browser.newContext({ locale: 'fr-FR',
	    timezoneId: 'Europe/Paris',
	    viewport: { width: 1280, height: 800 }, ...rest });
	const troubles = [];

	context.setDefaultTimeout(300_000);	/* as until() */
	await watch(context, base, (text) => {
		if (!allowed?.test(text))
			troubles.push(text);
	});
	if (script !== undefined)
		await context.addInitScript(script);
	const page = await context.newPage();

	await page.goto(base + path);
	return { page, context, troubles };
}

/**
 * test(name, path, act(page, context), options): each with a page of its own,
 * on which there must be no trouble.  It is acted on once it has rows, or at
 * once with the option {rows: false}.  stage() -> {board, browser} when the
 * test runs; done(board) after each.
 */
export function tester(stage, done = () => {}) {
	return (name, path, act, { rows = true, ...options } = {}) => test(name,
	    async () => {
		const { board, browser } = stage();
		const { page, context, troubles } = await visit(browser,
		    board.env.URL, path, options);

		try {
			if (rows)
				await settled(page);
			await act(page, context);
			assert.deepEqual(troubles, []);
		} finally {
			await context.close();
			await done(board);
		}
	});
}

/** The board's rows are there. */
export async function settled(page) {
	await page.locator('#board[aria-busy="false"]').waitFor();
	await page.locator('.list:not([hidden]) tbody tr').first().waitFor();
}

/** Texts of the cells of a column, from top to bottom. */
export function column(page, key) {
	return page.locator(`.list:not([hidden]) tbody .c-${key}`).allTextContents();
}

export function names(page) {
	return page.locator('.list:not([hidden]) tbody a.name').allTextContents();
}

export function keys(page) {
	return page.locator('.list:not([hidden]) tbody tr').evaluateAll((rows) =>
	    rows.map((row) => row.dataset.key));
}

/** shown, filtered, all: the three numbers of the footer. */
export async function counts(page) {
	const text = await page.locator('#counts').textContent();

	return text.split('·').map((part) => Number(part.replace(/\D/g, '')));
}

/** Waits until check(await get()) does not throw; get is asked again. */
export function until(get, check, seconds = 300) {
	return eventually(async () => check(await get()), seconds);
}

/** Has the simulator do something, and refuses what it refuses. */
export async function command(board, line) {
	const answer = await sim(board, line);

	assert.match(answer, /^ok/, `${line}: ${answer}`);
	return answer;
}

/** The users that the board must show: not the system account. */
export async function people(board) {
	return (await truth(board)).users.filter(({ fields }) =>
	    fields.login !== 'consistent').map(({ fields, state }) =>
	    ({ login: fields.login, name: fields.name, state }));
}

export { start, truth };
