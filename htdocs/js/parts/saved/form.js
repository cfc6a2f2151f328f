/** The dialog that saves, changes, shares and deletes a saved view. */
import { closeByClick, element, text } from '../../lib/dom.js';
import { record } from '../../lib/values.js';
import { savedForm, savedName, viewOf } from '../../lists/saved.js';
import { wholeTeams } from '../../model/reader.js';
import { failureWord } from '../../model/sources.js';
import { chipsOf } from '../narrow/chips.js';
import { sharedWord } from './menu.js';

const NAME_MAX = 80;		/* characters, as the database has it */

function labelled(input, className = '') {
	return element('label', { className }, ...input.type === 'checkbox' ?
	    [input, element('span', { className: 'word' })] :
	    [element('span', { className: 'word' }), input]);
}

function option(value, word) {
	return element('option', { value, textContent: word });
}

export class SavedForm {
	#dialog;
	#board;
	#acts;
	#saved = null;		/* what is changed; null: a new one */
	#sure = false;		/* a click on delete deletes */
	#busy = false;		/* until the API has answered */
	#problem = element('p', { className: 'problem bad', role: 'alert' });
	#name = element('input', { type: 'text', name: 'name', required: true,
		maxLength: NAME_MAX, pattern: '.*\\S.*', autocomplete: 'off' });
	#what = element('p', { className: 'dim' });
	#replace = element('input', { type: 'checkbox', name: 'replace' });
	#first = element('input', { type: 'checkbox', name: 'first' });
	#shared = element('select', { name: 'shared' });
	#delete = element('button', { type: 'button', className: 'delete' });
	#store = element('button', { className: 'store' });
	#labels;

	/**
	 * dialog: as in index.html.  acts: add(fields), change(saved, fields)
	 * and remove(saved) promise that it is done, added(id) shows it as the
	 * view that is open, teams() promises the teams of the users, say(words)
	 * tells the reader.
	 */
	constructor(dialog, board, acts) {
		const form = dialog.querySelector('form');

		this.#dialog = dialog;
		this.#board = board;
		this.#acts = acts;
		this.#labels = [this.#name, this.#replace, this.#first, this.#shared]
		    .map((input) => labelled(input));
		form.append(this.#problem, this.#labels[0], this.#what,
		    ...this.#labels.slice(1), element('div',
		        { className: 'buttons' }, this.#delete, this.#store));
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			this.#submit();
		});
		form.addEventListener('change', () => this.#drawWhat());
		this.#first.addEventListener('change', () => this.#suggest());
		this.#delete.addEventListener('click', () => this.#remove());
		closeByClick(dialog);
	}

	/** error: why the view could not be saved as it is shown, or null. */
	open(saved, error = null) {
		const { t } = this.#board;

		this.#saved = saved;
		this.#name.value = saved === null ? '' : savedName(saved, t);
		this.#replace.checked = saved === null || error !== null;
		this.#first.checked = saved?.is_default ?? false;
		this.#words();
		this.#drawShared([]);
		this.#fail(error);
		this.#dialog.showModal();
		this.#name.focus();
		this.#offerTeams();
	}

	/** The words, and what is offered for this view. */
	#words() {
		const { t } = this.#board, saved = this.#saved;
		const words = [t('saved.name'), t('saved.replace'),
			t('saved.first'), t('saved.share')];

		text(this.#dialog.querySelector('.title'), saved === null ?
		    t('saved.new') : t('saved.edit',
		        { name: savedName(saved, t) }));
		this.#labels.forEach((label, i) =>
		    text(label.querySelector('.word'), words[i]));
		this.#labels[1].hidden = saved === null;
		this.#labels[2].hidden = saved !== null && !saved.mine;
		text(this.#store, t('saved.store'));
		text(this.#delete, t('saved.delete'));
		this.#delete.hidden = saved === null;
		this.#sure = false;
		this.#drawWhat();
	}

	/** What the view shows: that on the board, or what was saved. */
	#drawWhat() {
		const { t, view } = this.#board;
		const shown = this.#replace.checked ? view : viewOf(this.#saved);
		const chips = chipsOf(shown, t, (key) => this.#board.queueWord(key))
		    .map(({ name, word }) => t('saved.chip', { name, word }));

		text(this.#what, t('saved.what',
		    { what: [t(`tab.${shown.view}`), ...chips].join(' · ') }));
	}

	/** A default without a name is called as everybody calls it. */
	#suggest() {
		if (this.#first.checked && this.#name.value.trim() === '')
			this.#name.value = this.#board.t('saved.default');
	}

	/** With whom it can be shared: nobody, all, one of these teams. */
	#drawShared(teams) {
		const { t, me } = this.#board, is = this.#saved?.shared ?? 'none';
		const may = me?.permits.share === true;
		const values = ['none', ...may ? ['all'] : [],
			...may ? wholeTeams(me, teams).map((team) =>
			    `team:${team}`) : []];
		const chosen = this.#shared.options.length > 0 &&
		    this.#dialog.open ? this.#shared.value : is;

		for (const value of [is, chosen])
			if (!values.includes(value))
				values.push(value);
		this.#shared.replaceChildren(...values.map((value) =>
		    option(value, sharedWord(value, t) || t('saved.nobody'))));
		this.#shared.value = chosen;
		this.#labels[3].hidden = values.length === 1;
	}

	async #offerTeams() {
		if (this.#board.me?.permits.share !== true)
			return;
		const teams = await this.#acts.teams();

		if (this.#dialog.open)
			this.#drawShared(teams);
	}

	/** The fields that differ from what is saved. */
	#fields() {
		const saved = this.#saved, { t, view } = this.#board;
		const name = this.#name.value.trim();
		const wanted = { name: saved !== null &&
			name === savedName(saved, t) ? saved.name : name,
			shared: this.#shared.value,
			...saved === null || saved.mine ?
				{ is_default: this.#first.checked } : {},
			...this.#replace.checked ? savedForm(view) : {} };

		return saved === null ? wanted : record(Object.entries(wanted)
		    .filter(([field, value]) => value !== saved[field]));
	}

	async #submit() {
		const saved = this.#saved, fields = this.#fields();
		const name = this.#name.value.trim();

		await this.#attempt(async () => {
			if (saved === null)
				this.#acts.added(await this.#acts.add(fields));
			else if (Object.keys(fields).length > 0)
				await this.#acts.change(saved, fields);
			if (saved !== null && this.#replace.checked)
				this.#acts.added(saved.id);
		}, this.#board.t('saved.done', { name }));
	}

	/** The first click asks for a second one. */
	async #remove() {
		const { t } = this.#board, saved = this.#saved;

		if (!this.#sure) {
			this.#sure = true;
			text(this.#delete, t('saved.delete.sure'));
			return;
		}
		await this.#attempt(() => this.#acts.remove(saved),
		    t('saved.gone', { name: savedName(saved, t) }));
	}

	/** Does it, once at a time; then closes, or says why not. */
	async #attempt(act, done) {
		if (this.#busy)
			return;
		this.#busy = true;
		try {
			await act();
			this.#dialog.close();
			this.#acts.say(done);
		} catch (error) {
			this.#fail(error);
		} finally {
			this.#busy = false;
		}
	}

	/**
	 * Says what went wrong; null: nothing.  What somebody else changed or
	 * deleted meanwhile has been read anew: the next attempt is about that.
	 */
	#fail(error) {
		const { saved } = this.#board;

		text(this.#problem, error === null ? '' : this.#failureWord(error));
		this.#problem.hidden = error === null;
		if (error === null || this.#saved === null)
			return;
		if ([404, 412].includes(error.status))
			this.#saved = saved?.find(({ id }) =>
			    id === this.#saved.id) ?? null;
		if (this.#saved === null)
			this.#replace.checked = true;
		this.#words();
	}

	#failureWord(error) {
		const { t, saved } = this.#board;
		const now = saved?.find(({ id }) => id === this.#saved?.id);

		if (![404, 412].includes(error.status))
			return failureWord(error, t);
		return now === undefined ? t('saved.lost') :
		    t('saved.changed', { name: savedName(now, t) });
	}
}
