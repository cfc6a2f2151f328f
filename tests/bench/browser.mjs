/**
 * The figures of tests/bench/browser: a board of 450 users and one of 10 000,
 * watched by Debian's Chromium.  The aim is printed beside each figure.
 */
import { command, keys, launch, settled, start, until }
    from '../htdocs/lib/browser.mjs';
import { marks, quantile, script, tasks, traced } from './trace.mjs';

const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 200);
const MINUTES = Number(process.env.BENCH_MINUTES ?? 30);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

function report(name, figure, aim) {
	console.log(`${name.padEnd(58)} ${String(figure).padStart(14)}   ${aim}`);
}

const ms = (us) => (us / 1000).toFixed(1);
const nap = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function visit(browser, url, script) {
	const context = await browser.newContext({ locale: 'fr-FR',
	    viewport: { width: 1920, height: 1080 } });

	if (script !== undefined)
		await context.addInitScript(script);
	const page = await context.newPage();

	if (url !== null)
		await page.goto(url);
	return { context, page };
}

/** Bytes that come over the wire until the board stands. */
async function transfer(browser, url) {
	const { context, page } = await visit(browser, null);
	const cdp = await context.newCDPSession(page);
	const asked = new Map();
	const sizes = new Map();

	await cdp.send('Network.enable');
	cdp.on('Network.requestWillBeSent', ({ requestId, request }) =>
	    asked.set(requestId, request.url));
	cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		const name = asked.get(requestId);

		if (!sizes.has(name))
			sizes.set(name, encodedDataLength);
	});
	await page.goto(url);
	await settled(page);
	const all = [...sizes.values()].reduce((a, b) => a + b, 0);
	const api = [...sizes].filter(([name]) => name.includes('/api/'))
	    .reduce((sum, [, size]) => sum + size, 0);

	await context.close();
	report('first view: transferred, kB (of these data)',
	    `${(all / 1000).toFixed(1)} (${(api / 1000).toFixed(1)})`, '< 100');
}

/** In the page: marks when all the rows stand and have been painted. */
function markBoard(n) {
	new MutationObserver((_, observer) => {
		const rows = document.querySelectorAll('#users tbody tr').length;

		if (rows < n)
			return;
		observer.disconnect();
		requestAnimationFrame(() => setTimeout(() =>
		    performance.mark('bench board')));
	}).observe(document, { childList: true, subtree: true });
}

/** Main-thread time from navigation to the painted board. */
async function firstBoard(browser, url, rows) {
	const walls = [], cpus = [];

	for (let i = 0; i < ROUNDS; i++) {
		const { context, page } = await visit(browser, null,
		    `(${markBoard})(${rows})`);
		const events = await traced(browser, page, async () => {
			await page.goto(`${url}?per_page=${rows}`);
			await until(() => page.evaluate(() => performance
			    .getEntriesByName('bench board').length), (n) => {
				if (n !== 1)
					throw new Error('no board');
			});
		});
		const [{ ts }] = marks(events);
		const before = tasks(events).filter((task) => task.ts < ts);

		walls.push(before.reduce((sum, { dur }) => sum + dur, 0));
		cpus.push(before.reduce((sum, { cpu }) => sum + cpu, 0));
		await context.close();
	}
	report(`first board, ${rows} of 450 users: main thread, ms (CPU)`,
	    `${ms(quantile(walls, 0.5))} (${ms(quantile(cpus, 0.5))})`, '< 300');
}

/* In the page: a mark when the watched cell has changed and is painted. */
function markCell(key) {
	const cell = document.querySelector(
	    `#users tbody tr[data-key="${key}"] .badge`);

	window.watching?.disconnect();
	window.watching = new MutationObserver(() => {
		const word = /s-(\w+)/.exec(cell.className)[1];

		requestAnimationFrame(() => setTimeout(() =>
		    performance.mark(`bench ${word}`)));
	});
	window.watching.observe(cell, { attributes: true });
}

/**
 * From a command to the simulator to the painted cell.  The trace's clock is
 * the one that process.hrtime() reads.
 */
async function latency(browser, board) {
	const { context, page } = await visit(browser,
	    `${board.env.URL}?per_page=500&state=available&kind=agent`);

	await settled(page);
	const key = (await keys(page))[0], login = key.split('/')[1];

	await page.goto(`${board.env.URL}?per_page=500`);
	await settled(page);
	await page.evaluate(markCell, key);
	const asked = [];
	const seen = () => page.evaluate(() => performance
	    .getEntriesByType('mark').length);
	const events = await traced(browser, page, async () => {
		for (let i = 0; i < SAMPLES; i++) {
			const verb = i % 2 === 0 ? 'pause' : 'available';
			const before = await seen();

			await nap(300 + Math.random() * 500);
			asked.push({ at: Number(process.hrtime.bigint() / 1000n),
				word: i % 2 === 0 ? 'paused' : 'available' });
			await command(board, `agent ${login} ${verb}`);
			await until(seen, (n) => {
				if (n === before)
					throw new Error(`${verb} is not shown`);
			});
		}
	}, ['blink.user_timing']);
	const shown = marks(events);
	const took = asked.map(({ at, word }) => (shown.find((mark) =>
	    mark.ts > at && mark.word === word)?.ts ?? NaN) - at);

	await context.close();
	report(`${took.length} changes to the painted cell, ms: p50`,
	    ms(quantile(took, 0.5)), '');
	report('the same: p99', ms(quantile(took, 0.99)), '< 1200');
}

/*
 * In the page: each change of states is marked in its own task.  A state is the
 * class of its badge; to watch all that changes would cost as much again.
 */
function markRows() {
	new MutationObserver((changes) => performance.mark(`bench ${
	    new Set(changes.map(({ target }) => target)).size}`))
	    .observe(document.querySelector('#users tbody'), { subtree: true,
		attributeFilter: ['class'] });
}

/** Waits until an update of at least so many rows has been marked. */
function marked(page, least) {
	return until(() => page.evaluate(() => performance
	    .getEntriesByType('mark').map(({ name }) => name)), (names) => {
		if (!names.some((name) => Number(name.slice(6)) >= least))
			throw new Error(`no update of ${least} rows`);
	}, 120);
}

/** Script of the tasks that update at least so many rows, in µs. */
function updates(events, least) {
	const all = tasks(events);

	return marks(events).filter(({ word }) => Number(word) >= least)
	    .map(({ ts }) => all.find((task) => task.ts <= ts && ts < task.end))
	    .filter(Boolean).map((task) => script(events, task));
}

/**
 * Updates of a page of 500 rows: as they come, and one that changes every row
 * (answers are held back until all of the changes have been made).
 */
async function update(browser, board) {
	const { context, page } = await visit(browser,
	    `${board.env.URL}?per_page=500`);

	await settled(page);
	await page.evaluate(markRows);
	const usual = updates(await traced(browser, page, () => nap(30_000)), 1);

	report(`${usual.length} updates of 500 rows of 10 000: script, ms of CPU: p50`,
	    ms(quantile(usual, 0.5)), '');
	report('the same: p99', ms(quantile(usual, 0.99)), '< 16');
	await command(board, 'freeze');
	await nap(3000);
	const logins = (await keys(page)).map((key) => key.split('/')[1]);
	const whole = [];

	for (let i = 0; i < ROUNDS; i++) {
		let open;
		const held = new Promise((resolve) => { open = resolve; });

		await page.route('**/api/v1/users?**', async (route) => {
			await held;
			await route.continue();
		});
		whole.push(...updates(await traced(browser, page, async () => {
			for (const login of logins)
				await command(board, `agent ${login} ${
				    i % 2 === 0 ? 'withdraw' : 'pause'}`)
				    .catch(() => {});
			await nap(3000);
			await page.evaluate(() => performance.clearMarks());
			open();
			await page.unrouteAll({ behavior: 'ignoreErrors' });
			await marked(page, 250);
		}), 250));
	}
	await command(board, 'thaw');
	report('an update that changes most of 500 rows: script, ms of CPU',
	    whole.length === 0 ? 'none seen' : ms(quantile(whole, 0.5)), '< 16');
	await context.close();
}

/** What the page holds after all that can be let go has been. */
async function held(cdp) {
	await cdp.send('HeapProfiler.collectGarbage');
	const { metrics } = await cdp.send('Performance.getMetrics');
	const value = (name) => metrics.find((one) => one.name === name).value;

	return { heap: value('JSHeapUsedSize'), nodes: value('Nodes'),
		listeners: value('JSEventListeners') };
}

/** Growth from the second minute on: the first fills what is kept. */
async function growth(browser, url) {
	const { context, page } = await visit(browser, `${url}?per_page=500`);
	const cdp = await context.newCDPSession(page);
	let first = null, last = null;

	await cdp.send('Performance.enable');
	await settled(page);
	for (let minute = 0; minute <= MINUTES; minute++) {
		if (minute === 1 || minute === MINUTES) {
			last = await held(cdp);
			first ??= last;
		}
		if (minute < MINUTES)
			await nap(60_000);
	}
	await context.close();
	report(`heap after 1 and ${MINUTES} minutes of 50 changes/s, kB`,
	    `${Math.round(first.heap / 1000)} ${Math.round(last.heap / 1000)}`,
	    'the same');
	report('nodes, listeners, then and now', `${first.nodes} ${last.nodes}, ` +
	    `${first.listeners} ${last.listeners}`, 'the same');
}

async function on(options, measure) {
	const board = await start({ SIM_ARGS: `--seed 5 ${options}` });
	const browser = await launch();

	try {
		await measure(browser, board);
	} finally {
		await browser.close();
		board.stop();
	}
}

console.log(`${'the page in Chromium'.padEnd(58)} ${''.padStart(14)}   aim`);
await on('--agents 450 --events 50', async (browser, board) => {
	await transfer(browser, board.env.URL);
	await firstBoard(browser, board.env.URL, 50);
	await firstBoard(browser, board.env.URL, 450);
	await latency(browser, board);
	await growth(browser, board.env.URL);
});
await on('--agents 10000 --events 1000', update);
