/**
 * Hostile requests, straight to a handler over FastCGI: every parameter of
 * every list with every value below, paths, methods, headers.
 *
 *	node hostile.mjs SOCKET [FORBIDDEN ...]
 *
 * Each must be answered whole, below 500, with headers that we know, JSON
 * that is JSON, and none of the FORBIDDEN texts.  Prints how
 * many there were, by status, and what was wrong.
 */
import { answer, connect, question } from '../fastcgi.mjs';

const [, , where, ...forbidden] = process.argv;
const long = (n, c = 'a') => c.repeat(n);

/* Values as they are in a query: clients send them escaped and unescaped. */
const values = [
	"' OR 1=1 --", "'; DROP TABLE agent; --", "%27%3B%20DELETE%20FROM%20agent",
	'" OR ""="', "1); SELECT sleep(9); --", "x' UNION SELECT NULL,NULL--",
	"\\'; --", '$1', '$1::text', '$$', '$a$', '{}', '{"a"}', '{"', '}',
	'NULL', 'E\'\\x27\'', '/*', '*/', 'chr(39)||chr(39)', "'||'", '\\',
	'%5C', '%5C%5C%27', ',', ',,,,,,', '-', '--', '-,-,-', '%', '%2', '%zz',
	'%25', '%2525', '_', '%00', 'a%00b', '%01%1f%7f',
	'%0d%0aSet-Cookie:%20x=1', '%0aX-Injected:%201', '%0d%0a%0d%0a<p>',
	'%c0%af', '%ff%fe', '%ed%a0%80', '%f4%90%80%80', '%c2', '%e2%80%ae',
	'%c2%9b31m', '%f0%9f%98%80', 'İ', 'ﬃ', long(3000), long(9000), long(300, '%'),
	long(200, 'a,'), long(90, 'a+'), '0', '-1', '+1', '1.5', '1e3', '0x10',
	'0017', long(30, '9'), '2147483648', '9223372036854775807',
	'9223372036854775808', '-9223372036854775808', '٣', 'NaN', 'Infinity',
	'-infinity', 'now', 'epoch', 'allballs', '2026-13-45', '0000-00-00',
	'99999-01-01', '2026-01-01T00:00:00%2B99:99', '2026-01-01T25:61:61Z',
	'4713-01-01 BC', 'true%27', 'TRUE', 't', 'yes', 'null', 'undefined',
	'<script>alert(1)</script>', '%3Cimg%20src=x%20onerror=1%3E',
	'=1%2B1', '${7*7}', '{{7*7}}', '%s%n%x', '../../../etc/passwd',
	'eyJpZCI6MX0', 'eyJpZCI6MX0%3D', 'AAAAAAAAAAAA', '%2B%2F%3D', '.', '..',
];

/* Queries that are wrong as a whole. */
const queries = [
	'&', '&&&&', '=', '==', '=&=', '?', '?page=1', 'page', 'page=', 'page=1&page=1',
	'page=1&PAGE=2', 'page[]=1', 'page%00=1', '%70age=1', 'page=1;page=2',
	'a=1'.repeat(2000), long(8192), long(8193), `${'q=a&'.repeat(2047)}q=a`,
	`${long(64)}=1`, `${long(5000)}=1`, '%0d%0aX-Injected=1', '%ff=1', '%=1',
	'page=1#', 'format=csv&csv=excel-fr&page=', 'format=xml', 'format=json,csv',
	'csv=excel-fr', 'format=csv&fields=', 'fields=login,login',
	'fields=password', 'sort=login,login', 'sort=-', 'sort=--login',
	"sort=login'", 'sort=1', 'sort=login desc', 'sort=(login)', 'sort=r.login',
	'fields=*', 'fields=r.*', 'after=', 'after=x&page=1', 'generation=-1',
	`state=${'held,'.repeat(100)}`, `team=${'a,'.repeat(65)}`,
	`q=${'a+'.repeat(9)}`, 'per_page=501', 'per_page=0', 'page=1000001',
	'page=1000000&per_page=500', 'callback=x', '_method=DELETE',
];

const up = ['..', '%2e%2e', '%2E%2e', '.%2e', '%252e%252e', '%c0%ae%c0%ae',
	'..%00', '..;', '....', '.', '%2e', '..%5c', '..\\'];
const slash = ['/', '%2f', '%252f', '%5c', '\\', '//', '%c0%af'];

const paths = [
	...up.flatMap((u) => slash.flatMap((s) => [
		`/${u}${s}secret.txt`, `/js/${u}${s}${u}${s}secret.txt`,
		`/${u}${s}${u}${s}${u}${s}${u}${s}etc${s}passwd`,
	])),
	'/link.txt', '/js/../link.txt', '/LINK.TXT', '/.htaccess', '/.git/config',
	'/js', '/js/', '/js//main.js', '//js/main.js', '/index.html%00.js',
	'/index.html/', '/%00', '/%0d%0aX-Injected:%201', '/\r\nX-Injected: 1',
	'/%ff', '/%', '/%zz', '', '/', '//', '///', '*', 'x', 'http://evil.example/',
	'//evil.example/', '/\\evil.example', `/${long(1023)}`, `/${long(1024)}`,
	`/${long(70000)}`, `/${'a/'.repeat(500)}`, `/${'%41'.repeat(1024)}`,
	'/con', '/nul', '/proc/self/environ', '/etc/passwd', '/file:///etc/passwd',
	'/api', '/api/', '/api/v1', '/api/v1/', '/api/v2/users', '/API/V1/USERS',
	'/api/v1/users/', '/api/v1/users//', '/api/v1/users/prod', '/api/v1/users/prod/',
	'/api/v1/users/prod/%00', "/api/v1/users/prod/'", '/api/v1/users/prod/u001%00',
	"/api/v1/users/prod/' OR ''='", '/api/v1/users/prod/%27--', '/api/v1/users/%/%',
	'/api/v1/users/prod/..%2f..%2fsecret.txt', '/api/v1/users/../sources',
	`/api/v1/users/prod/${long(900)}`, '/api/v1/users/prod/{login}',
	'/api/v1/users/prod/%c2%9b31m', '/api/v1/users/prod/%e2%80%ae',
	'/api/v1/users/prod/%ed%a0%80', '/api/v1/users;x=1', '/api/v1/users%3Fpage=1',
	'/api/v1/users#x', '/api/v1/users ', '/api/v1/users%20', '/api/v1/users.json',
	'/healthz/', '/healthz/..', '/readyz%00', '/metrics/', '/metrics%0a',
];

const methods = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT',
	'get', 'Get', 'GET ', ' GET', 'GETX', 'HEAD\r\nX-Injected: 1', '', 'PROPFIND',
	'SEARCH', 'QUERY', 'M-SEARCH', 'G\0ET', long(5000, 'A'), 'é', "GET'--"];

const headers = ["'; --", '*/*;q=', '*/*;q=2', ';q=1', ',,,', 'a/b;q=-1',
	'text/csv;q=0', 'text/csv;q=0.0001', 'application/json;q=1.0000000000001',
	'text/html', '*', '*;q=0', '/', 'text/', '/csv', long(4096), long(4097),
	`${'text/csv,'.repeat(400)}*/*`, '\r\nX-Injected: 1', '\0', 'a\0b', '\x7f',
	'é', '\u202e', 'fr;q=nan', 'fr-FR-x-long,*;q=0', long(4000, ';'),
	long(4000, '"'), 'W/"', '"', '""', 'W/', '*"', '"\\"', 'W/"1-0"',
	'-1', '0', long(30, '9'), '1e9', '18446744073709551616', 'x=1; y="2"',
	'gzip;q=0', 'gzip;q=;', 'deflate, br', '${jndi:ldap://x}', '() { :; }; echo x'];

const heads = ['HTTP_ACCEPT', 'HTTP_ACCEPT_LANGUAGE', 'HTTP_ACCEPT_ENCODING',
	'HTTP_IF_NONE_MATCH', 'HTTP_LAST_EVENT_ID', 'REMOTE_USER', 'HTTP_COOKIE',
	'HTTP_HOST', 'HTTP_X_FORWARDED_FOR', 'HTTP_RANGE', 'CONTENT_LENGTH',
	'CONTENT_TYPE', 'SCRIPT_NAME', 'DOCUMENT_ROOT', 'SERVER_PROTOCOL',
	'HTTP_PROXY', 'CCCP_ANONYMOUS', 'PGHOST'];

const known = new Set(['status', 'content-type', 'content-length',
	'content-language', 'content-disposition', 'content-encoding', 'age',
	'cache-control', 'vary', 'etag', 'link', 'x-total-count', 'x-source-age',
	'server-timing', 'x-request-id', 'allow', 'www-authenticate',
	'retry-after', 'location', 'x-content-type-options', 'referrer-policy',
	'cross-origin-resource-policy', 'content-security-policy',
	'x-accel-buffering']);

/* What only the inside knows; nothing above has these texts. */
const inside = ['cccp_v1', 'cccp.', 'SQLSTATE', 'unnest(', 'coalesce(',
	'COLLATE', 'ORDER BY', 'pg_catalog', 'PostgreSQL', 'syntax error',
	'permission denied', 'root:x:', ...forbidden];

const lists = ['/api/v1/users', '/api/v1/queues', '/api/v1/calls'];
const plain = ['/', '/healthz', '/readyz', '/metrics', '/api/v1/sources',
	'/api/v1/users/prod/u001'];

/** One that asks; connections are kept while the handler keeps them. */
function asker() {
	let socket = null;

	return async (vars) => {
		for (let fresh = false; !fresh;) {
			fresh = socket === null;
			socket ??= await connect(where);
			if (socket === null)
				return null;
			socket.write(question('/', true, vars));
			const got = await answer(socket);

			if (got !== null)
				return got;
			socket.destroy();
			socket = null;
		}
		return null;
	};
}

const ask = asker();

/** The parameters that a list knows, as it says itself when asked for another. */
async function parameters(path) {
	const got = await ask({ PATH_INFO: path, QUERY_STRING: 'hostile=1' });

	return JSON.parse(got.split('\r\n\r\n')[1]).allowed;
}

async function table() {
	const all = [];

	for (const path of lists) {
		for (const name of await parameters(path))
			for (const value of values)
				all.push({ PATH_INFO: path, QUERY_STRING: `${name}=${value}` });
		for (const query of queries)
			all.push({ PATH_INFO: path, QUERY_STRING: query });
	}
	for (const path of paths) {
		let plainer = Buffer.from(path);

		try {
			plainer = Buffer.from(decodeURIComponent(path));
		} catch { /* no UTF-8: as it is */ }
		all.push({ PATH_INFO: '', REQUEST_URI: path }, { PATH_INFO: path },
		    { PATH_INFO: plainer }, { PATH_INFO: '', SCRIPT_NAME: plainer },
		    { PATH_INFO: '', SCRIPT_NAME: `${path}.fcgi` });
	}
	for (const method of methods)
		for (const path of [...plain, lists[0], '/api/v1/events'])
			all.push({ PATH_INFO: path, REQUEST_METHOD: method });
	for (const name of heads)
		for (const value of headers) {
			all.push({ PATH_INFO: lists[all.length % 3], [name]: value,
				QUERY_STRING: 'per_page=1&fields=source' });
			all.push({ PATH_INFO: plain[all.length % 6], [name]: value });
			all.push({ PATH_INFO: '/api/v1/events', [name]: value,
				REQUEST_METHOD: 'HEAD' });
		}
	for (const path of plain.slice(1))
		for (const query of ['x=1', 'page=1', '%00', long(9000)])
			all.push({ PATH_INFO: path, QUERY_STRING: query });
	return all;
}

/** -> what is wrong with an answer, or null. */
function wrong(vars, got) {
	if (got === null)
		return 'no whole answer';
	const at = got.indexOf('\r\n\r\n');
	const lines = got.slice(0, at).split('\r\n');
	const body = got.slice(at + 4);
	const status = Number(/^Status: (\d{3}) [A-Za-z ]+$/.exec(lines[0])?.[1]);

	if (at === -1 || !(status >= 200 && status < 500))
		return `status: ${lines[0]}`;
	for (const line of lines) {
		const name = /^([A-Za-z-]+): [^\r\n\0]*$/.exec(line)?.[1];

		if (name === undefined || !known.has(name.toLowerCase()))
			return `header: ${line}`;
		if (name === 'Location' && !/^Location: \/([^/\\]|$)/.test(line))
			return `leads away: ${line}`;
	}
	for (const text of inside)
		if (got.includes(text))
			return `tells ${text}`;
	if (/^Content-Type: application\/(problem\+)?json/m.test(lines.join('\n')) &&
	    vars.REQUEST_METHOD !== 'HEAD')
		try {
			JSON.parse(body);
		} catch (error) {
			return `no JSON: ${error.message}`;
		}
	return null;
}

const counts = { requests: 0, wrong: 0, status: {} };
const all = await table();
const again = all.values();

async function worker() {
	const askOne = asker();

	for (const vars of again) {
		const got = await askOne(vars);
		const what = wrong(vars, got);
		const status = got?.slice(8, 11);

		counts.requests++;
		counts.status[status] = (counts.status[status] ?? 0) + 1;
		if (what !== null) {
			counts.wrong++;
			console.error(`${what}: ${JSON.stringify(vars).slice(0, 300)}`);
		}
	}
}

setTimeout(() => {
	console.error('hostile.mjs: takes too long');
	process.exit(1);
}, 300_000).unref();
await Promise.all(Array.from({ length: 4 }, worker));
console.log(JSON.stringify(counts));
process.exit(counts.wrong === 0 ? 0 : 1);
