/**
 * The closed set of states, in display order.  Each is also the name of a
 * glyph in img/glyphs.svg, of a pair of colours in css/theme.css and, behind
 * "state.", of a word in the dictionaries.
 */
export const STATES = Object.freeze([
	'available', 'ringing', 'talking', 'held', 'outbound', 'other_call',
	'wrapup', 'paused', 'withdrawn', 'supervising', 'offline', 'unknown',
]);

/** A code that this page does not know is drawn as unknown, never dropped. */
export function known(state) {
	return STATES.includes(state) ? state : 'unknown';
}

/** 'Pause café' -> 'café': the word before it already says that it is one. */
export function pauseReason(label) {
	return (label ?? '').replace(/^pause\b[\s:–-]*/i, '').trim();
}

/** The word for a state; for a pause also its reason, as people read it. */
export function stateWord(t, state, modeLabel) {
	const word = STATES.includes(state) ? t(`state.${state}`) : state;
	const reason = state === 'paused' ? pauseReason(modeLabel) : '';

	return reason === '' ? word : t('state.paused.reason', { reason });
}

/**
 * The stages of a call, each with the glyph and the state's colours it is
 * drawn with, in the order of a call's life.
 */
export const STAGES = Object.freeze({
	waiting: { glyph: 'stale', state: 'ringing' },
	dialling: { glyph: 'outbound', state: 'outbound' },
	ringing: { glyph: 'ringing', state: 'ringing' },
	talking: { glyph: 'talking', state: 'talking' },
	wrapup: { glyph: 'wrapup', state: 'wrapup' },
	managed: { glyph: 'done', state: 'offline' },
	unmanaged: { glyph: 'down', state: 'withdrawn' },
	vanished: { glyph: 'unknown', state: 'unknown' },
});

/** A stage that this page does not know is drawn as vanished, not dropped. */
export function stageOf(stage) {
	const name = Object.hasOwn(STAGES, stage) ? stage : 'vanished';

	return { name, look: STAGES[name] };
}
