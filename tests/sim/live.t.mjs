#!/usr/bin/env -S node --test-reporter=./tests/tap.mjs
// What a client sees live is what the simulator says is true.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, DEFAULT_NAMES, METHOD } from './cccp.mjs';
import { startSim } from './sim.mjs';

const FILTERS = {
	users: ['users', ''],
	queues: ['queues', '.[virtual_queue eq 0 and running]'],
	tasks: ['tasks', ''],
	waiting: ['file_tasks', ".[terminate_date eq '']"],
	sessions: ['sessions',
	    ".[connections/last/call_id ne '' and session_type ne 3]"],
	outbound: ['sessions', ".[session_type eq 3 and terminate_date eq '']"],
};

const NUDGED = ['states.last.state.start_date', 'last_state_date',
	'tasks.last.task.states.last.start_date'];

const SESSION_ID = 'sessions.last.session.session_id';

// Everything that any object of a view has at the moment.
function pathsOf(objects) {
	return [...new Set(objects.flatMap((o) => Object.keys(o.fields)))];
}

// Follows all views: lists, asks for what enters, merges what is pushed.
class Mirror {
	constructor(port, style) {
		this.client = new Client(port);
		this.client.onFrame = (f) => this.merge(f);
		this.style = style;
		this.views = {};
		this.bySystem = new Map();
		this.next = 1000;
		this.problems = [];
	}

	async start(paths) {
		const { client } = this;
		let id = 1;

		await client.login();
		if (this.style === 'library') {
			client.call(METHOD.useDefaultNamespacesIndex);
			await client.method(METHOD.defaultIndexOk);
		}
		for (const [name, [list, filter]] of Object.entries(FILTERS)) {
			const view = { name, id: id++, objects: new Map() };

			view.index = client.format(view.id, paths[name],
			    this.style === 'library' ?
			    { names: DEFAULT_NAMES } : {});
			this.views[name] = view;
			this.bySystem.set(view.id, { view });
			client.sendList(view.id, list, filter);
		}
	}

	merge(f) {
		if (f.error)
			this.problems.push(f.error);
		else if (f.items)
			this.mergeItems(f);
		else if (f.values)
			this.mergeValues(f);
	}

	mergeItems(f) {
		const { view } = this.bySystem.get(f.system);
		for (const item of f.items) {
			if (item.action === 2) {
				if (!view.objects.delete(item.id))
					this.problems.push(`${view.name} ` +
					    `${item.id} left unknown`);
				continue;
			}
			view.objects.set(item.id, {});
			if (this.style === 'library') {
				this.client.sendObject(view.id, item.id,
				    view.id, item.id);
			} else {
				this.bySystem.set(this.next,
				    { view, object: item.id });
				this.client.sendObject(this.next++, item.id,
				    view.id);
			}
		}
	}

	mergeValues(f) {
		const of = this.bySystem.get(f.system);
		const object = of.view.objects.get(of.object ?? f.listSystem);
		if (object === undefined)
			return;
		const values = Object.fromEntries(f.values.map((v) =>
		    [of.view.index.get(v.index), v.value]));
		// A new session lacks what only scripts had set in the old one.
		if (of.view.name === 'users' && SESSION_ID in values)
			Object.keys(object).filter((path) =>
			    path.endsWith('.value')).forEach((path) =>
			    delete object[path]);
		Object.assign(object, values);
	}

	// Once nothing is on the way any more: answered after all the rest.
	async settle() {
		for (let last = -1; last !== this.next;) {
			last = this.next;
			await this.client.barrier();
			await this.client.barrier();
		}
	}

	compare(truth) {
		assert.deepEqual(this.problems, []);
		for (const name of Object.keys(FILTERS)) {
			const is = [...this.views[name].objects].map(
			    ([id, fields]) => ({ id, fields }));
			const should = truth[name].map(({ id, fields }) =>
			    ({ id, fields }));
			const byId = (a, b) => a.id - b.id;

			assert.equal(is.length, should.length, name);
			if (name === 'users')
				forgive(this.views[name].objects, should);
			assert.deepEqual(is.sort(byId), should.sort(byId),
			    name);
		}
	}
}

// The date of a state that moves by less than a second is not pushed.
function forgive(objects, should) {
	for (const { id, fields } of should)
		for (const path of NUDGED) {
			const is = Date.parse(objects.get(id)?.[path]);
			const late = Date.parse(fields[path]) - is;

			if (late >= 0 && late <= 1000)
				fields[path] = objects.get(id)[path];
		}
}

for (const style of ['kit', 'library']) {
	test(`450 users, mirrored in the ${style}'s style`, async (t) => {
		const sim = await startSim('--events', 2000, '--freeze');
		const mirror = new Mirror(sim.port, style);

		t.after(() => sim.stop('SIGKILL'));
		// What is first used later must be asked for as well: a day of
		// steps shows every attribute there is.
		const truth = await sim.truth();
		await sim.ask('step 60000');
		const later = await sim.truth();
		const paths = Object.fromEntries(Object.keys(FILTERS).map((n) =>
		    [n, pathsOf([...truth[n], ...later[n]])]));

		await mirror.start(paths);
		await mirror.settle();
		mirror.compare(later);
		assert.equal(mirror.views.users.objects.size, 451);

		// In steps, and then with the clock.
		for (let i = 0; i < 5; i++) {
			await sim.ask('step 1000');
			await mirror.settle();
			mirror.compare(await sim.truth());
		}
		const { changes } = await sim.truth();
		await sim.ask('thaw');
		for (;;) {
			await mirror.client.barrier();
			const stats = JSON.parse(await sim.ask('stats'));
			if (stats.changes > changes + 3000)
				break;
		}
		await sim.ask('freeze');
		await mirror.settle();
		mirror.compare(await sim.truth());
		await mirror.client.close();
	});
}
