/**
 * What each reader may see, found by loops over the data and the grants.  It
 * shares nothing with the product but the words of sql/README.md, "Who sees
 * what".
 */
import { execFileSync } from 'node:child_process';

/** What a statement returns, each row an object. */
export const sql = (text) => JSON.parse(execFileSync('psql', ['-XAtqc',
	`SELECT coalesce(json_agg(to_jsonb(t)), '[]') FROM (${text}) t`],
    { maxBuffer: 1 << 28 }).toString());

export function readWorld() {
	const world = {
		users: sql('SELECT * FROM cccp_v1.user'),
		queues: sql('SELECT * FROM cccp_v1.queue'),
		calls: sql('SELECT * FROM cccp_v1.call'),
		sources: sql('SELECT * FROM cccp_v1.source'),
		states: sql('SELECT user_id, since FROM cccp_v1.user_state'),
		grants: sql(`SELECT *, valid @> now() AS now FROM cccp.access_grant`),
		views: sql('SELECT * FROM cccp.saved_view'),
	};

	for (const user of world.users)
		user.shown = user.present && !user.hidden;
	return world;
}

/** Each user and each group that a grant names. */
export function readersOf(world) {
	const readers = new Map();

	for (const { who_kind: kind, who } of world.grants)
		if (kind === 'user')
			readers.set(who, { name: who, groups: [] });
		else if (kind === 'group')
			readers.set(`membre de ${who}`, { name: `membre de ${who}`,
				groups: ['rien', who.toUpperCase()] });
	return [...readers.values()];
}

const ranks = ['admin', 'supervisor', 'reader', 'wall', 'auditor'];

/** The grants of a reader, with each flag as the grant or its role says. */
function grantsOf(world, { name, groups }) {
	const found = [];

	for (const g of world.grants) {
		const named = g.who_kind === 'everyone' ||
		    (g.who_kind === 'user' ? g.who === name : groups.some((group) =>
			group.toLowerCase() === g.who.toLowerCase()));
		const full = ['admin', 'supervisor'].includes(g.role);
		const flag = (value) => ['wall', 'auditor'].includes(g.role) ?
			false : value ?? full;

		if (g.now && named)
			found.push({ role: g.role, source: g.source, team: g.team,
				queue: g.queue, detail: flag(g.detail),
				history: flag(g.history), numbers: flag(g.numbers),
				export: flag(g.export), wall: g.role === 'wall' });
	}
	return found;
}

const hasSource = (g, source) => g.source === null || g.source === source;
const inTeam = (g, team) => g.team === null || (team !== null &&
    (team === g.team || team.startsWith(`${g.team}/`)));
const serves = (g, queues) => g.queue === null ||
    (queues ?? []).includes(g.queue);
const hasUser = (g, user) => hasSource(g, user.source) &&
    inTeam(g, user.team) && serves(g, user.queues);
/* By a queue only, the user is visible as he is now. */
const isFull = (g) => g.team !== null || g.queue === null;

const masked = (number) => number === null ? null :
	number.replace(/^\+33(\d)\d{6}(\d\d)$/, '+33 $1 ·· ·· ·· $2');

/* What is shown of a user who is visible by a queue only. */
const live = new Set(`source login name kind state state_since state_seconds
    known_state stale mode mode_label mode_since interface task task_label
    task_since task_started_at task_managed_at task_ended_at logged login_at
    logout_at login_seconds busy_count recording outbound_state
    outbound_started_at changed_at generation id`.split(/\s+/));
/* What a wall may count. */
const counted = new Set(`source kind state state_seconds known_state stale logged
    login_seconds id`.split(/\s+/));

export class Scope {
	constructor(world, reader) {
		this.world = world;
		this.all = grantsOf(world, reader);
		this.grants = this.all.filter(({ role }) => role !== 'auditor');
		this.role = ranks.find((role) =>
			this.all.some((g) => g.role === role));
		this.persons = this.grants.some((g) => !g.wall);
		this.walls = !this.persons;
		this.audit = this.all.some(({ role }) => role === 'auditor');
		this.maskedNumbers = this.grants.some((g) => !g.wall && !g.numbers);
		this.whole = this.grants.some((g) => !g.wall && g.detail &&
		    g.history && g.numbers && g.export && g.source === null &&
		    g.team === null && g.queue === null && g.role !== 'reader');
	}

	/** The grants that permit what is needed. */
	by(need) {
		if (this.whole)
			return [{ role: this.role, source: null, team: null,
				queue: null, detail: true, history: true,
				numbers: true, export: true, wall: false }];
		return this.grants.filter((g) => need === 'detail' ? g.detail :
			need === 'export' ? g.export : true);
	}

	permits(what) {
		return { users: this.role !== 'auditor', persons: this.persons,
			detail: this.whole || this.grants.some((g) => g.detail),
			export: this.whole || this.grants.some((g) => g.export),
			admin: this.role === 'admin', audit: this.audit,
			all: true }[what];
	}

	/** How much of a user is visible; null: nothing. */
	seesUser(user, need) {
		const seen = { person: false, full: false, figures: false,
			numbers: false, history: false, calls: false,
			callNumbers: false, pastNumbers: false };
		let any = false;

		for (const g of this.by(need)) {
			if (!hasUser(g, user) ||
			    (g.wall && !(this.walls && need === 'count')))
				continue;
			const full = isFull(g);

			any ||= full || need !== 'detail';
			seen.person ||= !g.wall;
			seen.full ||= full;
			seen.figures ||= full && !g.wall;
			seen.numbers ||= full && g.numbers;
			seen.calls ||= full && g.detail;
			seen.history ||= full && g.detail && g.history;
			seen.callNumbers ||= full && g.detail && g.numbers;
			seen.pastNumbers ||= full && g.detail && g.history &&
			    g.numbers;
		}
		return any ? seen : null;
	}

	seesQueue(source, name, need) {
		for (const g of this.by(need)) {
			if (!hasSource(g, source) ||
			    (g.queue !== null && g.queue !== name))
				continue;
			if (g.team === null)
				return true;
			for (const user of this.world.users)
				if (user.source === source && user.present &&
				    inTeam(g, user.team) &&
				    (user.queues ?? []).includes(name))
					return true;
		}
		return false;
	}

	/** Is the login that of a user in scope, or of nobody where all are? */
	seesLogin(source, login, need) {
		for (const g of this.by(need)) {
			if (g.wall || !hasSource(g, source))
				continue;
			if (g.team === null && g.queue === null)
				return true;
			for (const user of this.world.users)
				if (user.source === source &&
				    user.login === login && hasUser(g, user))
					return true;
		}
		return false;
	}

	userRow(user, need) {
		const seen = this.seesUser(user, need);
		const row = {};

		if (seen === null || !user.shown)
			return null;
		const queueSeen = user.queue_name !== null &&
		    this.seesQueue(user.source, user.queue_name, need);
		const own = {
			profile: () => seen.full ? user.profile : null,
			team: () => seen.full ? user.team : null,
			phone: () => seen.numbers ? user.phone :
				seen.figures ? masked(user.phone) : null,
			outbound_target: () => seen.numbers ? user.outbound_target :
				seen.figures ? masked(user.outbound_target) : null,
			phone_uri: () => seen.numbers ? user.phone_uri : null,
			/* Without its technical name, it is a label only. */
			queue: () => queueSeen ? user.queue : null,
			queue_name: () => queueSeen ? user.queue_name : null,
			queues: () => user.queues?.filter((name) =>
				this.seesQueue(user.source, name, need)) ?? null,
			spies: () => seen.figures ? user.spies?.filter((login) =>
				this.seesLogin(user.source, login, need)) ?? null :
				null,
			running: () => seen.figures ? user.running : [],
		};

		for (const key of Object.keys(user))
			row[key] = own[key] !== undefined ? own[key]() :
				(seen.person ? live : counted).has(key) ||
				seen.figures ? user[key] : null;
		return row;
	}

	callRow(call, need) {
		let seen = false, numbers = false;
		const user = this.world.users.find(({ id }) => id === call.user_id);
		const own = user === undefined ? null :
			this.seesUser(user, need);

		for (const g of this.by(need))
			if (!g.wall && g.team === null &&
			    hasSource(g, call.source) &&
			    (g.queue === null || g.queue === call.queue) &&
			    (call.active || g.history)) {
				seen = true;
				numbers ||= g.numbers;
			}
		if (own !== null) {
			seen ||= call.active ? own.calls : own.history;
			numbers ||= call.active ? own.callNumbers :
				own.pastNumbers;
		}
		if (!seen)
			return null;
		const agent = own !== null || (user === undefined &&
		    call.agent !== null &&
		    this.seesLogin(call.source, call.agent, need));
		const queue = call.queue !== null &&
		    this.seesQueue(call.source, call.queue, need);
		const row = { ...call };

		for (const key of ['agent', 'agent_name', 'profile'])
			row[key] = agent ? call[key] : null;
		row.user_id = own !== null ? call.user_id : null;
		for (const key of ['queue', 'queue_label', 'queue_type'])
			row[key] = queue ? call[key] : null;
		for (const key of ['caller', 'callee'])
			row[key] = numbers ? call[key] : masked(call[key]);
		return row;
	}

	sourceRow(source) {
		const mine = this.by('count').filter((g) =>
			hasSource(g, source.source));
		const admin = this.whole ? true :
			mine.some(({ role }) => role === 'admin');
		let users = 0;

		if (mine.length === 0)
			return null;
		for (const user of this.world.users)
			if (user.source === source.source && user.shown &&
			    (this.seesUser(user, 'count') !== null))
				users++;
		return { ...source, users, url: admin ? source.url : null,
			error: admin ? source.error : null };
	}

	/** All rows of a list that the reader sees. */
	rows(list, need = list === 'queues' ? 'count' : '') {
		const { users, queues, calls, sources } = this.world;
		const rows = {
			users: () => users.map((u) => this.userRow(u,
			    this.walls && need === '' ? 'count' : need)),
			calls: () => calls.map((c) => this.callRow(c, need)),
			queues: () => queues.map((q) => q.present &&
			    this.seesQueue(q.source, q.name, need) ? q : null),
			sources: () => sources.map((s) => this.sourceRow(s)),
		}[list]();

		return rows.filter((row) => row !== null);
	}

	/** The whole team is in scope, and the grant's source has it. */
	hasTeam(team) {
		for (const g of this.grants) {
			if (g.wall || (g.team === null ? g.queue !== null :
			    !inTeam(g, team)))
				continue;
			if (g.source === null || g.team === team)
				return true;
			for (const user of this.world.users)
				if (hasSource(g, user.source) &&
				    inTeam({ team }, user.team))
					return true;
		}
		return false;
	}

	/** Saved views: name, list, and the parameters that may be told. */
	views(reader) {
		const found = [];

		for (const view of this.world.views) {
			const team = view.shared.startsWith('team:') ?
				view.shared.slice(5) : null;
			const mine = view.owner === reader;

			if (!mine && view.shared !== 'all' && (team === null ||
			    !(this.hasTeam(team) || this.grants.some((g) => !g.wall &&
			    g.team !== null && g.team.startsWith(`${team}/`)))))
				continue;
			found.push({ name: view.name, query: mine || this.whole ||
			    view.owner === null ? view.query :
				this.viewQuery(view.query) });
		}
		return found;
	}

	viewQuery(query) {
		const may = {
			team: (value) => this.hasTeam(value),
			source: (value) => this.grants.some((g) =>
				hasSource(g, value)),
			queue: (value) => this.seesQueue(value.split('/')[0],
			    value.slice(value.indexOf('/') + 1), 'count'),
			state: () => true, active: () => true,
		};

		return query.split('&').map((pair) => {
			const [key, values] = pair.split('=');
			const kept = values.split(',').filter((value) =>
				may[key]?.(decodeURIComponent(value)));

			return kept.length > 0 ? `${key}=${kept}` : null;
		}).filter((pair) => pair !== null).join('&');
	}
}
