/**
 * A script that runs in the page before the page's own code.  It keeps the
 * answers of the API, and at every change of the table it checks that the rows
 * show just these.
 */

/** For visit()'s script.  In the page: window.spy. */
export function spy() {
	const records = new Map();	/* key -> the last answers, newest last */
	const fresh = new Set();	/* key and field: a new beginning was told */
	const shown = new Map();	/* key and field -> seconds last seen */
	const state = window.spy = { order: [], changes: 0, looks: 0, wrong: [],
		records, watch };
	const real = window.fetch;

	window.fetch = async (...request) => {
		const response = await real(...request);

		if (response.ok && /\/api\/v1\/users\?/.test(response.url)) {
			const { users } = await response.clone().json();

			state.order = users.map((user) =>
			    `${user.source}/${user.login}`);
			users.forEach((user, i) => {
				const key = state.order[i];

				const before = records.get(key) ?? [];

				for (const since of ['state_since', 'login_at'])
					if (before.at(-1)?.[since] !== user[since])
						fresh.add(`${key} ${since}`);
				records.set(key, [...before.slice(-3), user]);
			});
		}
		return response;
	};

	function seconds(text) {
		return [...text.matchAll(/(\d+)([jdhms])/g)].reduce(
		    (sum, [, n, unit]) => sum + n * { j: 86400, d: 86400, h: 3600,
		        m: 60, s: 1 }[unit], 0);
	}

	/* The cells that name or describe a user, as the API gives them. */
	const cells = {
		name: (tr) => tr.querySelector('a.name').textContent,
		login: (tr) => tr.querySelector('.login').textContent,
		profile: (tr) => tr.querySelector('.c-profile').textContent,
		team: (tr) => tr.querySelector('.c-team').textContent,
		queue: (tr) => tr.querySelector('.c-queue').textContent,
		phone: (tr) => tr.querySelector('.c-phone').textContent
		    .replace(/ /g, ''),
		session_id: (tr) => tr.querySelector('.copy').dataset.copy,
		state: (tr) => /s-(\w+)/.exec(tr.querySelector('.badge')
		    .className)[1],
	};

	function lookAtCells(tr, key) {
		const answers = records.get(key) ?? [];

		for (const [field, cell] of Object.entries(cells)) {
			const value = cell(tr) ?? '';

			if (!answers.some((user) => (user[field] ?? '') === value))
				state.wrong.push(`${key} ${field}: ${value}`);
		}
	}

	/**
	 * While it is about the same beginning, a duration only grows.  An
	 * answer is known here before it is drawn, so each new beginning lets
	 * a duration fall once.
	 */
	function lookAtDuration(tr, key, column, since) {
		const name = `${key} ${since}`;
		const text = tr.querySelector(`.c-${column}`).textContent;
		const now = text === '' ? Infinity : seconds(text);
		const before = shown.get(name);

		shown.set(name, text === '' ? 0 : now);
		if (now < before && !fresh.delete(name))
			state.wrong.push(`${key} ${column}: ${before} s, then ${text}`);
	}

	function look() {
		state.looks++;
		for (const tr of document.querySelectorAll('#users tbody tr')) {
			lookAtCells(tr, tr.dataset.key);
			lookAtDuration(tr, tr.dataset.key, 'state_seconds',
			    'state_since');
			lookAtDuration(tr, tr.dataset.key, 'login_seconds',
			    'login_at');
		}
	}

	/** Begins to look; the rows are there. */
	function watch() {
		const body = document.querySelector('#users tbody');

		/* What has been told once is what stands there. */
		for (const [key, answers] of records)
			if (answers.length === 1)
				for (const since of ['state_since', 'login_at'])
					fresh.delete(`${key} ${since}`);
		look();
		new MutationObserver((changes) => {
			state.changes += changes.filter(({ target }) =>
			    (target.parentElement ?? target).closest('.c-state'))
			    .length;
			look();
		}).observe(body, { subtree: true, childList: true,
		    characterData: true, attributes: true });
	}
}

/** What has been seen so far. */
export function seen(page) {
	return page.evaluate(() => {
		const { changes, looks, order, wrong } = window.spy;

		return { changes, looks, order, wrong: [...new Set(wrong)].slice(0, 9) };
	});
}
