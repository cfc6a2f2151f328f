/**
 * Values to text.  Pure.  null and undefined mean unknown and give the empty
 * string, never a zero.
 */
const MINUTE = 60, HOUR = 3600, DAY = 86400;

function two(number) {
	return String(number).padStart(2, '0');
}

/**
 * Seconds as their two largest units: 45s, 4m05s, 6h30m, 2j12h.  day: the
 * letter for days (j in French, d in English).  Below zero counts as zero.
 */
export function duration(seconds, day) {
	if (seconds === null || seconds === undefined || Number.isNaN(seconds))
		return '';
	const s = Math.max(0, Math.floor(seconds));

	if (s < MINUTE)
		return `${s}s`;
	if (s < HOUR)
		return `${Math.floor(s / MINUTE)}m${two(s % MINUTE)}s`;
	if (s < DAY)
		return `${Math.floor(s / HOUR)}h${two(Math.floor(s % HOUR / MINUTE))}m`;
	return `${Math.floor(s / DAY)}${day}${two(Math.floor(s % DAY / HOUR))}h`;
}

/** Seconds in all their units, none of them zero: 15 min, 1 h 5 s; or 0 s. */
export function wholeDuration(seconds, day) {
	const units = [[day, Math.floor(seconds / DAY)],
		['h', Math.floor(seconds % DAY / HOUR)],
		['min', Math.floor(seconds % HOUR / MINUTE)],
		['s', seconds % MINUTE]];

	return units.filter(([unit, n]) => n > 0 ||
	    unit === 's' && seconds === 0).map(([unit, n]) =>
	    `${n}\u00a0${unit}`).join(' ');
}

/** An age in one unit. */
export function age(seconds, day) {
	if (seconds === null || seconds === undefined || Number.isNaN(seconds))
		return '';
	const s = Math.max(0, Math.floor(seconds));

	if (s < MINUTE)
		return `${s}\u00a0s`;
	if (s < HOUR)
		return `${Math.floor(s / MINUTE)}\u00a0min`;
	if (s < DAY)
		return `${Math.floor(s / HOUR)}\u00a0h`;
	return `${Math.floor(s / DAY)}\u00a0${day}`;
}

const dates = new Map();

/** Making an Intl object is slow, so each is made once. */
function dateFormat(locale, zone, shape) {
	const key = `${locale} ${zone} ${Object.keys(shape)}`;

	if (!dates.has(key))
		dates.set(key, new Intl.DateTimeFormat(locale,
		    { ...shape, timeZone: zone, hourCycle: 'h23' }));
	return dates.get(key);
}

const DATE = { year: 'numeric', month: '2-digit', day: '2-digit' };
const TIME = { hour: '2-digit', minute: '2-digit' };
const SECOND = { ...TIME, second: '2-digit' };

function near(iso, now, locale, zone, shape) {
	const at = iso ? new Date(iso) : null;

	if (at === null || Number.isNaN(at.getTime()))
		return '';
	const day = dateFormat(locale, zone, DATE);
	const time = dateFormat(locale, zone, shape).format(at);

	if (day.format(at) === day.format(new Date(now)))
		return time;
	return `${dateFormat(locale, zone,
	    { month: '2-digit', day: '2-digit' }).format(at)} ${time}`;
}

/**
 * The time of an RFC 3339 date if it is on the day of now (ms), else day,
 * month and time.  zone undefined: the browser's.
 */
export function shortDate(iso, now, locale, zone) {
	return near(iso, now, locale, zone, TIME);
}

/** The same to the second. */
export function shortTime(iso, now, locale, zone) {
	return near(iso, now, locale, zone, SECOND);
}

/** Hours, minutes and seconds of an RFC 3339 date. */
export function timeOfDay(iso, locale, zone) {
	const at = iso ? new Date(iso) : null;

	return at === null || Number.isNaN(at.getTime()) ? '' :
	    dateFormat(locale, zone, SECOND).format(at);
}

/** A date in full, to the second. */
export function fullDate(iso, locale, zone) {
	const at = iso ? new Date(iso) : null;

	return at === null || Number.isNaN(at.getTime()) ? '' :
	    dateFormat(locale, zone, { ...DATE, ...SECOND }).format(at);
}

const numbers = new Map();

function formatted(value, locale, style) {
	const key = `${locale} ${style}`;

	if (value === null || value === undefined)
		return '';
	if (!numbers.has(key))
		numbers.set(key, new Intl.NumberFormat(locale,
		    { style, maximumFractionDigits: 0 }));
	return numbers.get(key).format(value);
}

export function number(value, locale) {
	/* Most numbers are small, and Intl is slow. */
	if (value >= 0 && value < 1000 && Number.isInteger(value))
		return String(value);
	return formatted(value, locale, 'decimal');
}

/** A share from 0 to 1; less than the whole is never 100 %. */
export function percent(share, locale) {
	return formatted(share > .99 && share < 1 ? .99 : share, locale,
	    'percent');
}

/** 'Zoé Le Goff' -> 'ZG': first and last word; without a name, the login. */
export function initials(name, login) {
	const words = (name ?? '').match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu) ?? [];

	if (words.length === 0)
		return Array.from(login ?? '').slice(0, 2).join('').toUpperCase();
	const picked = words.length === 1 ? [words[0]] : [words[0], words.at(-1)];

	return picked.map((word) => Array.from(word)[0]).join('').toUpperCase();
}

/** French numbers in groups of two digits; everything else as it is. */
export function phone(text) {
	const m = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');

	return m === null ? text ?? '' : `+33 ${m.slice(1).join(' ')}`;
}

/** The first characters of a session id. */
export function shortId(id) {
	const text = id ?? '';

	return text.length > 10 ? `${text.slice(0, 8)}…` : text;
}
