import { type Change, changesOf } from './changes.js';
import { el, numberText, shortName, timeText, tookText, visible } from './dom.js';
import type { State } from './state.js';
import { LineJson, type Store, textAt } from './store.js';

/** Lines of a tree that are shown at once. */
const STEP = 300;
/** Characters of a value that are shown in a change. */
const SHOWN = 400;

/** One context, opened: what is known of it, and its lines as a tree of causes. */
export class Detail {
  readonly #place: HTMLElement;
  readonly #store: Store;
  readonly #json = new LineJson();
  readonly #close: () => void;
  readonly #copy: (text: string, what: string) => void;

  constructor(
    place: HTMLElement,
    store: Store,
    close: () => void,
    copy: (text: string, what: string) => void,
  ) {
    this.#place = place;
    this.#store = store;
    this.#close = close;
    this.#copy = copy;
    place.addEventListener('keydown', (event) => this.#key(event));
  }

  hide(): void {
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }

  show(row: number, zone: State['zone']): void {
    const { texts, numbers, data } = this.#store;
    const [start, end] = [numbers.start![row]!, numbers.start![row + 1]!];
    const lines = end - start + (data.more[row] ?? 0);
    const from = numbers.from![row]!;
    const text = (name: string): string => visible(textAt(texts, name, row));
    const facts: [string, string][] = [
      [
        'who',
        text('actor') + (text('user') && text('user') !== text('actor') ? `, through ${text('user')}` : ''),
      ],
      [
        'when',
        `${timeText(from, zone, true)} ${zone === 'UTC' ? 'UTC' : 'local time'}, for ${tookText(numbers.took![row]!)}`,
      ],
      ['outcome', `${text('outcome')}${numbers.code![row] ? ` (${numbers.code![row]})` : ''}`],
      ['lines', numberText(lines)],
      ['from', [text('address'), text('agent')].filter(Boolean).join(' · ')],
      [
        'found by',
        text('decidedBy') +
          (Number.isNaN(numbers.confidence![row]!)
            ? ''
            : `, confidence ${numbers.confidence![row]!.toFixed(2)}`),
      ],
    ];
    const incident = data.incidents[row];
    const id = `c${numbers.id![row]}`;
    const query = `auditID == ${JSON.stringify(textAt(texts, 'auditID', row))} and context == "${id}"`;
    const tree = el('ul', { role: 'tree', 'aria-label': 'lines, effect under cause', class: 'tree' });
    this.#place.replaceChildren(
      el(
        'header',
        {},
        el('h2', { id: 'detail-title', tabindex: '-1' }, text('text')),
        el(
          'p',
          { class: 'tools' },
          el('span', { class: 'id' }, id),
          el('button', { type: 'button', onclick: () => this.#copy(query, 'query') }, 'Copy as query'),
          el(
            'button',
            { type: 'button', class: 'close', 'aria-label': 'Close this context', onclick: this.#close },
            'Close',
          ),
        ),
      ),
      ...(incident === undefined
        ? []
        : [el('p', { class: 'incident' }, `Nobody asked for this: ${visible(incident)}`)]),
      el(
        'dl',
        {},
        ...facts
          .filter(([, value]) => value)
          .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
      ),
      tree,
    );
    this.#fill(tree, start, start, end, from, zone);
    this.#place.hidden = false;
  }

  focus(): void {
    this.#place.querySelector<HTMLElement>('#detail-title')?.focus();
  }

  #fill(tree: HTMLElement, start: number, at: number, end: number, zero: number, zone: State['zone']): void {
    const to = Math.min(end, at + STEP);
    for (let line = at; line < to; line++) tree.append(this.#line(line, line === start, zero, zone));
    if (to === end) return;
    const more = el(
      'li',
      { role: 'none' },
      el(
        'button',
        {
          type: 'button',
          class: 'more',
          onclick: () => {
            more.remove();
            this.#fill(tree, start, to, end, zero, zone);
          },
        },
        `${numberText(end - to)} more lines`,
      ),
    );
    tree.append(more);
  }

  #line(line: number, first: boolean, zero: number, zone: State['zone']): HTMLElement {
    const { lineTexts, lineNumbers } = this.#store;
    const text = (name: string): string => visible(textAt(lineTexts, name, line));
    const depth = lineNumbers.depth![line]!;
    const micros = lineNumbers.micros![line]!;
    const outcome = text('outcome');
    const body = el('div', { class: 'body', hidden: true });
    const item = el(
      'li',
      {
        role: 'treeitem',
        'aria-level': depth + 1,
        'aria-expanded': false,
        tabindex: first ? 0 : -1,
        'data-line': line,
        class: outcome === 'failed' || outcome === 'refused' ? 'bad' : '',
      },
      el(
        'div',
        { class: 'line', onclick: () => void this.#turn(item, body, line) },
        el(
          'span',
          { class: 'offset', title: timeText(micros, zone, true) },
          `${micros < zero ? '−' : '+'}${(Math.abs(micros - zero) / 1e6).toFixed(3)} s`,
        ),
        el(
          'span',
          { class: 'what' },
          text('text'),
          el(
            'small',
            {},
            [shortName(text('actor')), depth === 0 ? '' : text('reason')].filter(Boolean).join(' · '),
          ),
        ),
        el('span', { class: 'code' }, lineNumbers.code![line] ? String(lineNumbers.code![line]) : ''),
      ),
      body,
    );
    // Set by script: the page's policy runs no style attributes.
    item.style.setProperty('--depth', String(Math.min(depth, 12)));
    return item;
  }

  async #turn(item: HTMLElement, body: HTMLElement, line: number): Promise<void> {
    const opening = body.hidden;
    body.hidden = !opening;
    item.setAttribute('aria-expanded', String(opening));
    if (!opening || body.childElementCount > 0) return;
    body.replaceChildren(el('p', {}, 'Opening…'));
    const store = this.#store;
    const event = await this.#json.of(store, line);
    if (!event) {
      body.replaceChildren(
        el(
          'p',
          {},
          `Line ${numberText(store.lineNumbers.line![line]! + 1)} of the log; its JSON is not in this page, for the page would be too large.`,
        ),
      );
      return;
    }
    const before = store.lineNumbers.before![line]!;
    const changes =
      before < 0 || !/update|patch/.test(textAt(store.lineTexts, 'verb', line))
        ? null
        : await this.#changes(before, event);
    const json = JSON.stringify(event, null, 2);
    body.replaceChildren(
      ...(changes === null ? [] : [changeTable(changes)]),
      el(
        'p',
        { class: 'tools' },
        `line ${numberText(store.lineNumbers.line![line]! + 1)}`,
        el('button', { type: 'button', onclick: () => this.#copy(json, 'JSON') }, 'Copy JSON'),
      ),
      el('pre', { tabindex: '0', 'aria-label': 'JSON of the line' }, visibleLines(json)),
    );
  }

  async #changes(before: number, event: Record<string, unknown>): Promise<Change[] | null> {
    const earlier = await this.#json.of(this.#store, before);
    return earlier?.responseObject && event.responseObject
      ? changesOf(earlier.responseObject, event.responseObject)
      : null;
  }

  /** Keys of a tree: up and down move, right opens, left closes, Home and End jump. */
  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.#close();
      return;
    }
    const item = (event.target as Element).closest<HTMLElement>('[role=treeitem]');
    if (!item || event.target !== item) return;
    const items = [...this.#place.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const at = items.indexOf(item);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
    };
    const body = item.querySelector<HTMLElement>('.body');
    const move = moves[event.key];
    if (move !== undefined) {
      const next = items[Math.max(0, Math.min(items.length - 1, move))]!;
      item.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    } else if (
      body &&
      (event.key === 'Enter' ||
        event.key === ' ' ||
        ((event.key === 'ArrowRight') === body.hidden && /Arrow(Right|Left)/.test(event.key)))
    )
      void this.#turn(item, body, Number(item.dataset.line));
    else return;
    event.preventDefault();
  }
}

function changeTable(changes: readonly Change[]): HTMLElement {
  if (changes.length === 0)
    return el('p', { class: 'changes' }, 'Nothing changed but what changes with every update.');
  const cut = (value: unknown): string => {
    const text = value === undefined ? '—' : JSON.stringify(value);
    return visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  };
  return el(
    'table',
    { class: 'changes' },
    el('caption', {}, 'What changed since the line before on this object'),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        el('th', { scope: 'col' }, 'field'),
        el('th', { scope: 'col' }, 'before'),
        el('th', { scope: 'col' }, 'after'),
      ),
    ),
    el(
      'tbody',
      {},
      ...changes.map(({ path, before, after }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, visible(path)),
          el('td', {}, cut(before)),
          el('td', {}, cut(after)),
        ),
      ),
    ),
  );
}

const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');
