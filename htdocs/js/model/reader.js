/** Who is reading, and what the reader may see: the API's "me". */

/** What a tab needs, by name. */
const NEEDS = { __proto__: null, users: 'persons', queues: 'queues',
	calls: 'calls', wall: 'queues' };

/** Whether the reader may do something; all until the API has said. */
export function may(me, what) {
	return me === null || me.permits[what];
}

export function maySee(me, tab) {
	return may(me, NEEDS[tab]);
}

/** What one grant opens, in words. */
function grantWord({ source, team, queue }, t) {
	const parts = Object.entries({ team, queue, source }).filter(
	    ([, value]) => value !== null).map(([name, value]) =>
	    t(`grant.${name}`, { name: value }));

	return parts.length === 0 ? t('grant.all') : parts.join(', ');
}

/** What some grants open, in words. */
function grantsWord(grants, t) {
	return [...new Set(grants.map((grant) => grantWord(grant, t)))]
	    .join(' ; ');
}

/** The role and the scope in words. */
export function scopeWord({ role, scope }, t) {
	return t('reader.scope', { role: t(`role.${role}`),
	    scope: scope.whole ? t('grant.all') : grantsWord(scope.grants, t) });
}

/** Grants that give persons. */
function forPersons({ scope }) {
	return scope.grants.filter(({ role }) =>
	    !['wall', 'auditor'].includes(role));
}

/** To what the scope is limited, in words; '' when nothing limits it. */
export function limitsWord(me, t) {
	const persons = forPersons(me);
	const grants = persons.length > 0 ? persons : me.scope.grants;

	return me.scope.whole || grants.some((grant) =>
	    ['source', 'team', 'queue'].every((name) => grant[name] === null)) ?
		'' : grantsWord(grants, t);
}

/** Of these teams and those above them, the ones that the reader has whole. */
export function wholeTeams(me, teams) {
	const paths = new Set(teams.flatMap((team) => team.split('/').map(
	    (_, i, parts) => parts.slice(0, i + 1).join('/'))));

	return [...paths].filter((path) => /^[^/]/.test(path) &&
	    forPersons(me).some(({ team, queue }) => team === null ?
	        queue === null : `${path}/`.startsWith(`${team}/`))).sort();
}
