/*
 * turns.mjs ROUNDS: two readers of different scopes ask the same at the same
 * time while the data change, and now and then exchange their grants.  Neither
 * ever has the other's answer, ETag or event.  Prints what is wrong.
 */
import { Asker } from './asker.mjs';
import { check, count, same } from './check.mjs';
import { Scope, readWorld } from './oracle.mjs';
import { Psql } from './psql.mjs';
import { foreignWords } from './words.mjs';

const rounds = Number(process.argv[2]);
const questions = ['/api/v1/users?per_page=20&sort=-state_seconds',
	'/api/v1/queues', '/api/v1/calls?per_page=20', '/api/v1/sources',
	'/api/v1/users?format=ndjson', '/api/v1/users/metz/agt100q',
	'/api/v1/users?q=agt1', '/api/v1/users/metz/agt103q'];

const psql = new Psql();
const tell = (text) => psql.tell(text);
const world = readWorld();
/* Their grants, by turns: no person, queue or team in common. */
const grants = [['metz', 'Nord'], ['metz', 'Sud']];
const readers = ['paul', 'rose'].map((name) => new Asker({ name, groups: [] }));

/** Gives them their grants, once the other way round in each second turn. */
async function turn(nr) {
	const own = readers.map((r, i) => grants[(i + nr) % 2]);

	await tell(`BEGIN; DELETE FROM cccp.access_grant
	    WHERE who IN ('paul', 'rose'); ${readers.map(({ reader }, i) =>
		`INSERT INTO cccp.access_grant (who_kind, who, role, source, team)
		VALUES ('user', '${reader.name}', 'supervisor', '${own[i][0]}',
		    '${own[i][1]}');`).join(' ')} COMMIT;`);
	for (const [i, reader] of readers.entries()) {
		const mine = { ...world, grants: [{ who_kind: 'user',
			who: reader.reader.name, role: 'supervisor', now: true,
			source: own[i][0], team: own[i][1], queue: null,
			detail: null, history: null, numbers: null,
			export: null }] };

		reader.scope = new Scope(mine, reader.reader);
		reader.words = foreignWords(reader.scope, reader.reader.name);
		reader.logins = reader.scope.rows('users')
		    .map(({ login }) => `"${login}"`);
		reader.of = own[i][1];
		/* The handler hears of it; from then on nothing is old. */
		for (;;) {
			const { body } = await reader.ask('/api/v1/me');

			if (body.includes(`"team":"${own[i][1]}"`))
				break;
		}
	}
}

const tags = new Map();		/* ETag -> the team whose answer has it */

/** One answer: of this reader's scope, whole, with an ETag of its own. */
async function once(reader, at, other) {
	const stolen = other.tag;	/* what the other got last */
	const got = await reader.ask(at, stolen === undefined ? {} :
	    { HTTP_IF_NONE_MATCH: stolen });
	const what = `${reader.reader.name} (${reader.of}) ${at}`;

	check(what, got.status === 200 || (got.status === 404 &&
	    at.includes('agt')), `${got.status} ${got.body.slice(0, 99)}`);
	same(what, reader.words.found(got.text, at), []);
	if (/users\?per_page|ndjson/.test(at))
		check(what, reader.logins.some((login) =>
			got.body.includes(login)), 'has nobody');
	if (got.tag !== undefined) {
		check(what, (tags.get(got.tag) ?? reader.of) === reader.of,
		    `${got.tag} is that of ${tags.get(got.tag)}`);
		tags.set(got.tag, reader.of);
		reader.tag = got.tag;
	}
}

/** Listens: -> once it has begun, has told of a change, has ended. */
function listen(reader) {
	const { words, reader: { name } } = reader;
	const stream = {};

	stream.begun = new Promise((begin) => {
		stream.changed = new Promise((change) => {
			stream.ended = reader.listen((text) => {
				if (/^event: change\n/m.test(text))
					change();
				return false;
			}, begin).then((text) => {
				change();
				same(`${name} events`, words.found(text), []);
				check(`${name} events`, /^event: change\n/m
				    .test(text) && !/"users"|"sources"/.test(text),
				    text);
			});
		});
	});
	return stream;
}

const limit = setTimeout(() => {
	console.log('it takes too long');
	process.exit(1);
}, 900_000);
const each = 100;
let streams = [];

for (let i = 0; i < rounds;) {
	await Promise.all(streams.map(({ changed }) => changed));
	await turn(i / each);
	/* Grants that change end a stream. */
	await Promise.all(streams.map(({ ended }) => ended));
	streams = readers.map(listen);
	await Promise.all(streams.map(({ begun }) => begun));
	for (const end = i + each; i < end; i++) {
		const at = questions[i % questions.length];

		await Promise.all([tell(`\\i ${process.env.CHANGE}`),
			...readers.map((reader, n) =>
			    once(reader, at, readers[1 - n]))]);
	}
}
await Promise.all(streams.map(({ changed }) => changed));
await turn(1);
await Promise.all(streams.map(({ ended }) => ended));
for (const reader of readers)
	reader.close();
psql.end();
clearTimeout(limit);
console.log(`${rounds} rounds, ${tags.size} ETags, ${count.wrong} wrong`);
process.exit(count.wrong > 0 ? 1 : 0);
