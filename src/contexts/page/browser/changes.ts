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

/**
 * What a patch asks for, by path: a JSON patch by its steps, any other by what it sets.
 *
 * @example patchOf([{ op: 'replace', path: '/spec/replicas', value: 3 }]) // [{ path: 'replace spec.replicas', before: undefined, after: 3 }]
 */
export function patchOf(patch: object): Change[] {
  if (!Array.isArray(patch))
    return changesOf({}, patch)
      .flatMap(({ path, after }) => leaves(path, after))
      .slice(0, MOST);
  return patch.slice(0, MOST).map((step) => {
    const { op, path, value, from } = isObject(step) ? step : {};
    return {
      path: `${String(op ?? '')} ${String(path ?? '')
        .replace(/^\//, '')
        .replaceAll('/', '.')}`,
      before: undefined,
      after: value ?? from,
    };
  });
}

function leaves(path: string, value: unknown): Change[] {
  if (!isObject(value) || Array.isArray(value) || Object.keys(value).length === 0)
    return [{ path, before: undefined, after: value }];
  return Object.entries(value)
    .filter(([key]) => !NOISE.has(key))
    .flatMap(([key, part]) => leaves(path ? `${path}.${key}` : key, part));
}
