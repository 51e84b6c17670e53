/** One difference of two bodies. */
export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

/** What servers write into every object at each change. */
const NOISE = new Set(['managedFields', 'resourceVersion', 'generation']);
const MOST = 200;

/**
 * What an update changed, by path; fields that change with every update are left out.
 *
 * @example changesOf({ spec: { replicas: 1 } }, { spec: { replicas: 3 } }) // [{ path: 'spec.replicas', before: 1, after: 3 }]
 */
export function changesOf(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (changes.length >= MOST || Object.is(a, b)) return;
    if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) {
      if (JSON.stringify(a) !== JSON.stringify(b)) changes.push({ path, before: a, after: b });
      return;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!NOISE.has(key)) walk(a[key], b[key], path ? `${path}.${key}` : key);
  };
  walk(before, after, '');
  return changes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
