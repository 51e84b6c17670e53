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
 * @throws {MismatchError} A row is not of that form, an id is out of range or given twice.
 * @example const table = await loadResourceTable();
 */
export async function loadResourceTable(
  files: { resources?: string; verbs?: string } = {},
): Promise<ResourceTable> {
  const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const resourcesFile = files.resources ?? own('resources.csv');
  const verbsFile = files.verbs ?? own('verbs.csv');
  const entries = parseRows(await readFile(resourcesFile, 'utf8'), resourcesFile, 7).map(
    ({ cells, line }) => {
      const [group, resource, subresource, r, s, publicR, publicS] = cells as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      return {
        group,
        resource,
        subresource: subresource || null,
        r: id(r, LIMITS.r, resourcesFile, line),
        s: id(s, LIMITS.s, resourcesFile, line),
        published: publicR === '' ? null : { r: Number(publicR), s: Number(publicS) },
        line,
      };
    },
  );
  const names = new Map<string, ResourceEntry>();
  const ids = new Map<number, ResourceEntry>();
  const groups = new Map<string, ResourceEntry>();
  for (const { line, ...entry } of entries) {
    const key = name(entry.group, entry.resource, entry.subresource);
    const number = entry.r * LIMITS.s + entry.s;
    if (names.has(key) || ids.has(number))
      throw new MismatchError({
        folder: 'audit',
        file: resourcesFile,
        line,
        expected: 'each name and each pair of ids once',
        got: `${entry.resource}${entry.subresource ? `/${entry.subresource}` : ''} (${entry.r}, ${entry.s}) again`,
      });
    names.set(key, entry);
    ids.set(number, entry);
    if (!entry.subresource) groups.set(`${entry.group}/${entry.resource}`, entry);
  }
  const verbs = new Map(
    parseRows(await readFile(verbsFile, 'utf8'), verbsFile, 3).map(({ cells, line }) => [
      cells[0]!,
      id(cells[1]!, LIMITS.v, verbsFile, line),
    ]),
  );
  return {
    entries: [...names.values()],
    verbs,
    find: (group, resource, subresource) => names.get(name(group, resource, subresource)),
    byId: (r, s) => ids.get(r * LIMITS.s + s),
  };
}

function name(group: string, resource: string, subresource: string | null): string {
  return `${group}/${resource}/${subresource ?? ''}`;
}

function parseRows(text: string, file: string, columns: number): { cells: string[]; line: number }[] {
  return text
    .split(/\r?\n/)
    .map((row, i) => ({ cells: row.split(','), line: i + 1 }))
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

function id(text: string, limit: number, file: string, line: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0 || value >= limit)
    throw new MismatchError({
      folder: 'audit',
      file,
      line,
      expected: `an id from 0 to ${limit - 1}`,
      got: `“${text}”`,
    });
  return value;
}
