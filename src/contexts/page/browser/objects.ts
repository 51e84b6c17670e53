import { singularOf } from '../../../audit/kind-names.js';
import { CHANGES } from '../../../audit/verbs.js';
import { contextOfLine, type Store } from './store.js';

/** An object that a context's lines are about. */
export interface TouchedObject {
  /** `resource/namespace/name`. */
  key: string;
  lines: number;
  /** Whether one of them changed it. */
  changed: boolean;
}

/** What is asked of an object and leaves it as it is. */
const LEAVES = new Set(['exec', 'attach', 'portforward', 'proxy', 'log', 'token']);

/** Whether a line changed the object that it is about: an Event only tells of it. */
export function changes({ lines }: Store, line: number): boolean {
  const { texts } = lines!;
  const at = (name: string): string => texts[name]!.values[texts[name]!.ids[line]!]!;
  return (
    CHANGES.has(at('verb')) &&
    at('outcome') === 'done' &&
    at('resource') !== 'events' &&
    !LEAVES.has(at('subresource'))
  );
}

/** The objects of a context, in the order in which its lines come to them. */
export function objectsOf(store: Store, row: number): TouchedObject[] {
  const { values, ids } = store.lines!.texts.object!;
  const start = store.numbers.start!;
  const found = new Map<number, TouchedObject>();
  for (let line = start[row]!; line < start[row + 1]!; line++) {
    const key = values[ids[line]!]!;
    if (key === '') continue;
    const one = found.get(ids[line]!) ?? { key, lines: 0, changed: false };
    one.lines++;
    one.changed ||= changes(store, line);
    found.set(ids[line]!, one);
  }
  return [...found.values()];
}

/** All lines about an object, in order of time. */
export function historyOf({ lines }: Store, key: string): Uint32Array {
  const { values, ids } = lines!.texts.object!;
  const id = values.indexOf(key);
  const micros = lines!.numbers.micros!;
  const found: number[] = [];
  if (id >= 0) for (let line = 0; line < ids.length; line++) if (ids[line] === id) found.push(line);
  return Uint32Array.from(found.sort((a, b) => micros[a]! - micros[b]! || a - b));
}

/** The context whose line was the last to change an object, or −1. */
export function lastChangeOf(store: Store, key: string): number {
  const line = historyOf(store, key).findLast((one) => changes(store, one));
  return line === undefined ? -1 : contextOfLine(store, line);
}

/** @example objectWords('pods/shop/web-0') // 'pod web-0 in shop' */
export function objectWords(key: string): string {
  const [resource = '', namespace = '', ...name] = key.split('/');
  return `${singularOf(resource)} ${name.join('/')}${namespace ? ` in ${namespace}` : ''}`;
}

/** An object as an expression: the contexts that have to do with it. */
export function objectQuery(key: string): string {
  const [resource = '', namespace = '', ...name] = key.split('/');
  const tests = [
    `resource == ${JSON.stringify(resource)}`,
    ...(namespace && resource !== 'namespaces' ? [`namespace == ${JSON.stringify(namespace)}`] : []),
    `name == ${JSON.stringify(name.join('/'))}`,
  ];
  return `any(${tests.join(' and ')})`;
}
