import { el, shortName, timeText, visible } from './dom.js';
import type { LineBody } from './line-body.js';
import type { State } from './state.js';
import { type Store, textAt } from './store.js';

/** One line in a list of lines, which opens to its JSON. */
export interface LineItem {
  line: number;
  /** 0 for the outermost. */
  depth: number;
  /** Time as it stands before the line. */
  time: string;
  text: Node[];
  /** Below it, in small. */
  says: (Node | string)[];
}

/** A line of the log as an item that opens. */
export function lineItem(
  store: Store,
  body: LineBody,
  { line, depth, time, text, says }: LineItem,
  first: boolean,
  zone: State['zone'],
): HTMLElement {
  const { texts, numbers } = store.lines!;
  const outcome = textAt(texts, 'outcome', line);
  const place = el('div', { class: 'body', hidden: true });
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
      { class: 'line', onclick: () => void turn() },
      el('span', { class: 'offset', title: timeText(numbers.micros![line]!, zone, true) }, time),
      el('span', { class: 'what' }, el('span', { class: 'text' }, ...text), el('small', {}, ...says)),
      el('span', { class: 'code' }, numbers.code![line] ? String(numbers.code![line]) : ''),
    ),
    place,
  );
  const turn = async (): Promise<void> => {
    const opening = place.hidden;
    place.hidden = !opening;
    item.setAttribute('aria-expanded', String(opening));
    if (opening && place.childElementCount === 0) await body.fill(place, line);
  };
  item.addEventListener('turn', () => void turn());
  // Set by script: the page's policy runs no style attributes.
  item.style.setProperty('--depth', String(Math.min(depth, 12)));
  return item;
}

/** Who sent a line, and why it stands where it does. */
export const lineSays = (store: Store, line: number, reason: string): string[] => [
  [visible(shortName(textAt(store.lines!.texts, 'actor', line))), visible(reason)]
    .filter(Boolean)
    .join(' · '),
];

/** Keys of a tree: up and down move, right opens, left closes, Home and End jump. */
export function treeKeys(place: HTMLElement, event: KeyboardEvent): boolean {
  const item = (event.target as Element).closest<HTMLElement>('[role=treeitem]');
  if (!item || event.target !== item) return false;
  const items = [...place.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const at = items.indexOf(item);
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const isOpen = item.getAttribute('aria-expanded') === 'true';
  const move = moves[event.key];
  if (move !== undefined) {
    const next = items[Math.max(0, Math.min(items.length - 1, move))]!;
    item.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  } else if (
    event.key === 'Enter' ||
    event.key === ' ' ||
    (event.key === 'ArrowRight' && !isOpen) ||
    (event.key === 'ArrowLeft' && isOpen)
  )
    item.dispatchEvent(new Event('turn'));
  else return false;
  event.preventDefault();
  return true;
}
