import { type Change, changesOf, patchOf } from './changes.js';
import { el, numberText, visible } from './dom.js';
import { type LineWords, type Store, textAt } from './store.js';

/** Characters of a value that are shown in a change. */
const SHOWN = 400;

/** What a line opens to: what it changed, and its JSON. */
export class LineBody {
  readonly #store: Store;
  readonly #words: LineWords;
  readonly #copy: (text: string, what: string) => void;
  readonly #history: (key: string) => void;

  constructor(
    store: Store,
    words: LineWords,
    copy: (text: string, what: string) => void,
    history: (key: string) => void,
  ) {
    this.#store = store;
    this.#words = words;
    this.#copy = copy;
    this.#history = history;
  }

  async fill(place: HTMLElement, line: number): Promise<void> {
    place.replaceChildren(el('p', { class: 'quiet' }, 'Opening…'));
    const { texts, numbers } = this.#store.lines!;
    const event = await this.#words.json(line);
    const key = textAt(texts, 'object', line);
    const number = `line ${numberText(numbers.line![line]!)}`;
    const history =
      key === ''
        ? null
        : el('button', { type: 'button', onclick: () => this.#history(key) }, 'History of the object');
    if (!event) {
      place.replaceChildren(
        el('p', { class: 'quiet' }, `Of ${number} of the log the page has no JSON: it would be too large.`),
        el('p', { class: 'tools' }, history),
      );
      return;
    }
    const json = JSON.stringify(event, null, 2);
    const changed = await this.changed(line, event);
    place.replaceChildren(
      ...(changed ? [changeTable(changed)] : []),
      el(
        'p',
        { class: 'tools' },
        el('span', { class: 'quiet' }, number),
        el('button', { type: 'button', onclick: () => this.#copy(json, 'JSON') }, 'Copy JSON'),
        history,
      ),
      el('pre', { tabindex: '0', 'aria-label': 'JSON of the line' }, ...jsonNodes(json)),
    );
  }

  /** What an update or a patch changed: beside the line before on the object, or else what was asked for. */
  async changed(
    line: number,
    event: Record<string, unknown>,
  ): Promise<{ changes: Change[]; asked: boolean } | null> {
    const { texts, numbers } = this.#store.lines!;
    const verb = textAt(texts, 'verb', line);
    if (verb !== 'update' && verb !== 'patch') return null;
    const before = numbers.before![line]!;
    const earlier = before < 0 ? null : await this.#words.json(before);
    if (earlier?.responseObject && event.responseObject)
      return { changes: changesOf(earlier.responseObject, event.responseObject), asked: false };
    if (verb === 'patch' && typeof event.requestObject === 'object' && event.requestObject !== null)
      return { changes: patchOf(event.requestObject), asked: true };
    return null;
  }
}

/** Changes as a table, what is gone and what is new beside each other. */
export function changeTable({ changes, asked }: { changes: readonly Change[]; asked: boolean }): HTMLElement {
  if (changes.length === 0)
    return el('p', { class: 'quiet' }, 'Nothing changed but what changes with every update.');
  const cut = (value: unknown): string => {
    const text = value === undefined ? '' : JSON.stringify(value);
    return visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  };
  const head = asked ? ['field', 'asked for'] : ['field', 'before', 'after'];
  return el(
    'table',
    { class: 'changes' },
    el(
      'caption',
      {},
      asked ? 'What the patch asks for' : 'What changed since the line before on this object',
    ),
    el('thead', {}, el('tr', {}, ...head.map((name) => el('th', { scope: 'col' }, name)))),
    el(
      'tbody',
      {},
      ...changes.map(({ path, before, after }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, visible(path)),
          ...(asked ? [] : [el('td', { class: before === undefined ? '' : 'gone' }, cut(before))]),
          el('td', { class: after === undefined ? '' : 'new' }, cut(after)),
        ),
      ),
    ),
  );
}

/** JSON with its keys and texts in colours; all of it as text. */
function jsonNodes(json: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let at = 0;
  for (const { 0: token, 1: key, index } of json.matchAll(
    /("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g,
  )) {
    nodes.push(shown(json.slice(at, index)));
    nodes.push(el('span', { class: key ? 'key' : token[0] === '"' ? 'text' : 'number' }, shown(token)));
    at = index + token.length;
    // Very long ones stay plain.
    if (nodes.length > 6000) break;
  }
  nodes.push(shown(json.slice(at)));
  return nodes;
}

const shown = (text: string): string => text.split('\n').map(visible).join('\n');
