/** The day of one user hour by hour: minutes in each state, as a chart. */
import { Chart } from './chart.js';
import { duration, timeOfDay } from '../../lib/format.js';
import { Reader } from './reader.js';
import { HOUR, hourly } from '../../model/day.js';

/** As createTimeline(), below it. */
export function createHourly(part, words) {
	const chart = new Chart(part);
	let day = null, language = null;	/* its t() */

	const reader = new Reader(part, words, {
		find: (clientX) => chart.find(clientX),
		mark: (i) => chart.point(i),
		tell(i) {
			const t = language;
			const at = day.hours[i];
			const time = (ms) => timeOfDay(new Date(ms)
			    .toISOString(), t.locale).slice(0, 5);

			return `${time(at)} → ${time(at + HOUR)} · ${day.states
			    .filter((state) => day.seconds[state][i] >= 1)
			    .map((state) => `${t(`state.${state}`)} ${
			        duration(day.seconds[state][i], t.day)}`)
			    .join(', ')}`;
		},
	});

	return {
		update(list, from, to, t) {
			const unit = t('chart.minutes');

			language = t;
			day = hourly(list, from, to);
			chart.show({
				x: day.hours.map((ms) => (ms + HOUR / 2) / 1000),
				from: day.hours[0] / 1000,
				to: (day.hours.at(-1) + HOUR) / 1000,
				most: 60, unit,
				series: day.states.map((state) => ({
					look: `s-${state}`,
					values: day.seconds[state].map((s) =>
					    s / 60),
				})),
			}, t);
			part.hidden = list.length === 0;
			reader.update(day.hours.map(String), t('detail.point'));
		},

		reset: () => reader.reset(),
	};
}
