#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// What moves: changes arrive in place, nothing jumps, old data says so.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { after, before } from 'node:test';

import { column, command, counts, keys, launch, people, settled, start, tester,
    until } from './lib/browser.mjs';

let board, browser;

before(async () => {
	board = await start({ SIM_ARGS: '--agents 450 --events 50 --seed 11' });
	browser = await launch();
});

after(async () => {
	await browser?.close();
	board?.stop();
});

const live_test = tester(() => ({ board, browser }), async () => {
	await command(board, 'misbehave none');
	await command(board, 'thaw');
});

function row(page, key) {
	return page.locator(`#users tbody tr[data-key="${key}"]`);
}

/** Waits until the server has nothing new to say to a frozen day. */
async function quiet(page) {
	for (let i = 0; i < 2; i++)
		await page.waitForResponse((response) =>
		    response.status() === 304 &&
		    response.url().includes('/api/v1/users?'));
	await settled(page);
}

/** A figure of /metrics. */
async function metric(name) {
	const answer = await fetch(`${board.env.URL}metrics`);

	return Number(new RegExp(`^${name} (\\d+)$`, 'm')
	    .exec(await answer.text())[1]);
}

const open = () => metric('cccp_streams_open');
const begun = () => metric('cccp_streams_parked_total');

live_test('seven windows share one stream of events, and none waits', '',
    async (page, context) => {
	const pages = [page];

	await until(open, (n) => assert.equal(n, 1));
	for (let i = 1; i < 7; i++) {
		const more = await context.newPage();

		await more.goto(board.env.URL);
		await settled(more);
		pages.push(more);
	}
	assert.equal(await open(), 1);
	const [key] = await keys(page);

	await command(board, `agent ${key.split('/')[1]} pause Formation`);
	for (const one of pages)
		await row(one, key).locator('.badge .word').filter({
			hasText: 'Pause : Formation' }).waitFor();
	/* Those that stay keep it, and the last one takes it along. */
	for (const one of pages.slice(1))
		await one.close();
	assert.equal(await open(), 1);
	await command(board, `agent ${key.split('/')[1]} free`);
	await page.goto('about:blank');
	await until(open, (n) => assert.equal(n, 0));
});

/** The page's process dies, as if it had run out of memory. */
async function crash(page) {
	const cdp = await page.context().newCDPSession(page);
	const crashed = page.waitForEvent('crash');

	cdp.send('Page.crash').catch(() => {});
	await crashed;
}

live_test('a page that crashes is forgotten, and leaves no stream', '',
    async (page) => {
	await until(open, (n) => assert.equal(n, 1));
	await crash(page);
	await until(open, (n) => assert.equal(n, 0));
});

live_test('a worker that crashes with another page is replaced', '',
    async () => {
	await until(open, (n) => assert.equal(n, 1));
	const before = await begun();
	const cdp = await browser.newBrowserCDPSession();
	const { targetInfos } = await cdp.send('Target.getTargets');
	const workers = targetInfos.filter(({ type }) =>
	    type === 'shared_worker');

	assert.equal(workers.length, 1);
	await cdp.send('Target.closeTarget', { targetId: workers[0].targetId });
	await until(begun, (n) => assert.ok(n > before, `${n} streams`));
	await until(open, (n) => assert.equal(n, 1));
});

live_test('without shared workers the page has a stream of its own', '',
    async (page, context) => {
	await context.addInitScript('delete window.SharedWorker');
	const stream = page.waitForResponse((response) =>
	    response.url() === `${board.env.URL}api/v1/events`);

	await page.reload();
	assert.match((await stream).headers()['content-type'],
	    /^text\/event-stream/);
	await settled(page);
});

/** The processes that descend from one. */
function descendants(pid) {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
	    .split(' ').filter(Boolean).map(Number);

	return [...children, ...children.flatMap(descendants)];
}

live_test('a stream from before the machine slept is replaced', '',
    async () => {
	await until(open, (n) => assert.equal(n, 1));
	const before = await begun();
	const all = descendants(process.pid).filter((pid) =>
	    /chrom/.test(readFileSync(`/proc/${pid}/comm`, 'utf8')));

	assert.ok(all.length > 1);
	/* It is longer asleep than what counts as sleep. */
	for (const pid of all)
		process.kill(pid, 'SIGSTOP');
	await new Promise((resolve) => setTimeout(resolve, 9_000));
	for (const pid of all)
		process.kill(pid, 'SIGCONT');
	await until(begun, (n) => assert.ok(n > before, `${n} streams`));
	await until(open, (n) => assert.equal(n, 1));
});

live_test('a stream that nothing comes from any more is replaced', '',
    async (page, context) => {
	const held = new Set();
	let cut = 0;

	/* From the second stream on, everything passes. */
	const proxy = createServer((client) => {
		const server = connect(new URL(board.env.URL).port, '127.0.0.1');

		for (const end of [client, server])
			held.add(end.on('error', () => {}));
		client.on('close', () => server.destroy());
		server.on('close', () => client.destroy());
		client.on('data', (data) => {
			if (cut === 0 && data.includes('GET /api/v1/events')) {
				cut++;
				server.once('data', (first) => {
					client.write(first);
					server.pause();
				});
			}
			server.write(data);
		});
		server.on('data', (data) => {
			if (!server.isPaused())
				client.write(data);
		});
	});

	await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	try {
		await page.goto('about:blank');
		await until(open, (n) => assert.equal(n, 0));
		const before = await begun();

		await page.goto(board.env.URL.replace(/:\d+/,
		    `:${proxy.address().port}`));
		await settled(page);
		await until(begun, (n) => assert.ok(n > before + 1, `${n} streams`));
		assert.equal(cut, 1);
		await page.goto('about:blank');
	} finally {
		proxy.close();
		for (const end of held)
			end.destroy();
	}
}, { allowed: /^request to http:\/\/127\.0\.0\.1:/ });

live_test('a change of state arrives; focus, scroll and row stay',
    '?per_page=500', async (page) => {
	await page.locator('#users tbody a.name').first().focus();
	for (const press of ['End', 'PageUp', 'PageUp', 'ArrowUp', 'ArrowDown'])
		await page.keyboard.press(press);
	const before = await page.evaluate(() => {
		window.watched = document.activeElement;
		window.row = watched.closest('tr');
		return [row.dataset.key, document.getElementById('board').scrollTop];
	});

	const key = before[0], login = key.split('/')[1];
	const place = (await keys(page)).indexOf(key);

	assert.ok(place > 300 && place < 449, `row ${place} by the keyboard`);
	assert.ok(before[1] > 0);
	for (const [verb, word] of [['pause Formation', 'Pause : Formation'],
		['talk', 'En appel'], ['withdraw', 'Retrait'],
		['available', /^(Libre|Supervision)$/]]) {
		await command(board, `agent ${login} ${verb}`);
		await row(page, key).locator('.badge .word').filter({
			hasText: word }).waitFor();
		assert.deepEqual(await page.evaluate(() => [
			document.activeElement === watched && watched.isConnected,
			watched.closest('tr') === row && row.dataset.key,
			document.getElementById('board').scrollTop]),
		[true, key, before[1]]);
	}
	await command(board, `agent ${login} free`);
});

live_test('a selection of text stays', '', async (page) => {
	const key = (await keys(page))[3];

	await row(page, key).locator('.login').selectText();
	const selected = () => page.evaluate(() =>
	    String(document.getSelection()));
	const text = await selected();

	assert.equal(text, key.split('/')[1]);
	for (const [verb, word] of [['pause', /^Pause/], ['talk', 'En appel']]) {
		await command(board, `agent ${text} ${verb}`);
		await row(page, key).locator('.badge .word').filter({
			hasText: word }).waitFor();
		assert.equal(await selected(), text);
	}
	await command(board, `agent ${text} free`);
});

live_test('under the pointer the order holds, and a note says what would move',
    '?per_page=500', async (page) => {
	await command(board, 'freeze');
	await page.locator('.total.s-talking').click();
	await page.waitForURL(/state=talking/);
	await quiet(page);
	await row(page, (await keys(page))[5]).hover();
	const seen = await keys(page);
	const leaver = seen[2];

	await command(board, `agent ${leaver.split('/')[1]} pause`);
	await page.getByText('1 ligne a changé de place').waitFor();
	assert.deepEqual(await keys(page), seen);
	assert.match(await row(page, leaver).getAttribute('class'), /departed/);
	await page.getByRole('button', { name: 'Retrier' }).click();
	await row(page, leaver).waitFor({ state: 'detached' });
	await page.getByRole('button', { name: 'Retrier' })
	    .waitFor({ state: 'hidden' });
	/* And by itself when the pointer leaves. */
	const next = (await keys(page))[4];

	await row(page, next).hover();
	await command(board, `agent ${next.split('/')[1]} pause`);
	await page.getByText('1 ligne a changé de place').waitFor();
	await page.locator('#q').hover();
	await row(page, next).waitFor({ state: 'detached' });
	for (const key of [leaver, next])
		await command(board, `agent ${key.split('/')[1]} free`);
});

live_test('no row ever shows another user’s cells', '?sort=state_seconds',
    async (page) => {
	/* Who changes comes first: rows enter and leave at every answer. */
	const wrong = await page.evaluate(() => new Promise((done) => {
		const wrong = [];
		let moves = 0;

		new MutationObserver((changes, observer) => {
			moves += changes.filter((change) =>
			    change.type === 'childList').length;
			for (const tr of document.querySelectorAll('#users tbody tr'))
				if (`demo/${tr.querySelector('.login').textContent}` !==
				    tr.dataset.key)
					wrong.push(tr.dataset.key);
			if (moves > 100) {
				observer.disconnect();
				done(wrong);
			}
		}).observe(document.querySelector('#users tbody'),
		    { childList: true, subtree: true, characterData: true });
	}));

	assert.deepEqual(wrong, []);
});

live_test('nothing new costs nothing: 304, and no row is touched', '',
    async (page) => {
	await command(board, 'freeze');
	await quiet(page);
	const touched = await page.evaluate(() => new Promise((done) => {
		let ticks = 0;
		const touched = new Set();

		new MutationObserver((changes, observer) => {
			for (const { target } of changes)
				touched.add((target.parentElement ?? target)
				    .closest('td, th')?.className ?? target.nodeName);
			if (++ticks === 4) {
				observer.disconnect();
				done([...touched]);
			}
		}).observe(document.querySelector('#users tbody'), { subtree: true,
		    childList: true, characterData: true, attributes: true });
	}));

	for (const name of touched)
		assert.match(name, /c-\w+_seconds/);
});

live_test('durations grow by the server’s clock, whatever the browser’s', '',
    async (page) => {
	const key = (await keys(page))[0];
	const login = key.split('/')[1];

	await command(board, 'freeze');
	await command(board, `agent ${login} pause Formation`);
	await row(page, key).getByText('Pause : Formation').waitFor();
	const cell = row(page, key).locator('.c-state_seconds');
	const seconds = async () => {
		const [, m, s] = /^(?:(\d+)m)?(\d+)s$/
		    .exec(await cell.textContent());

		return Number(m ?? 0) * 60 + Number(s);
	};
	const first = await seconds();
	let last = first;

	assert.ok(first < 600, `${first} s in a state that has just begun`);
	await until(seconds, (now) => {
		assert.ok(now >= last, `${last} s, then ${now} s`);
		last = now;
		assert.ok(now > first + 5);
	});
	await command(board, `agent ${login} free`);
}, { script: `{
	const real = Date.now.bind(Date);
	Date.now = () => real() + 3600_000;
}` });

live_test('without contact the page says so, stands still, and recovers', '',
    async (page, context) => {
	const seen = await keys(page);

	await context.setOffline(true);
	await page.locator('#banner').getByText('Contact perdu').waitFor();
	assert.deepEqual(await keys(page), seen);
	await until(() => page.locator('#users tbody tr.aged').count(), (n) =>
	    assert.equal(n, seen.length));
	assert.match(await page.locator('#users tbody tr').first()
	    .evaluate((tr) => tr.style.getPropertyValue('--age')), /\d+.s/);
	await page.locator('.pill.lost').getByText('sans contact').waitFor();
	const still = await column(page, 'state_seconds');

	await until(() => page.locator('.pill .age').textContent(), (text) =>
	    assert.ok(parseInt(text, 10) >= 8, text));
	assert.deepEqual(await column(page, 'state_seconds'), still);
	/* Rows of the old question are not shown as answers to a new one. */
	await page.locator('.total.s-paused').click();
	await page.getByText('Rien à montrer').waitFor();
	assert.equal(await page.locator('#users tbody tr').count(), 0);
	await context.setOffline(false);
	await page.locator('#banner').waitFor({ state: 'hidden' });
	await settled(page);
	for (const text of await column(page, 'state'))
		assert.match(text, /^Pause/);
	assert.equal(await page.locator('#users tbody tr.aged').count(), 0);
}, { allowed: /ERR_INTERNET_DISCONNECTED/ });

live_test('an open detail says so too', '', async (page, context) => {
	const dialog = page.locator('dialog[open]');

	await page.locator('#users tbody a.name').first().click();
	await dialog.locator('dl').first().waitFor();
	await context.setOffline(true);
	await dialog.getByText('Contact perdu').waitFor();
	assert.ok(await dialog.locator('dl').first().isVisible());
	await context.setOffline(false);
	await dialog.locator('.problem').waitFor({ state: 'hidden' });
}, { allowed: /ERR_INTERNET_DISCONNECTED/ });

live_test('a silent source is marked stale, with its age, and recovers', '',
    async (page) => {
	const known = (await people(board)).length;

	await command(board, 'misbehave silent');
	await page.locator('#banner').getByText(/La source demo/).waitFor({
		timeout: 120_000 });
	await page.locator('#users tbody tr.stale.aged').first().waitFor();
	for (const text of await column(page, 'state'))
		assert.match(text, /^Inconnu/);
	assert.deepEqual(await counts(page), [50, known, known]);
	assert.equal(await page.locator('.pill.live').count(), 0);
	await command(board, 'misbehave none');
	await page.locator('.pill.live').waitFor({ timeout: 120_000 });
	await page.locator('#banner').waitFor({ state: 'hidden' });
	await page.locator('#users tbody tr.aged').first()
	    .waitFor({ state: 'detached' });
});
