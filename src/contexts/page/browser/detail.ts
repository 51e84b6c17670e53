import { actionNodes, el, numberText, timeText, tookText, visible } from './dom.js';
import { historyList } from './history.js';
import { LineBody } from './line-body.js';
import { lastChangeOf, objectQuery, objectsOf, objectWords } from './objects.js';
import type { State } from './state.js';
import { LineWords, linesOf, type Store, textAt } from './store.js';
import { lineItem, lineSays, treeKeys } from './tree.js';

/** Lines of a tree, and objects of a context, that are shown at once. */
const STEP = 200;
const OBJECTS = 8;

/** What a detail lets one do beside. */
export interface DetailWork {
  close: () => void;
  copy: (text: string, what: string) => void;
  /** Opens a context by its row, an object by its key. */
  open: (row: number) => void;
  history: (key: string) => void;
  /** Opens the context before or after. */
  step: (by: number) => void;
  /** Asks an expression of all contexts. */
  ask: (text: string) => void;
}

/** What is opened: one context with its lines as a tree of causes, or the history of one object. */
export class Detail {
  readonly #place: HTMLElement;
  readonly #store: Store;
  readonly #words: LineWords;
  readonly #body: LineBody;
  readonly #work: DetailWork;
  readonly #ready: Promise<void>;
  /** Counts what was shown, so that what comes late is not shown. */
  #turn = 0;

  /** @param ready When lines can be shown. */
  constructor(place: HTMLElement, store: Store, ready: Promise<void>, work: DetailWork) {
    this.#place = place;
    this.#store = store;
    this.#words = new LineWords(store);
    this.#body = new LineBody(store, this.#words, work.copy, work.history);
    this.#work = work;
    this.#ready = ready;
    place.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') work.close();
      else treeKeys(place, event);
    });
  }

  hide(): void {
    this.#turn++;
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }

  focus(): void {
    this.#place.querySelector<HTMLElement>('#detail-title')?.focus();
  }

  /** Shows a context. */
  async show(row: number, zone: State['zone']): Promise<void> {
    const turn = ++this.#turn;
    const { texts, numbers } = this.#store;
    const text = (name: string): string => visible(textAt(texts, name, row));
    const tree = el('ul', { role: 'tree', 'aria-label': 'lines, effect under cause', class: 'tree' });
    const objects = el('section', { class: 'objects', 'aria-label': 'Objects' });
    const incident = text('incident');
    this.#place.replaceChildren(
      this.#head(actionNodes(textAt(texts, 'text', row)), `c${numbers.id![row]}`, [
        el('button', { type: 'button', onclick: () => this.#copyQuery(row) }, 'Copy as query'),
        el(
          'button',
          { type: 'button', 'aria-label': 'The context before', onclick: () => this.#work.step(-1) },
          '↑',
        ),
        el(
          'button',
          { type: 'button', 'aria-label': 'The context after', onclick: () => this.#work.step(1) },
          '↓',
        ),
      ]),
      incident === '' ? '' : el('p', { class: 'incident' }, `Nobody asked for this: ${incident}`),
      facts(this.#factsOf(row, zone)),
      objects,
      el(
        'h3',
        {},
        `${numberText(linesOf(this.#store, row))} line${linesOf(this.#store, row) === 1 ? '' : 's'}, effect under cause`,
      ),
      tree,
    );
    this.#place.hidden = false;
    this.#place.scrollTop = 0;
    await this.#ready;
    if (turn !== this.#turn) return;
    this.#objects(objects, row, OBJECTS);
    const [start, end] = [numbers.start![row]!, numbers.start![row + 1]!];
    await this.#fill(
      tree,
      { start, at: start, end, more: numbers.more![row]! },
      numbers.from![row]!,
      zone,
      turn,
    );
  }

  /** Shows what happened to an object. */
  async history(key: string, zone: State['zone']): Promise<void> {
    const turn = ++this.#turn;
    const place = el('div', {}, el('p', { class: 'quiet' }, 'Looking…'));
    const last = el('button', { type: 'button' }, 'Cause of its last change');
    const ask = el('button', { type: 'button' }, 'Contexts that touch it');
    ask.addEventListener('click', () => this.#work.ask(objectQuery(key)));
    this.#place.replaceChildren(
      this.#head([el('span', { class: 'kicker' }, 'History of '), visible(objectWords(key))], '', [
        last,
        ask,
      ]),
      place,
    );
    this.#place.hidden = false;
    this.#place.scrollTop = 0;
    await this.#ready;
    const cause = lastChangeOf(this.#store, key);
    last.hidden = cause < 0;
    last.addEventListener('click', () => this.#work.open(cause));
    const list = await historyList(this.#store, this.#words, this.#body, key, zone, this.#work.open);
    if (turn === this.#turn) place.replaceChildren(...list);
  }

  #head(title: (Node | string)[], id: string, buttons: HTMLElement[]): HTMLElement {
    return el(
      'header',
      {},
      el('h2', { id: 'detail-title', tabindex: '-1' }, ...title),
      el(
        'p',
        { class: 'tools' },
        el('span', { class: 'id' }, id),
        ...buttons,
        el(
          'button',
          { type: 'button', class: 'close', 'aria-label': 'Close this', onclick: this.#work.close },
          '✕',
        ),
      ),
    );
  }

  #copyQuery(row: number): void {
    const { texts, numbers } = this.#store;
    const id = `context == "c${numbers.id![row]}"`;
    const audit = texts.auditID ? `auditID == ${JSON.stringify(textAt(texts, 'auditID', row))} and ` : '';
    this.#work.copy(`${audit}${id}`, 'query');
  }

  #factsOf(row: number, zone: State['zone']): [string, (Node | string)[]][] {
    const { texts, numbers } = this.#store;
    const text = (name: string): string => visible(textAt(texts, name, row));
    const user = text('user');
    const confidence = numbers.confidence![row]!;
    return [
      ['who', [text('actor') + (user && user !== text('actor') ? `, through ${user}` : '')]],
      [
        'when',
        [
          `${timeText(numbers.from![row]!, zone, true)} ${zone === 'UTC' ? 'UTC' : 'local time'}, for ${tookText(numbers.took![row]!)}`,
        ],
      ],
      [
        'outcome',
        [
          el('span', { class: `dot ${text('outcome')}`, 'aria-hidden': 'true' }),
          `${text('outcome')}${numbers.code![row] ? ` (${numbers.code![row]})` : ''}`,
        ],
      ],
      ['from', [[text('address'), text('agent')].filter(Boolean).join(' · ')]],
      [
        'found by',
        [text('decidedBy') + (Number.isNaN(confidence) ? '' : `, confidence ${confidence.toFixed(2)}`)],
      ],
    ];
  }

  #objects(place: HTMLElement, row: number, most: number): void {
    const all = objectsOf(this.#store, row);
    if (all.length === 0) return;
    // What was changed comes first.
    const ordered = [...all.filter(({ changed }) => changed), ...all.filter(({ changed }) => !changed)];
    place.replaceChildren(
      el('h3', {}, `${numberText(all.length)} object${all.length === 1 ? '' : 's'}`),
      el(
        'ul',
        { class: 'chips' },
        ...ordered.slice(0, most).map(({ key, lines, changed }) =>
          el(
            'li',
            {},
            el(
              'button',
              {
                type: 'button',
                class: changed ? 'changed' : '',
                title: `${changed ? 'changed' : 'not changed'}; its history`,
                onclick: () => this.#work.history(key),
              },
              visible(objectWords(key)),
              el('span', { class: 'count' }, numberText(lines)),
            ),
          ),
        ),
        all.length > most &&
          el(
            'li',
            {},
            el(
              'button',
              {
                type: 'button',
                class: 'more',
                onclick: () => this.#objects(place, row, Number.POSITIVE_INFINITY),
              },
              `${numberText(all.length - most)} more`,
            ),
          ),
      ),
    );
  }

  async #fill(
    tree: HTMLElement,
    { start, at, end, more }: { start: number; at: number; end: number; more: number },
    zero: number,
    zone: State['zone'],
    turn: number,
  ): Promise<void> {
    const to = Math.min(end, at + STEP);
    const word = await this.#words.of(at, to);
    if (turn !== this.#turn) return;
    const { numbers } = this.#store.lines!;
    for (let line = at; line < to; line++) {
      const micros = numbers.micros![line]!;
      const depth = numbers.depth![line]!;
      const time = `${micros < zero ? '−' : '+'}${(Math.abs(micros - zero) / 1e6).toFixed(3)} s`;
      const text = actionNodes(word('text', line));
      const says = lineSays(this.#store, line, depth === 0 ? '' : word('reason', line));
      tree.append(lineItem(this.#store, this.#body, { line, depth, time, text, says }, line === start, zone));
    }
    if (to < end) {
      const next = el('button', { type: 'button', class: 'more' }, `${numberText(end - to)} more lines`);
      const item = el('li', { role: 'none' }, next);
      next.addEventListener('click', () => {
        item.remove();
        void this.#fill(tree, { start, at: to, end, more }, zero, zone, turn);
      });
      tree.append(item);
    } else if (more > 0)
      tree.append(
        el('li', { role: 'none', class: 'quiet' }, `… and ${numberText(more)} more, which were not kept.`),
      );
  }
}

const facts = (all: [string, (Node | string)[]][]): HTMLElement =>
  el(
    'dl',
    {},
    ...all
      .filter(([, value]) => value.some((part) => part !== ''))
      .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, ...value)]),
  );
