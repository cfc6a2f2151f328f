/**
 * The menu of saved views: opens one, and leads to the form that saves one.  Its
 * button is named like the view that is open; beside it stands what saves a view
 * that was modified.
 */
import { attribute, element, followLinks, glyph, keyed, text } from
    '../../lib/dom.js';
import { format } from '../../lists/address.js';
import { savedName, viewOf } from '../../lists/saved.js';
import { limitsWord, may } from '../../model/reader.js';
import { openUnder } from '../narrow/popover.js';

/* The groups of the menu, by name: whose views they have. */
const GROUPS = Object.freeze({ __proto__: null,
	mine: ({ mine }) => mine,
	others: ({ mine, shipped }) => !mine && shipped === null,
	shipped: ({ shipped }) => shipped !== null });

/** With whom a view is shared, in words; '' for nobody. */
export function sharedWord(shared, t) {
	if (shared === 'all')
		return t('saved.all');
	/* Of a team above one's own the name is not told. */
	if (shared === 'team')
		return t('saved.above');
	return shared.startsWith('team:') ?
	    t('saved.team', { team: shared.slice(5) }) : '';
}

/** What is said of a view beside its name. */
function remarks(saved, t) {
	const who = saved.shipped === null ? sharedWord(saved.shared, t) : '';

	return [
		saved.is_default ? t('saved.opens') : '',
		saved.list === 'users' ? '' : t(`tab.${saved.list}`),
		who && t('saved.with', { who }),
		saved.outside > 0 ? t('saved.outside', { n: saved.outside }) : '',
	].filter(Boolean).join(' · ');
}

class SavedMenu {
	#button;
	#panel;
	#acts;
	#board;
	#keep;
	#limits = element('p', { className: 'limits' });
	#lists = element('div', { className: 'groups' });
	#save = element('button', { type: 'button' });
	#sign = element('p', { className: 'dim' });

	/** See createSaved(). */
	constructor({ button, panel, keep }, acts) {
		this.#button = button;
		this.#panel = panel;
		this.#keep = keep;
		this.#acts = acts;
		panel.append(this.#limits, this.#lists, this.#save, this.#sign);
		panel.addEventListener('beforetoggle', ({ newState }) => {
			if (newState !== 'open')
				return;
			this.#draw();
			acts.refresh();
		});
		openUnder(button, panel);
		followLinks(this.#lists, (link) => {
			panel.hidePopover();
			acts.go(() => viewOf(this.#find(link)));
		});
		this.#save.addEventListener('click', () => this.#edit(null));
		keep.addEventListener('click', () => {
			const { saved } = this.#board.opened();

			button.focus();
			if (saved.mine)
				acts.keep(saved);
			else
				acts.edit(null);
		});
	}

	/** The view that a node in its row is about. */
	#find(node) {
		const { key } = node.closest('li').dataset;

		return this.#board.saved.find(({ id }) => String(id) === key);
	}

	#edit(saved) {
		this.#panel.hidePopover();
		this.#acts.edit(saved);
	}

	update(board) {
		const { t, me, view } = board, opened = board.opened();
		const name = opened === null ? null : savedName(opened.saved, t);

		this.#board = board;
		this.#button.hidden = !may(me, 'views');
		this.#button.classList.toggle('on', opened !== null);
		text(this.#button.querySelector('.word'), name ?? t('saved'));
		attribute(this.#button, 'aria-label', name === null ? null :
		    t('saved.named', { name }));
		attribute(this.#button, 'title', name);
		this.#keep.hidden = view.view === 'wall' || !this.#signedIn() ||
		    opened?.modified !== true;
		if (opened !== null)
			text(this.#keep, t(opened.saved.mine ? 'saved.keep' :
			    'saved.keep.as'));
		if (this.#panel.matches(':popover-open'))
			this.#draw();
	}

	#signedIn() {
		return this.#board.me?.anonymous === false;
	}

	#draw() {
		const { t, me, saved } = this.#board;
		const limits = me === null ? '' : limitsWord(me, t);
		const opened = this.#board.opened()?.saved.id;
		const groups = Object.keys(GROUPS).filter((name) =>
		    saved?.some(GROUPS[name]));

		this.#limits.hidden = limits === '';
		text(this.#limits, t('saved.limits', { scope: limits }));
		keyed(this.#lists, groups, () => element('section', {},
		    element('h3'), element('ul')), (section, name) => {
			text(section.firstChild, t(`saved.group.${name}`));
			this.#drawGroup(section.lastChild,
			    saved.filter(GROUPS[name]), opened);
		});
		text(this.#save, t('saved.save'));
		this.#save.hidden = !this.#signedIn();
		text(this.#sign, t('saved.sign'));
		this.#sign.hidden = me === null || this.#signedIn();
	}

	#drawGroup(list, views, opened) {
		const { t } = this.#board;
		const byKey = new Map(views.map((saved) => [saved.id, saved]));

		keyed(list, [...byKey.keys()], () => this.#makeRow(), (li, id) => {
			const saved = byKey.get(id), name = savedName(saved, t);
			const [link, edit] = li.children;

			text(link.firstChild, name);
			text(link.lastChild, remarks(saved, t));
			attribute(link, 'href', format(viewOf(saved)) || './');
			attribute(link, 'aria-current',
			    id === opened ? 'true' : null);
			edit.hidden = !saved.may_change || !this.#signedIn();
			attribute(edit, 'aria-label', t('saved.edit', { name }));
			attribute(edit, 'title', t('saved.edit', { name }));
		});
	}

	#makeRow() {
		const edit = element('button', { type: 'button' }, glyph('wrapup'));

		edit.addEventListener('click', () => this.#edit(this.#find(edit)));
		return element('li', {}, element('a', {},
		    element('span', { className: 'word' }),
		    element('small')), edit);
	}
}

/**
 * places: {button, panel, keep} of index.html.  acts: go(change, how) gets a
 * function from a view to the next one, refresh() reads the saved views anew,
 * keep(saved) saves in it what is shown, edit(saved) opens the form for it, or
 * for a new one (null).
 */
export function createSaved(places, acts) {
	const menu = new SavedMenu(places, acts);

	return { update: (board) => menu.update(board) };
}
