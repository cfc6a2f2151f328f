// A CCCP client for tests, written from the protocol's description alone: it
// has no code in common with the C code, so neither repeats the other's errors.
import net from 'node:net';

export const METHOD = {
	askToDisconnect: 0, initialize: 103, login: 10000,
	setObjectFormat: 10010, queryList: 10011, queryObject: 10012,
	stopQuery: 10013, clientEvent: 10014, logout: 10030,
	selectAndQueryObject: 10044, clientVoid: 10048,
	useDefaultNamespacesIndex: 10049, connectionOk: 20000,
	loginOk: 20001, loginFailed: 20002, listResponse: 20007,
	objectResponse: 20008, serverEvent: 20009, defaultIndexOk: 20038,
};

export const DEFAULT_NAMES = `protocol head ccenter.alert ccenter.ccxml db
	ccenter.db_logger ccenter.db_logger_db ccenter.dispatch
	ccenter.dispatch_db ccenter.engine explorer licences ccenter.load mail
	mysql_ws ns ccenter.oocc ccenter.ooid ccenter.oov ccenter.proxy
	ccenter.queues redirect_proxy ccenter.sce ccenter.scheduler
	ccenter.scripting ccenter.stats_mysql store ccenter.synthesis tree
	ccenter.tts ccenter.voip`.split(/\s+/).map((n) => `com.consistent.${n}`)
	.concat(['ccxml', 'grammar', 'nlsm', 'ssml', 'vxml', 'xforms']
	    .map((n) => `org.w3.${n}`), 'org.xmlsoap');

// Class ids of namespace com.consistent.protocol.
const CLASS = { formatField: 0x83000001, format: 0x83000002,
	item: 0x83000006, list: 0x83000007, object: 0x83000008 };
const VALUE_TYPE = new Map([[0x8300000a, 1], [0x8300000b, 5],
	[0x8300000c, 6], [0x83000015, 3], [0x83000018, 2], [0x83000019, 4],
	[0x8300001a, 8]]);

export function u16(n) {
	const b = Buffer.alloc(2);
	b.writeUInt16LE(n);
	return b;
}

export function u32(n) {
	const b = Buffer.alloc(4);
	b.writeUInt32LE(n);
	return b;
}

export function str(s) {
	const b = Buffer.from(s, 'latin1');
	return Buffer.concat([u32(b.length), b]);
}

export function frame(method, ...args) {
	const body = Buffer.concat(args);
	return Buffer.concat([u32(body.length + 8), u32(method), body]);
}

// Paths "a.b.count('0')" as a tree in the order given; every node is numbered.
export function tree(paths) {
	const root = { fields: [] };
	const index = new Map();
	let n = 0;
	for (const path of paths) {
		const [, dotted, query] = path.match(/^(.*?)(?:\('(.*)'\))?$/);
		const names = dotted.split('.');
		let at = root;
		names.forEach((name, i) => {
			const leaf = i === names.length - 1;
			let next = leaf ? undefined :
			    at.fields.find((f) => f.name === name && !f.leaf);
			if (!next) {
				next = { name, leaf, fields: [], index: n++,
				    query: leaf ? query : undefined };
				at.fields.push(next);
			}
			at = next;
		});
		index.set(at.index, path);
	}
	return { fields: root.fields, index };
}

function putFields(fields, ns) {
	return fields.map((f) => Buffer.concat([
		u32(ns), u32(CLASS.formatField), u32(0),
		u16(1), u16(1), u32(f.index), u16(2), u16(5), str(f.name),
		f.query === undefined ? Buffer.alloc(0) :
		    Buffer.concat([u16(4), u16(5), str(f.query)]),
		f.fields.length === 0 ? Buffer.alloc(0) : Buffer.concat(
		    [u16(3), u16(50), ...putFields(f.fields, ns), u32(0)]),
		u16(0)]));
}

export function formatBlob(names, id, fields, ns = 1) {
	const body = Buffer.concat([...names.map(str), u32(0), Buffer.from([0]),
		u32(ns), u32(CLASS.format), u32(0), u16(1), u16(1), u32(id),
		u16(2), u16(50), ...putFields(fields, ns), u32(0), u16(0)]);
	return Buffer.concat([u32(body.length), body]);
}

// Latin-1, where 0x80-0x9f are read as Windows-1252.
// (Node's own decoder of that name leaves them alone.)
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function text(bytes) {
	return bytes.toString('latin1').replace(/[\x80-\x9f]/g,
	    (c) => C1[c.charCodeAt(0) - 0x80]);
}

export class Reader {
	constructor(buffer) {
		this.b = buffer;
		this.at = 0;
	}
	bytes(n) {
		if (this.at + n > this.b.length)
			throw new Error(`${n} bytes wanted at ${this.at} of ` +
			    this.b.length);
		this.at += n;
		return this.b.subarray(this.at - n, this.at);
	}
	u8() { return this.bytes(1)[0]; }
	u16() { return this.bytes(2).readUInt16LE(); }
	u32() { return this.bytes(4).readUInt32LE(); }
	i32() { return this.bytes(4).readInt32LE(); }
	str() {
		const n = this.u32();
		return n === 0xffffffff ? null :
		    text(this.bytes(n));
	}
	real() {
		const n = this.u8();
		return n === 0 ? 0 : Number(this.bytes(n).toString('latin1'));
	}
	date() {
		const s = this.u32(), us = this.u32();
		this.offset = this.i32();
		return s === 0 && us === 0 ? null : isoDate(s, us);
	}
	blob() { return new Reader(this.bytes(this.u32())); }
	get end() { return this.at === this.b.length; }
}

export function isoDate(s, us) {
	return new Date(s * 1000).toISOString().slice(0, 19) + '.' +
	    String(us).padStart(6, '0') + 'Z';
}

// One object blob as {class, fields: Map(id -> value or list)}.
export function readBlob(r, names) {
	for (let n = r.u32(); n !== 0; n = r.u32())
		names.push(r.bytes(n).toString('latin1'));
	if (r.end)
		return null;
	if (r.u8() !== 0)
		throw new Error('a blob with a mode');
	const object = readObject(r, r.u32(), names);
	if (!r.end)
		throw new Error('bytes after the object');
	return object;
}

function readObject(r, ns, names) {
	if (names[ns - 1] !== DEFAULT_NAMES[0])
		throw new Error(`namespace index ${ns} of ${names.length}`);
	const object = { class: r.u32(), id: r.u32(), fields: new Map() };
	for (let id = r.u16(); id !== 0; id = r.u16())
		object.fields.set(id, readField(r, r.u16(), names));
	return object;
}

function readField(r, type, names) {
	switch (type) {
	case 1: return r.u32();
	case 2: return r.i32();
	case 3: return r.real();
	case 4: return r.u8() !== 0;
	case 5: return r.str();
	case 6: return r.date();
	case 8: return Number(r.bytes(8).readBigUInt64LE());
	case 50: {
		const list = [];
		for (let ns = r.u32(); ns !== 0; ns = r.u32())
			list.push(readObject(r, ns, names));
		return list;
	}
	default: throw new Error(`field type ${type}`);
	}
}

// A server's frame as {method, session, system, items | values, ...}.
export function readFrame(bytes, names) {
	const r = new Reader(bytes);
	const f = { size: r.u32(), method: r.u32() };
	switch (f.method) {
	case METHOD.connectionOk:
		f.version = r.u32();
		f.date = r.date();
		f.offset = r.offset;
		break;
	case METHOD.loginOk:
		Object.assign(f, { session: r.u32(), user: r.str(),
		    explorer: r.str() });
		break;
	case METHOD.loginFailed:
		Object.assign(f, { session: r.u32(), reason: r.str() });
		break;
	case METHOD.listResponse:
		Object.assign(f, { session: r.u32(), system: r.u32() });
		f.items = readItems(readBlob(r.blob(), names));
		break;
	case METHOD.objectResponse:
		Object.assign(f, { session: r.u32(), system: r.u32() });
		f.values = readValues(readBlob(r.blob(), names));
		f.listSystem = r.u32();
		break;
	case METHOD.serverEvent:
		Object.assign(f, { session: r.u32(), source: r.str(),
		    target: r.str(), delay: r.real(), event: r.str(),
		    object: readBlob(r.blob(), names) });
		break;
	case METHOD.askToDisconnect:
	case METHOD.defaultIndexOk:
		break;
	default:
		throw new Error(`method ${f.method}`);
	}
	if (!r.end)
		throw new Error(`bytes left in a frame of method ${f.method}`);
	return f;
}

function readItems(list) {
	if (list.class !== CLASS.list)
		throw new Error(`class ${list.class} is no list`);
	return list.fields.get(1).map((o) => {
		if (o.class !== CLASS.item)
			throw new Error(`class ${o.class} is no list item`);
		if (o.fields.get(4) !== null)
			throw new Error('a list item with a path');
		return { action: o.fields.get(1), id: o.fields.get(2),
		    rank: o.fields.get(3) };
	});
}

function readValues(object) {
	if (object.class !== CLASS.object)
		throw new Error(`class ${object.class} is no object`);
	return object.fields.get(1).map((o) => {
		if (!VALUE_TYPE.has(o.class))
			throw new Error(`class ${o.class} is no value`);
		return { index: o.fields.get(1), value: o.fields.get(1000),
		    type: VALUE_TYPE.get(o.class) };
	});
}

// Frames go out as they are called; what comes back is kept in order and
// waited for by a predicate.  A wait has a deadline, which fails the test.
export class Client {
	constructor(port, host = '127.0.0.1') {
		this.names = [];
		this.listed = false;
		this.frames = [];
		this.waiting = [];
		this.rest = Buffer.alloc(0);
		this.closed = new Promise((done) => { this.onClosed = done; });
		this.socket = net.connect(port, host);
		this.socket.setNoDelay(true);
		this.socket.on('data', (chunk) => this.receive(chunk));
		this.socket.on('error', () => {});
		this.socket.on('close', () => {
			this.isClosed = true;
			this.waiting.splice(0).forEach((w) =>
			    w.fail(new Error('the server closed')));
			this.onClosed();
		});
	}

	receive(chunk) {
		this.rest = this.rest.length === 0 ? chunk :
		    Buffer.concat([this.rest, chunk]);
		let at = 0;
		while (this.rest.length - at >= 8) {
			const size = this.rest.readUInt32LE(at);
			if (size < 8 || this.rest.length - at < size)
				break;
			this.receiveFrame(this.rest.subarray(at, at + size));
			at += size;
		}
		this.rest = this.rest.subarray(at);
	}

	receiveFrame(bytes) {
		let f;
		try {
			f = readFrame(bytes, this.names);
		} catch (error) {
			f = { method: -1, error, bytes };
		}
		this.onFrame?.(f);
		const i = this.waiting.findIndex((w) => w.wanted(f));
		if (i >= 0)
			this.waiting.splice(i, 1)[0].done(f);
		else if (!this.onFrame)
			this.frames.push(f);
	}

	// The next frame that fits; it is removed from those that have come.
	wait(wanted, what = wanted.toString(), ms = 60000) {
		const i = this.frames.findIndex(wanted);
		if (i >= 0)
			return Promise.resolve(this.frames.splice(i, 1)[0]);
		if (this.isClosed)
			return Promise.reject(new Error('the server closed'));
		return new Promise((resolve, reject) => {
			const w = { wanted };
			const timer = setTimeout(() => {
				this.waiting = this.waiting.filter((x) => x !== w);
				reject(new Error(`waited for ${what}`));
			}, ms);
			w.done = (f) => { clearTimeout(timer); resolve(f); };
			w.fail = (e) => { clearTimeout(timer); reject(e); };
			this.waiting.push(w);
		});
	}

	method(m) { return this.wait((f) => f.method === m, `method ${m}`); }
	send(bytes) { this.socket.write(bytes); }
	call(method, ...args) { this.send(frame(method, ...args)); }
	close() { this.socket.destroy(); return this.closed; }

	async login(session = 1, login = 'poller', password = 'x') {
		this.call(METHOD.initialize, u32(0), Buffer.from([0]));
		await this.method(METHOD.connectionOk);
		this.sendLogin(session, login, password);
		return this.wait((f) => f.method === METHOD.loginOk ||
		    f.method === METHOD.loginFailed, 'an answer to login');
	}

	sendLogin(session, login, password) {
		this.call(METHOD.login, u32(session), str(login),
		    str(password), u32(1), Buffer.from([0]));
	}

	// Silence is this server's way to say no: what was sent before is
	// known to be ignored once a later request is answered.
	async barrier() {
		this.call(METHOD.initialize, u32(0), Buffer.from([0]));
		return this.method(METHOD.connectionOk);
	}

	format(id, paths, { session = 1, names } = {}) {
		const t = tree(paths);
		const list = names ??
		    (this.listed ? [] : [DEFAULT_NAMES[0]]);
		this.listed = true;
		this.call(METHOD.setObjectFormat, u32(session),
		    formatBlob(list, id, t.fields));
		return t.index;
	}

	sendList(system, field, filter = '', { session = 1, object = 0,
	    windowField = '', windowDuration = 0 } = {}) {
		this.call(METHOD.queryList, u32(session), u32(system),
		    str('/dispatch'), u32(object), str(field), str(filter),
		    u32(0), str(windowField), u32(windowDuration));
	}

	async list(system, field, filter, options) {
		this.sendList(system, field, filter, options);
		return (await this.listed_(system)).items;
	}

	listed_(system) {
		return this.wait((f) => f.method === METHOD.listResponse &&
		    f.system === system, `a list under ${system}`);
	}

	sendObject(system, object, format, listSystem = 0, session = 1) {
		this.call(METHOD.queryObject, u32(session), u32(system),
		    str('/dispatch'), u32(object), u32(format),
		    u32(listSystem));
	}

	answered(system) {
		return this.wait((f) => f.method === METHOD.objectResponse &&
		    f.system === system, `an object under ${system}`);
	}

	async object(system, object, format, listSystem) {
		this.sendObject(system, object, format, listSystem);
		return this.answered(system);
	}
}
