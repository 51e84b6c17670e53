/** Where two records differ. A value that is not there is undefined. */
export interface Difference {
  /** Keys from the top, as in `lines.exactMatch.value`. */
  at: string;
  recorded: unknown;
  now: unknown;
}

/**
 * The first place, in the order of the record, where what came out now is not what was recorded; every number to its last bit.
 *
 * Keys that the record does not have are no difference: a newer version may record more.
 *
 * @param recorded A JSON value.
 * @param now Another.
 * @returns Null where everything recorded came out again.
 * @example firstDifference({ a: [1, 2] }, { a: [1, 3], b: 4 }) // { at: 'a.1', recorded: 2, now: 3 }
 */
export function firstDifference(recorded: unknown, now: unknown, at = ''): Difference | null {
  if (!isNode(recorded) || !isNode(now) || Array.isArray(recorded) !== Array.isArray(now))
    return Object.is(recorded, now) ? null : { at, recorded, now };
  const keys = Array.isArray(recorded) && Array.isArray(now) ? longer(recorded, now) : Object.keys(recorded);
  for (const key of keys) {
    const found = firstDifference(recorded[key], now[key], at === '' ? key : `${at}.${key}`);
    if (found) return found;
  }
  return null;
}

/**
 * Places that only the newer value has.
 *
 * @example newKeys({ a: 1 }, { a: 2, b: { c: 3 } }) // ['b']
 */
export function newKeys(recorded: unknown, now: unknown, at = ''): string[] {
  if (!isNode(recorded) || !isNode(now) || Array.isArray(recorded)) return [];
  return Object.keys(now).flatMap((key) => {
    const path = at === '' ? key : `${at}.${key}`;
    return key in recorded ? newKeys(recorded[key], now[key], path) : [path];
  });
}

type Node = { readonly [key: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const longer = (a: readonly unknown[], b: readonly unknown[]): string[] =>
  Object.keys(a.length >= b.length ? a : b);
