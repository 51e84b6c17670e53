type Child = Node | string | null | false;

/**
 * An element; texts are set as text, never as HTML, so that no name is ever run.
 *
 * @example el('button', { type: 'button', class: 'x', onclick: close }, 'Close')
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Record<string, string | number | boolean | ((event: never) => void)> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (name.startsWith('aria-')) element.setAttribute(name, String(value));
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, String(value));
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

/** The element of the page with an id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page: expected an element #${id}, got none.`);
  return found;
}

/** What alone is on the page, as an expression; empty where all is. */
export const onlyHere = (): string => document.getElementById('only')?.dataset.query ?? '';

/** Unseen characters that turn or hide text, shown by their numbers. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/** The control plane’s accounts by their last word. */
export const shortName = (actor: string): string => actor.replace(/^system:serviceaccount:kube-system:/, '');

/** @example numberText(12345) // '12,345' */
export const numberText = (value: number): string => value.toLocaleString('en');

/** @example tookText(2300) // '2.3 s' */
export function tookText(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A time in a zone, with milliseconds. */
export function timeText(micros: number, zone: 'UTC' | 'local', withDay: boolean): string {
  const key = `${zone} ${withDay}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', {
      ...(zone === 'UTC' ? { timeZone: 'UTC' } : {}),
      ...(withDay ? { year: 'numeric', month: '2-digit', day: '2-digit' } : {}),
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
    });
    formats.set(key, format);
  }
  return format.format(micros / 1000).replace(',', '.');
}

/** What an action does to what is kept, by its first word. */
const KINDS = new Map(
  Object.entries({
    makes: 'create',
    changes: 'update patch scale bind approve finalize',
    removes: 'delete evict',
    enters: 'exec attach forward proxy debug',
  }).flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
);

/** An action with its verb apart, coloured by what it does. */
export function actionNodes(text: string): Node[] {
  const shown = visible(text);
  const [first = ''] = shown.split(' ', 1);
  const rest = document.createTextNode(shown.slice(first.length));
  return [el('span', { class: `verb ${KINDS.get(first) ?? 'reads'}` }, first), rest];
}
