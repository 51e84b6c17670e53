import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { actorOf } from '../audit/actor.js';
import type { Level } from '../audit/level.js';
import { type Dataset, loadDataset, openDataset } from '../dataset/load.js';
import { writeFileAtomic } from '../files/atomic.js';
import { cacheFolder } from '../files/cache.js';
import { withLock } from '../files/lock.js';
import type { ProgressSink } from '../progress.js';
import { COLUMNS } from './columns.js';
import { extractFields } from './encoder.js';

/** What is kept of a line: its values of all `COLUMNS`, in that order, the name of its namespace, and who acts. */
export interface LineValues {
  fields: (string | null)[];
  namespace: string | null;
  actor: string | null;
}

export interface LineTableOptions {
  lines: 'completed' | 'all';
  filter: 'paper' | 'none';
  /** As in `loadDataset`. */
  level?: Level;
  sink?: ProgressSink;
  /** Where tables are kept. Default: `lines` in the cache of this machine. */
  folder?: string;
}

/** Tables kept; the least recently used go. */
const KEPT = 8;
/** Bytes of SHA-256. */
const SUM = 32;

/** A column as its distinct values and which of them each line has. */
interface Packed {
  values: (string | null)[];
  ids: Uint32Array;
}

type Stored = Omit<Dataset<never>, 'rows' | 'dir' | 'manifest'> & {
  columns: Packed[];
  namespace: Packed;
  actor: Packed;
};

/**
 * Loads a dataset's lines with the values of every column. Reading a log takes a while and a study loads it for every trial, so the
 * table is kept, under a key that changes with the log, the truth and the code that reads them. The dataset's hashes are checked always.
 *
 * @throws {MismatchError} As `loadDataset`.
 * @example const { rows } = await loadLines('datasets/three-node', { lines: 'completed', filter: 'paper' });
 */
export async function loadLines(path: string, options: LineTableOptions): Promise<Dataset<LineValues>> {
  const { lines, filter, level = 'requestResponse', sink, folder = join(cacheFolder(), 'lines') } = options;
  const source = await openDataset(path);
  const file = join(folder, `${await tableKey(source.sha256, source.name, lines, filter, level)}.bin`);
  const kept = async (): Promise<Dataset<LineValues> | null> => {
    const stored = await readStored(file, sink);
    return stored && { ...unpack(stored), dir: source.dir, manifest: source.manifest };
  };
  const read = async (): Promise<Dataset<LineValues>> => {
    const dataset = await loadDataset(path, {
      lines,
      filter,
      level,
      verify: false,
      map: (event): LineValues => ({
        fields: extractFields(event, COLUMNS),
        namespace: event.objectRef?.namespace ?? null,
        actor: actorOf(event) || null,
      }),
      ...(sink ? { sink } : {}),
    });
    // Without room or rights for a cache everything works, only slower.
    await keep(folder, file, pack(dataset)).catch(() => {});
    return dataset;
  };
  const found = await kept();
  if (found) return found;
  // Of several processes that miss a table one reads the log, and the others wait for it.
  if (!(await isWritable(folder))) return await read();
  return await withLock(`${file}.lock`, async () => (await kept()) ?? (await read()));
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A table as it was kept: its SHA-256 stands before it, and one that is damaged is as good as none. */
async function readStored(file: string, sink?: ProgressSink): Promise<Stored | null> {
  try {
    const bytes = await readFile(file);
    const content = bytes.subarray(SUM);
    if (!sumOf(content).equals(bytes.subarray(0, SUM))) {
      sink?.write(`${file}: not as it was written, and made again.\n`);
      await rm(file, { force: true });
      return null;
    }
    const stored = deserialize(content) as Stored;
    const now = new Date();
    await utimes(file, now, now).catch(() => {});
    return stored;
  } catch {
    return null;
  }
}

const sumOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

async function keep(folder: string, file: string, stored: Stored): Promise<void> {
  const content = serialize(stored);
  await writeFileAtomic(file, [sumOf(content), content]);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  for (const { name } of aged.sort((a, b) => b.used - a.used).slice(KEPT))
    await rm(join(folder, name), { force: true });
}

/** Everything that a table depends on: what is read, and all code and data that read it. */
async function tableKey(...parts: string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([...parts, process.versions.v8]));
  for (const name of ['audit', 'dataset', 'features']) {
    const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url));
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const path of files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .sort())
      hash.update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 32);
}

function pack({ rows, dir: _, manifest: __, ...rest }: Dataset<LineValues>): Stored {
  return {
    ...rest,
    columns: COLUMNS.map((_, c) => packColumn(rows.map(({ fields }) => fields[c]!))),
    namespace: packColumn(rows.map(({ namespace }) => namespace)),
    actor: packColumn(rows.map(({ actor }) => actor)),
  };
}

function unpack({
  columns,
  namespace,
  actor,
  ...rest
}: Stored): Omit<Dataset<LineValues>, 'dir' | 'manifest'> {
  const at = ({ values, ids }: Packed, row: number): string | null => values[ids[row]!]!;
  return {
    ...rest,
    rows: Array.from({ length: namespace.ids.length }, (_, row) => ({
      fields: columns.map((column) => at(column, row)),
      namespace: at(namespace, row),
      actor: at(actor, row),
    })),
  };
}

function packColumn(column: readonly (string | null)[]): Packed {
  const known = new Map<string | null, number>();
  const ids = Uint32Array.from(column, (value) => {
    const id = known.get(value) ?? known.size;
    known.set(value, id);
    return id;
  });
  return { values: [...known.keys()], ids };
}
