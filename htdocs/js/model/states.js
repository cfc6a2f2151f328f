/**
 * The states of users, in display order.  Each is also the name of a glyph
 * (img/glyphs.svg), of two colours (css/theme.css) and, after "state.", of a
 * word in the dictionaries.
 */
export const STATES = Object.freeze([
	'available', 'ringing', 'talking', 'held', 'outbound', 'other_call',
	'wrapup', 'paused', 'withdrawn', 'supervising', 'offline', 'unknown',
]);

/** A state that this page does not know is drawn as unknown. */
export function known(state) {
	return STATES.includes(state) ? state : 'unknown';
}

/** 'Pause café' -> 'café' */
export function pauseReason(label) {
	return (label ?? '').replace(/^pause\b[\s:–-]*/i, '').trim();
}

/** The word for a state; for a pause also its reason. */
export function stateWord(t, state, modeLabel) {
	const word = STATES.includes(state) ? t(`state.${state}`) : state;
	const reason = state === 'paused' ? pauseReason(modeLabel) : '';

	return reason === '' ? word : t('state.paused.reason', { reason });
}

/** The stages of a call in their order, with glyph and state's colours. */
export const STAGES = Object.freeze({
	__proto__: null,
	waiting: { glyph: 'stale', state: 'ringing' },
	dialling: { glyph: 'outbound', state: 'outbound' },
	ringing: { glyph: 'ringing', state: 'ringing' },
	talking: { glyph: 'talking', state: 'talking' },
	wrapup: { glyph: 'wrapup', state: 'wrapup' },
	managed: { glyph: 'done', state: 'offline' },
	unmanaged: { glyph: 'down', state: 'withdrawn' },
	vanished: { glyph: 'unknown', state: 'unknown' },
});

/** A stage that this page does not know is drawn as vanished. */
export function stageOf(stage) {
	const name = Object.hasOwn(STAGES, stage) ? stage : 'vanished';

	return { name, look: STAGES[name] };
}
