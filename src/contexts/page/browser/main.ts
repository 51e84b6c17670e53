import { completeQuery } from '../../query/complete.js';
import { Detail } from './detail.js';
import { byId, el, numberText, onlyHere } from './dom.js';
import { Editor } from './editor.js';
import { copyText, saveFile, selectionJson } from './export.js';
import { Facets } from './facets.js';
import { completeOptions } from './known-values.js';
import { ContextList } from './list.js';
import { type Fault, isExpression, searchFor } from './search.js';
import { facetColumns, type Search, type Selection, select } from './select.js';
import { FRESH, queryOf, readHash, type State, writeHash } from './state.js';
import { openDetails, openStore, type Store } from './store.js';
import { TimeLine } from './timeline.js';

/** The page: what is chosen, and all that shows it. */
class ContextsPage {
  readonly #store: Store;
  readonly #facets: ReturnType<typeof facetColumns>;
  readonly #rowOfId: Map<number, number>;
  readonly #foreground: number;
  readonly #list: ContextList;
  readonly #detail: Detail;
  readonly #line: TimeLine;
  readonly #choices: Facets;
  readonly #editor: Editor;
  #state: State;
  #search: Search = null;
  #isExpression = false;
  #speaksOfBackground = false;
  #found: Selection | null = null;

  constructor(store: Store, ready: Promise<void>) {
    this.#store = store;
    this.#state = readHash(location.hash);
    this.#facets = facetColumns(store);
    this.#rowOfId = new Map(Array.from(store.numbers.id!, (id, row) => [id, row]));
    this.#foreground = (store.numbers.background as Uint8Array).filter((one) => one === 0).length;
    this.#list = new ContextList(byId('list'), byId('rows'), store, (row) => this.#open(row));
    this.#detail = new Detail(byId('detail'), store, ready, {
      close: () => this.#close(),
      copy,
      open: (row) => this.#open(row),
      history: (key) => this.#history(key),
      step: (by) => this.#step(by),
      ask: (text) => this.#ask(text),
    });
    const canvas = byId('timeline') as HTMLCanvasElement;
    this.#line = new TimeLine(canvas, byId('moment'), store, this.#state, (part) => this.#change(part));
    this.#choices = new Facets(byId('facets'), this.#facets, (name, value) => this.#turn(name, value));
    const completions = completeOptions(store);
    this.#editor = new Editor(
      {
        input: byId('query') as HTMLInputElement,
        paint: byId('paint'),
        options: byId('options'),
        fault: byId('fault'),
      },
      {
        complete: (text, caret) => completeQuery(text, caret, completions),
        look: (text) => this.#look(text),
        leave: () => this.#list.focus(),
      },
    );
    this.#listen();
    this.begin();
    // What could not be asked before its columns were there.
    void ready.then(() => {
      if (this.#isExpression) this.#editor.set(this.#state.query);
    });
  }

  /** Shows what the address says. */
  begin(): void {
    this.#state = readHash(location.hash);
    this.#editor.set(this.#state.query);
    this.#show();
    const row = this.#openRow;
    if (row >= 0) this.#open(row, false);
    else if (this.#state.object !== null) this.#history(this.#state.object, false);
    else this.#hide();
  }

  /** Takes a change of what is chosen, writes it into the address, and shows it. */
  #change(part: Partial<State>): void {
    this.#remember(part);
    this.#show();
  }

  #remember(part: Partial<State>): void {
    this.#state = { ...this.#state, ...part };
    history.replaceState(null, '', writeHash(this.#state));
  }

  #show(): void {
    const state = { ...this.#state, background: this.#showsBackground };
    const found = select(this.#store, this.#facets, state, this.#search);
    this.#found = found;
    this.#list.show(found.rows, state.zone, this.#openRow);
    this.#line.show(found.anytime, state);
    this.#choices.show(found.counts, state);
    const all = state.background ? this.#store.size : this.#foreground;
    byId('count').textContent = `${numberText(found.rows.length)} of ${numberText(all)} contexts`;
    this.#empty(found.rows.length, all);
    const kept = {
      zone: 'UTC',
      open: null,
      object: null,
      sort: 'time',
      down: false,
      viewFrom: null,
    } as const;
    byId('reset').hidden = writeHash({ ...state, ...kept, background: false }) === '#';
    byId('zoom-in').hidden = state.from === null || state.from === state.viewFrom;
    byId('zoom-out').hidden = state.viewFrom === null;
    for (const head of document.querySelectorAll<HTMLElement>('[data-sort]'))
      head.parentElement!.setAttribute(
        'aria-sort',
        head.dataset.sort !== state.sort ? 'none' : state.down ? 'descending' : 'ascending',
      );
    (byId('zone') as HTMLSelectElement).value = state.zone;
    (byId('background') as HTMLInputElement).checked = this.#state.background;
  }

  get #showsBackground(): boolean {
    return this.#state.background || this.#speaksOfBackground;
  }

  #empty(shown: number, all: number): void {
    const place = byId('empty');
    place.hidden = shown > 0;
    if (shown > 0) return;
    const folded = this.#store.size - this.#foreground;
    const says =
      all > 0
        ? 'No context is like that.'
        : folded > 0
          ? `There is nothing but background here, the control plane’s own work: ${numberText(folded)} contexts are folded away.`
          : 'There are no contexts in this log.';
    place.replaceChildren(el('p', {}, says));
    if (all === 0) return;
    const button = el('button', { type: 'button' }, 'Show all');
    button.addEventListener('click', () => this.#reset());
    place.append(button);
  }

  get #openRow(): number {
    return this.#state.open === null ? -1 : (this.#rowOfId.get(Number(this.#state.open.slice(1))) ?? -1);
  }

  #open(row: number, focus = true): void {
    this.#remember({ open: `c${this.#store.numbers.id![row]}`, object: null });
    void this.#detail.show(row, this.#state.zone);
    document.body.classList.add('with-detail');
    this.#list.opened(row, true);
    this.#line.opened(row);
    if (focus) this.#detail.focus();
  }

  #history(key: string, focus = true): void {
    this.#remember({ object: key, open: null });
    void this.#detail.history(key, this.#state.zone);
    document.body.classList.add('with-detail');
    this.#list.opened(-1);
    this.#line.opened(-1);
    if (focus) this.#detail.focus();
  }

  #step(by: number): void {
    const row = this.#list.step(by);
    if (row !== undefined) this.#open(row);
  }

  #close(): void {
    this.#remember({ open: null, object: null });
    this.#hide();
    this.#list.focus();
  }

  #hide(): void {
    this.#detail.hide();
    document.body.classList.remove('with-detail');
    this.#list.opened(-1);
    this.#line.opened(-1);
  }

  /** What is looked for: words, or an expression, whose faults are shown in their place. */
  #look(text: string): Fault | null {
    const found = searchFor(this.#store, text);
    if ('fault' in found) {
      // What the words before found is not what the expression will find.
      if (isExpression(text) && !this.#isExpression && this.#search) {
        this.#search = null;
        this.#speaksOfBackground = false;
        this.#show();
      }
      return found.fault;
    }
    if ('later' in found) {
      this.#isExpression = true;
      this.#remember({ query: text });
      return null;
    }
    this.#search = found.search;
    this.#isExpression = found.isExpression;
    this.#speaksOfBackground = found.speaksOfBackground;
    this.#change({ query: text });
    return null;
  }

  #ask(text: string): void {
    this.#editor.set(text);
  }

  #turn(name: string, value: string): void {
    const old = this.#state.facets[name] ?? [];
    const values = old.includes(value) ? old.filter((one) => one !== value) : [...old, value];
    const { [name]: _, ...rest } = this.#state.facets;
    this.#change({ facets: values.length > 0 ? { ...rest, [name]: values } : rest });
  }

  #reset(): void {
    const { zone, open, object, sort, down } = this.#state;
    this.#remember({ ...FRESH, zone, open, object, sort, down });
    this.#editor.set('');
  }

  #listen(): void {
    const on = (id: string, work: () => void): void => byId(id).addEventListener('click', work);
    on('reset', () => this.#reset());
    on('copy', () => {
      const state = { ...this.#state, background: this.#showsBackground };
      copy(queryOf(state, this.#isExpression, onlyHere()), 'query');
    });
    on('link', () => copy(location.href, 'link'));
    on('export', () => {
      saveFile('contexts.jsonl', selectionJson(this.#store, this.#found!.rows));
      byId('said').textContent = `Saved ${numberText(this.#found!.rows.length)} contexts.`;
    });
    on('zoom-in', () => this.#line.zoom(true));
    on('zoom-out', () => this.#line.zoom(false));
    const keys = byId('keys') as HTMLDialogElement;
    on('help', () => keys.showModal());
    on('keys-close', () => keys.close());
    keys.addEventListener('click', (event) => {
      const example = (event.target as Element).closest<HTMLElement>('[data-example]')?.dataset.example;
      if (example === undefined) return;
      keys.close();
      this.#ask(example);
      this.#editor.focus();
    });
    byId('zone').addEventListener('change', () => {
      this.#change({ zone: (byId('zone') as HTMLSelectElement).value === 'local' ? 'local' : 'UTC' });
      if (this.#openRow >= 0) this.#open(this.#openRow, false);
      else if (this.#state.object !== null) this.#history(this.#state.object, false);
    });
    byId('background').addEventListener('change', () =>
      this.#change({ background: (byId('background') as HTMLInputElement).checked }),
    );
    for (const head of document.querySelectorAll<HTMLElement>('[data-sort]'))
      head.addEventListener('click', () => {
        const sort = head.dataset.sort!;
        const { sort: old, down } = this.#state;
        this.#change({ sort, down: old === sort ? !down : sort === 'lines' || sort === 'took' });
      });
    addEventListener('keydown', (event) => this.#key(event));
    addEventListener('hashchange', () => this.begin());
  }

  #key(event: KeyboardEvent): void {
    const typing =
      event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    const keys = byId('keys') as HTMLDialogElement;
    if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const { open, object, background } = this.#state;
    if (event.key === '/') this.#editor.focus();
    else if (event.key === '?') keys.showModal();
    else if (event.key === 'b') this.#change({ background: !background });
    else if (event.key === '[' || event.key === ']') this.#step(event.key === '[' ? -1 : 1);
    else if (event.key === 'Escape' && (open !== null || object !== null)) this.#close();
    else return;
    event.preventDefault();
  }
}

function copy(text: string, what: string): void {
  copyText(text, () => {
    byId('said').textContent = `Copied the ${what}.`;
  });
}

if (matchMedia('(max-width: 700px)').matches) byId('facet-box').removeAttribute('open');
void openStore().then((store) => {
  const ready = new Promise<void>((resolve) => setTimeout(resolve)).then(() => openDetails(store));
  new ContextsPage(store, ready);
  // After the next frame the list is seen.
  requestAnimationFrame(() => setTimeout(() => performance.mark('list')));
});
