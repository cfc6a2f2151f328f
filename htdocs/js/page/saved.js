/** The saved views: read and changed through the API, kept on the board. */
import { ApiError, read, write } from '../lib/api.js';
import { may } from '../model/reader.js';

const PATH = 'api/v1/views';

/** drawn() is called after a change. */
export function createSavedViews(board, drawn) {
	const language = () => board.t.language;

	/** Nothing to see for who may not, and where the API has none. */
	async function ask(signal) {
		if (board.me !== null && !may(board.me, 'views'))
			return [];
		try {
			return (await read(PATH, language(), signal)).views;
		} catch (error) {
			if (error.refused === true)
				return [];
			throw error;
		}
	}

	async function readAll(signal) {
		board.saved = await ask(signal);
	}

	/** Reads them anew after a change, or the lack of one. */
	async function changing(change) {
		try {
			return await change;
		} finally {
			await readAll().catch((error) => {
				if (!(error instanceof ApiError))
					reportError(error);
			});
			drawn();
		}
	}

	return {
		read: readAll,
		/** The same for the menu that was opened. */
		refresh: () => changing(),
		/** Promises the id of the new one. */
		add: async (fields) => (await changing(write('POST', PATH,
		    language(), { body: fields }))).id,
		change: ({ id, version }, fields) => changing(write('PUT',
		    `${PATH}/${id}`, language(), { body: fields, version })),
		/** Promises the teams that the users are in. */
		teams: async () => Object.keys((await read(
		    'api/v1/users?per_page=1&fields=login', language()))
		    .facets.team).filter(Boolean),
		remove: ({ id, version }) => changing(write('DELETE',
		    `${PATH}/${id}`, language(), { version })),
	};
}
