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

/** The role and the scope in words. */
export function scopeWord({ role, scope }, t) {
	const words = new Set(scope.whole ? [t('grant.all')] :
	    scope.grants.map((grant) => grantWord(grant, t)));

	return t('reader.scope', { role: t(`role.${role}`),
	    scope: [...words].join(' ; ') });
}
