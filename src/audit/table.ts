import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MismatchError } from '../errors.js';

/** A resource, or a subresource of it, and its ids. */
export interface ResourceEntry {
  /** API group; empty for the core group. */
  group: string;
  resource: string;
  /** Null for the resource itself. */
  subresource: string | null;
  r: number;
  s: number;
  /** The ids in the paper's public table, or null when it has none. */
  published: { r: number; s: number } | null;
}

/** The label table: every known resource, subresource and verb with its id. */
export interface ResourceTable {
  entries: readonly ResourceEntry[];
  verbs: ReadonlyMap<string, number>;
  find(group: string, resource: string, subresource: string | null): ResourceEntry | undefined;
  byId(r: number, s: number): ResourceEntry | undefined;
  /** The resource as which a public code is read, by the code without verb, namespaced, single and variation. */
  byPublicBase(base: number): ResourceEntry | undefined;
}

/** r of a resource that the table does not know, such as a custom one. */
export const OTHER_RESOURCE = 1023;
/** s of a subresource that the table does not know. */
export const OTHER_SUBRESOURCE = 15;
/** First r and s that do not fit the codec. */
export const LIMITS = { r: 1024, s: 16, v: 8 } as const;

/**
 * Reads the label table.
 *
 * The ids are the paper's public ones made injective: DaemonSets, evictions and replicationcontrollers/scale, which share a code
 * with another resource there, have their own here.
 *
 * @param files.resources CSV `apiGroup,resource,subresource,r,s,publicR,publicS`. Default: the project's own.
 * @param files.verbs CSV `verb,v,published`. Default: the project's own.
 * @throws {MismatchError} A file cannot be read, a row is not of that form, a name or an id is given twice, an id is out of range.
 * @example const table = await loadResourceTable();
 */
export async function loadResourceTable(
  files: { resources?: string; verbs?: string } = {},
): Promise<ResourceTable> {
  const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const entries = await readResources(files.resources ?? own('resources.csv'));
  const verbs = await readVerbs(files.verbs ?? own('verbs.csv'));
  const names = new Map(entries.map((e) => [nameKey(e.group, e.resource, e.subresource), e]));
  const ids = new Map(entries.map((e) => [e.r * LIMITS.s + e.s, e]));
  const bases = new Map<number, ResourceEntry>();
  for (const entry of entries) {
    if (!entry.published) continue;
    const base = publicBase(entry.published);
    const { r, s } = entry.published;
    const named = r === entry.r && s === entry.s && s < 8;
    if (named || !bases.has(base)) bases.set(base, entry);
  }
  return {
    entries,
    verbs,
    find: (group, resource, subresource) => names.get(nameKey(group, resource, subresource)),
    byId: (r, s) => ids.get(r * LIMITS.s + s),
    byPublicBase: (base) => bases.get(base),
  };
}

/** The part of a public code that says which resource it is of: r · 8 + s, where s = 8 runs over into the next r. */
export function publicBase({ r, s }: { r: number; s: number }): number {
  return r * 8 + s;
}

async function readResources(file: string): Promise<ResourceEntry[]> {
  const once = onlyOnce(file);
  return (await readRows(file, 7)).map(({ cells, line }) => {
    const [group, resource, subresource, r, s, publicR, publicS] = cells as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const id = (text: string, limit: number): number => readId(text, limit, file, line);
    const entry: ResourceEntry = {
      group,
      resource,
      subresource: subresource || null,
      r: id(r, OTHER_RESOURCE),
      s: id(s, OTHER_SUBRESOURCE),
      published: publicR === '' ? null : { r: id(publicR, LIMITS.r), s: id(publicS, LIMITS.s) },
    };
    once(nameKey(group, resource, entry.subresource), line);
    once(`(${entry.r}, ${entry.s})`, line);
    return entry;
  });
}

async function readVerbs(file: string): Promise<Map<string, number>> {
  const once = onlyOnce(file);
  return new Map(
    (await readRows(file, 3)).map(({ cells, line }) => {
      const [verb, v] = cells as [string, string, string];
      const id = readId(v, LIMITS.v, file, line);
      once(verb, line);
      once(`verb id ${id}`, line);
      return [verb, id];
    }),
  );
}

function nameKey(group: string, resource: string, subresource: string | null): string {
  return `${group}/${resource}/${subresource ?? ''}`;
}

function onlyOnce(file: string): (value: string, line: number) => void {
  const seen = new Set<string>();
  return (value, line) => {
    if (seen.has(value))
      throw new MismatchError({
        folder: 'audit',
        file,
        line,
        expected: 'each name and each id once',
        got: `${value} again`,
      });
    seen.add(value);
  };
}

async function readRows(file: string, columns: number): Promise<{ cells: string[]; line: number }[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    throw new MismatchError({ folder: 'audit', file, expected: 'a readable file', got: code }, { cause });
  }
  const rows = text.split(/\r?\n/).map((row, i) => ({ cells: row.split(','), line: i + 1 }));
  return rows
    .slice(1)
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '')
    .map((row) => {
      if (row.cells.length !== columns)
        throw new MismatchError({
          folder: 'audit',
          file,
          line: row.line,
          expected: `${columns} cells`,
          got: String(row.cells.length),
        });
      return row;
    });
}

function readId(text: string, limit: number, file: string, line: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value >= limit)
    throw new MismatchError({
      folder: 'audit',
      file,
      line,
      expected: `an id from 0 to ${limit - 1}`,
      got: `“${text}”`,
    });
  return value;
}
