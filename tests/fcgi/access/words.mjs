/** Looks for words of the data in answers, in each form that they may have. */

const chunks = (text) => text.match(/[A-Za-z0-9]+/g) ?? [];
const inWord = /[\p{L}\p{N}_]/u;

/** The forms of a text: as it is, in JSON, in a quoted cell, in a URL. */
function forms(text) {
	const json = JSON.stringify(text).slice(1, -1);

	return new Set([text, json, text.replaceAll('"', '""'),
		json.replace(/[^\x20-\x7e]/g, (c) =>
		    `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
		encodeURIComponent(text), encodeURIComponent(text)
		    .replaceAll('%20', '+')]);
}

/** The forms of a French number, +33 and nine digits. */
function numberForms(number) {
	const n = /\+33(\d{9})/.exec(number)?.[1];

	if (n === undefined)
		return forms(number);
	const pairs = n.slice(1).match(/../g);

	return new Set([`33${n}`, `0${n}`, n, `${n[0]} ${pairs.join(' ')}`,
		`0${n[0]} ${pairs.join(' ')}`, `${n[0]}.${pairs.join('.')}`,
		`33+${n[0]}+${pairs.join('+')}`]);
}

/** What a cursor says. */
function cursors(text) {
	const out = [];

	for (const [, cursor] of text.matchAll(/after=([\w-]+)/g)) {
		const raw = Buffer.from(cursor, 'base64url').subarray(8);

		for (const value of raw.toString('utf8').split('\0'))
			out.push(value.slice(1));
	}
	return out.join('\n');
}

export class Words {
	/** kinds: { values, number } each; mine: texts that may be there. */
	constructor(kinds, mine) {
		this.words = new Map();	/* text -> its forms, with their chunks */
		for (const { values, number } of kinds)
			for (const value of values)
				if (value !== null && value.length > 2)
					this.words.set(value, [...number ?
						numberForms(value) : forms(value)]
					    .map((form) => ({ form,
						parts: chunks(form),
						around: around(value, form, mine) })));
	}

	/** The words that an answer has, but for those of the question. */
	found(answer, question = '') {
		const text = `${answer}\n${cursors(answer)}`;
		const has = new Set(chunks(text));
		const out = [];

		for (const [word, all] of this.words)
			if (!question.includes(word) && all.some((one) =>
				one.parts.every((part) => has.has(part)) &&
				holds(text, one)))
				out.push(word);
		return out;
	}
}

/** Longer texts that may be there, of which the word is a part. */
function around(value, form, mine) {
	return [...mine].filter((text) => text.includes(value) && text !== value)
	    .flatMap((text) => [...forms(text)])
	    .filter((longer) => longer.includes(form))
	    .map((longer) => [longer, longer.indexOf(form)]);
}

/** Is it there, and not as a part of a longer word? */
function holds(text, { form, around: longer }) {
	for (let at = text.indexOf(form); at >= 0;
	    at = text.indexOf(form, at + 1))
		if (!(inWord.test(form[0]) && at > 0 && inWord.test(text[at - 1])) &&
		    !(inWord.test(form.at(-1)) &&
			inWord.test(text[at + form.length] ?? ' ')) &&
		    !longer.some(([all, before]) =>
			text.startsWith(all, at - before)))
			return true;
	return false;
}

/** All words that are somebody's, or a queue's, a team's, a source's. */
function allWords({ users, queues, calls, sources, grants, views }) {
	const all = (rows, ...keys) => new Set(rows.flatMap((row) =>
		keys.flatMap((key) => row[key] ?? [])));
	const texts = new Set([
		...all(users, 'login', 'name', 'team', 'profile', 'queue',
		    'queue_name', 'queues', 'spies', 'session_id'),
		...all(queues, 'name', 'label'),
		...all(calls, 'queue', 'queue_label', 'agent', 'agent_name',
		    'profile', 'call_key'),
		...all(sources, 'source', 'url'), ...all(grants, 'team', 'queue'),
		...all(views, 'query'),
	]);

	/* One of the words of the product. */
	for (const word of ['consistent', 'sans'])
		texts.delete(word);
	return [{ values: texts },
		{ number: true, values: all(users, 'phone', 'outbound_target') },
		{ number: true, values: all(calls, 'caller', 'callee') }];
}

/** Of all words, those that the reader must not be told. */
export function foreignWords(scope, name) {
	const mine = new Set();
	const note = (value) => {
		if (Array.isArray(value))
			value.forEach(note);
		else if (value !== null && typeof value === 'object')
			Object.values(value).forEach(note);
		else if (typeof value === 'string')
			mine.add(value);
	};

	if (scope.persons)
		for (const need of ['', 'detail', 'export'])
			for (const list of ['users', 'calls'])
				note(scope.rows(list, need));
	if (scope.permits('users')) {
		note(scope.rows('queues'));
		note(scope.rows('sources'));
	}
	/* A wall has the facets of those whom it counts. */
	if (scope.walls)
		for (const row of scope.rows('users'))
			note([row.team, row.profile, row.queue_name]);
	note(scope.all.map(({ source, team, queue }) => [source, team, queue]));
	if (scope.persons)
		note(scope.views(name).flatMap(({ query }) => [query,
			...query.split('&').flatMap((pair) => decodeURIComponent(
			    pair.split('=')[1] ?? '').split(','))]));
	return new Words(allWords(scope.world).map(({ number, values }) => ({ number,
		values: [...values].filter((value) => !mine.has(value)) })), mine);
}
