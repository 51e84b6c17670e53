import { actionNodes, el, numberText, timeText, tookText, visible } from './dom.js';
import type { State } from './state.js';
import { linesOf, type Store, textAt } from './store.js';

/** Rows above and below the window that are there too. */
const SPARE = 8;
/** Browsers give up on elements higher than some 30 million pixels; beyond this the list is squeezed. */
const HIGHEST = 15_000_000;
/** Rows of a printed list. */
const PRINTED = 1000;

/** The list of contexts: only the rows in sight are in the document. */
export class ContextList {
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #store: Store;
  readonly #open: (row: number) => void;
  #rows: Uint32Array = new Uint32Array();
  #zone: State['zone'] = 'UTC';
  /** Place in the list of the row that keys move. */
  #active = 0;
  #opened = -1;
  #drawn = '';
  #printing = false;

  constructor(scroller: HTMLElement, body: HTMLElement, store: Store, open: (row: number) => void) {
    this.#scroller = scroller;
    this.#body = body;
    this.#store = store;
    this.#open = open;
    scroller.addEventListener('scroll', () => requestAnimationFrame(() => this.#draw()), { passive: true });
    scroller.addEventListener('keydown', (event) => this.#key(event));
    body.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-at]');
      if (!row) return;
      this.#active = Number(row.dataset.at);
      open(this.#rows[this.#active]!);
    });
    new ResizeObserver(() => this.#draw(true)).observe(scroller);
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
  }

  /** Shows other rows. */
  show(rows: Uint32Array, zone: State['zone'], opened: number): void {
    this.#rows = rows;
    this.#zone = zone;
    this.#opened = opened;
    this.#active = Math.min(this.#active, Math.max(0, rows.length - 1));
    this.#scroller.setAttribute('aria-rowcount', String(rows.length + 1));
    this.#draw(true);
  }

  /** Marks the row that is open, and brings it into sight where asked to. */
  opened(row: number, reveal = false): void {
    this.#opened = row;
    const at = reveal ? this.#rows.indexOf(row) : -1;
    if (at < 0) this.#draw(true);
    else {
      this.#active = at;
      this.#reveal();
    }
  }

  /** The row before or after the active one. */
  step(by: number): number | undefined {
    this.#active = Math.max(0, Math.min(this.#rows.length - 1, this.#active + by));
    this.#reveal();
    return this.#rows[this.#active];
  }

  focus(): void {
    this.#scroller.focus();
  }

  get #height(): number {
    return this.#scroller.clientWidth < 700 ? 58 : 34;
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      j: 1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: -1e9,
      End: 1e9,
    };
    const by = steps[event.key];
    if (by !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) this.step(by);
    else if ((event.key === 'Enter' || event.key === ' ') && this.#rows.length > 0)
      this.#open(this.#rows[this.#active]!);
    else return;
    event.preventDefault();
  }

  #reveal(): void {
    const scale = this.#scale;
    const top = this.#active * this.#height * scale;
    const { scrollTop } = this.#scroller;
    // The head stands before the rows, and stays.
    const clientHeight = this.#scroller.clientHeight - this.#body.offsetTop;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + this.#height > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + this.#height - clientHeight;
    this.#draw(true);
  }

  /** 1, or less where the list would be higher than browsers can. */
  get #scale(): number {
    return Math.min(1, HIGHEST / Math.max(1, this.#rows.length * this.#height));
  }

  #draw(anew = false): void {
    if (this.#printing) return;
    const height = this.#height;
    const { scrollTop, clientHeight } = this.#scroller;
    const scale = this.#scale;
    const total = this.#rows.length * height * scale;
    const first = Math.max(0, Math.floor(scrollTop / scale / height) - SPARE);
    const last = Math.min(
      this.#rows.length,
      Math.ceil(scrollTop / scale / height + clientHeight / height) + SPARE,
    );
    const key = `${first} ${last}`;
    if (!anew && key === this.#drawn) return;
    this.#drawn = key;
    this.#body.style.height = `${total}px`;
    const shift = scrollTop - (scrollTop / scale - first * height);
    const nodes: Node[] = [];
    for (let at = first; at < last; at++) {
      const row = this.#row(at);
      row.style.transform = `translateY(${scale === 1 ? at * height : shift + (at - first) * height}px)`;
      nodes.push(row);
    }
    this.#body.replaceChildren(...nodes);
    if (this.#rows.length > 0) this.#scroller.setAttribute('aria-activedescendant', `row-${this.#active}`);
    else this.#scroller.removeAttribute('aria-activedescendant');
  }

  #row(at: number): HTMLElement {
    const store = this.#store;
    const row = this.#rows[at]!;
    const { texts, numbers } = store;
    const outcome = textAt(texts, 'outcome', row);
    const code = numbers.code![row]!;
    const incident = textAt(texts, 'incident', row);
    const bad = outcome === 'failed' || outcome === 'refused' || incident !== '';
    const lines = linesOf(store, row);
    const from = numbers.from![row]!;
    const day = at === 0 || this.#day(this.#rows[at - 1]!) !== this.#day(row);
    const cell = (name: string, ...children: (string | Node | null)[]): HTMLElement =>
      el('div', { role: 'gridcell', class: name }, ...children);
    return el(
      'div',
      {
        role: 'row',
        id: `row-${at}`,
        'data-at': at,
        'aria-rowindex': at + 2,
        'aria-selected': row === this.#opened,
        class: `row${bad ? ' bad' : ''}${at === this.#active ? ' active' : ''}${row === this.#opened ? ' opened' : ''}${numbers.background![row] === 1 ? ' faint' : ''}`,
      },
      cell('time', timeText(from, this.#zone, day)),
      cell('actor', visible(textAt(texts, 'actor', row))),
      cell(
        'action',
        ...actionNodes(textAt(texts, 'text', row)),
        incident === '' ? null : el('span', { class: 'incident' }, visible(incident)),
      ),
      cell('lines', numberText(lines), el('span', { class: 'unit' }, lines === 1 ? ' line' : ' lines')),
      cell(
        'outcome',
        el('span', { class: `dot ${outcome}`, 'aria-hidden': 'true' }),
        code && outcome !== 'done' ? `${outcome} ${code}` : outcome,
      ),
      cell('took', tookText(numbers.took![row]!)),
    );
  }

  #day(row: number): string {
    return timeText(this.#store.numbers.from![row]!, this.#zone, true).slice(0, 10);
  }

  /** Printed, the list is as long as it is, up to a thousand rows. */
  #print(begins: boolean): void {
    this.#printing = begins;
    if (!begins) {
      this.#draw(true);
      return;
    }
    const count = Math.min(PRINTED, this.#rows.length);
    const rest = this.#rows.length - count;
    this.#body.style.height = 'auto';
    this.#body.replaceChildren(
      ...Array.from({ length: count }, (_, at) => this.#row(at)),
      ...(rest > 0 ? [el('p', {}, `… and ${numberText(rest)} more, not printed.`)] : []),
    );
  }
}
