/**
 * A document without what is not there: undefined, empty texts, and objects and lists that are empty then.
 *
 * @example present({ a: 1, b: { c: undefined } }) // { a: 1 }
 */
export function present(document: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    const own = isObject(value) ? present(value) : value;
    const empty =
      own === undefined || own === null || own === '' || (isObject(own) && Object.keys(own).length === 0);
    if (!empty && !(Array.isArray(own) && own.length === 0)) kept[key] = own;
  }
  return kept;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
