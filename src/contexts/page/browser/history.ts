import { actionNodes, el, numberText, timeText, visible } from './dom.js';
import type { LineBody } from './line-body.js';
import { changes, historyOf } from './objects.js';
import type { State } from './state.js';
import { contextOfLine, type LineWords, type Store, textAt } from './store.js';
import { lineItem, lineSays } from './tree.js';

/** Lines of a history that are shown. */
const MOST = 500;

/**
 * What happened to an object: each line about it with the action that caused it. What only reads or tells is folded away, unless there is
 * nothing else.
 */
export async function historyList(
  store: Store,
  words: LineWords,
  body: LineBody,
  key: string,
  zone: State['zone'],
  open: (row: number) => void,
): Promise<HTMLElement[]> {
  const all = historyOf(store, key);
  const changing = all.filter((line) => changes(store, line));
  if (all.length === 0) return [el('p', { class: 'quiet' }, 'No line of the page is about it.')];
  const tree = el('ul', { role: 'tree', class: 'tree history', 'aria-label': 'what happened to it' });
  const fill = async (lines: Uint32Array): Promise<void> => {
    const items: HTMLElement[] = [];
    let day = '';
    for (const [i, line] of lines.subarray(Math.max(0, lines.length - MOST)).entries()) {
      const item = await historyItem(store, words, body, line, zone, open, i === 0, day);
      day = timeText(store.lines!.numbers.micros![line]!, zone, true).slice(0, 10);
      items.push(item);
    }
    tree.replaceChildren(...items);
  };
  const only = el('input', { type: 'checkbox' });
  only.checked = changing.length > 0;
  only.addEventListener('change', () => void fill(only.checked ? changing : all));
  await fill(only.checked ? changing : all);
  return [
    el(
      'p',
      { class: 'tools' },
      `${numberText(changing.length)} changes, ${numberText(all.length)} lines`,
      el('label', {}, only, ' only what changed it'),
    ),
    ...(all.length > MOST ? [el('p', { class: 'quiet' }, `The last ${numberText(MOST)} are shown.`)] : []),
    tree,
  ];
}

async function historyItem(
  store: Store,
  words: LineWords,
  body: LineBody,
  line: number,
  zone: State['zone'],
  open: (row: number) => void,
  first: boolean,
  day: string,
): Promise<HTMLElement> {
  const { numbers } = store.lines!;
  const word = await words.of(line, line + 1);
  const row = contextOfLine(store, line);
  const stamp = timeText(numbers.micros![line]!, zone, true);
  const cause = visible(textAt(store.texts, 'text', row));
  const isCause = store.numbers.start![row] === line;
  const actor = visible(textAt(store.texts, 'actor', row));
  const because = el('button', { type: 'button', class: 'link' }, `${cause}`);
  because.addEventListener('click', (event) => {
    event.stopPropagation();
    open(row);
  });
  return lineItem(
    store,
    body,
    {
      line,
      depth: 0,
      time: stamp.slice(0, 10) === day ? stamp.slice(11) : stamp,
      text: actionNodes(word('text', line)),
      says: [
        ...lineSays(store, line, ''),
        isCause ? ' · the action itself: ' : ' · because of ',
        because,
        isCause ? '' : ` by ${actor}`,
      ],
    },
    first,
    zone,
  );
}
