import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type AuditEvent, receivedMicros } from '../audit/event.js';
import { type SelectionOptions, skipReason } from '../audit/filter.js';
import { fromPublic, type Label, labelOf, PUBLIC_IGNORE, PUBLIC_UNKNOWN } from '../audit/labels.js';
import { atLevel, type Level } from '../audit/level.js';
import { orderByReceived } from '../audit/order.js';
import { readAuditLog } from '../audit/read.js';
import { loadResourceTable, type ResourceTable } from '../audit/table.js';
import { AuditweaveError, MismatchError } from '../errors.js';
import { findPath, PROGRAM } from '../files/program.js';
import { Progress, type ProgressSink } from '../progress.js';
import { checkHashes, hashFile, type Manifest, readManifest } from './manifest.js';
import { readTruth, type TruthRow } from './truth.js';

/** The lines of a dataset that count and have a label, by capture and then by the time of their requests. Every list has N items. */
export interface Dataset<T> {
  name: string;
  dir: string;
  /** Null for the paper's public format. */
  manifest: Manifest | null;
  /** Hash of what training depends on: log and truth, or the log alone where labels are in it. */
  sha256: string;
  /** What `map` made of each line. */
  rows: T[];
  /** Line of the log, from 0. */
  line: Int32Array;
  auditID: string[];
  /** Label of the line's context. */
  label: Label[];
  /** Label of the line's own action. */
  own: Label[];
  capture: string[];
  /** Null where contexts are unknown. */
  context: (string | null)[];
  trigger: boolean[];
  background: boolean[];
  /** Microseconds since 1970. */
  micros: Float64Array;
}

export interface LoadOptions<T> extends Partial<SelectionOptions> {
  /** What to keep of each event; the event itself is let go. */
  map: (event: AuditEvent) => T;
  /** Lines are read as a log of this level has them. Default: as they are. */
  level?: Level;
  /** Whether hashes are checked. Default true. */
  verify?: boolean;
  table?: ResourceTable;
  /** Where progress is shown. Default: nowhere. */
  sink?: ProgressSink;
}

/** Where a dataset is and what it is, before any of its lines is read. */
export interface DatasetSource {
  name: string;
  dir: string;
  /** The log. */
  file: string;
  kind: 'contract' | 'public';
  manifest: Manifest | null;
  /** As in `Dataset`. */
  sha256: string;
}

/**
 * Finds a dataset and checks its hashes.
 *
 * @param said Folder or file, as for `loadDataset`.
 * @param options.verify Whether hashes are checked. Default true.
 * @throws {MismatchError} The manifest cannot be read, or a hash is wrong.
 * @example (await openDataset('datasets/first-light')).sha256
 */
export async function openDataset(
  said: string,
  { verify = true }: { verify?: boolean } = {},
): Promise<DatasetSource> {
  const path = findPath(said);
  const { kind, file } = await locate(path);
  const manifest = kind === 'contract' ? await readManifest(path) : null;
  if (manifest && verify) await checkHashes(path, manifest);
  const sha256 = manifest ? hashOf(manifest) : await hashFile(file);
  return { name: manifest?.name ?? basename(path), dir: path, file, kind, manifest, sha256 };
}

/** How to go on without lines that cannot be read: training needs its own file, for its hash. */
const withoutLines = ({ file }: { file: string }): string =>
  `Go on without what cannot be read: auditweave dataset clean ${file} --out clean.jsonl, and name that file.`;

/** What is known of a line. */
type Answer = Pick<TruthRow, 'auditID' | 'capture' | 'label' | 'trigger' | 'background'> & {
  /** Null where contexts are unknown. */
  context: string | null;
};

/** A line on its way into a dataset. */
type Row<T> = Answer & {
  line: number;
  label: Label;
  value: T;
  own: Label;
  micros: number;
};

/**
 * Loads a dataset: a folder as in the contract, or a file (or a folder of one) in the paper's public format, JSON lines with an integer
 * `label`, of which −1 (unknown) and −2 (to ignore) are left out.
 *
 * @param path Folder or file; one of this program's own, such as `datasets/first-light`, from any folder.
 * @param options.lines Which stages count. Default `completed`.
 * @param options.filter Which lines are left out. Default `paper`.
 * @param options.level Bodies that a log of that level does not have are left out. Default: none.
 * @throws {MismatchError} A hash is wrong, a line cannot be read, or log and truth do not fit each other.
 * @example const { rows, label } = await loadDataset('datasets/first-light', { map: (event) => event.verb });
 */
export async function loadDataset<T>(path: string, options: LoadOptions<T>): Promise<Dataset<T>> {
  const { lines = 'completed', filter = 'paper', level = 'requestResponse', verify = true } = options;
  const table = options.table ?? (await loadResourceTable());
  const source = await openDataset(path, { verify });
  const { manifest, name, dir, sha256 } = source;
  const truth = source.kind === 'contract' ? readTruth(join(dir, 'truth.jsonl.gz')) : null;
  const progress =
    options.sink &&
    new Progress(`reading ${basename(path)}`, {
      unit: 'lines',
      sink: options.sink,
      ...(manifest?.files['audit.jsonl.gz']?.lines ? { total: manifest.files['audit.jsonl.gz'].lines } : {}),
    });
  const rows: Row<T>[] = [];
  try {
    for await (const { line, at: where, event: logged, publicLabel } of readAuditLog(source.file, {
      hint: withoutLines,
    })) {
      progress?.advance(1);
      const event = logged && atLevel(logged, level);
      const known = truth ? await nextTruth(truth, source.file, line, event) : null;
      if (!event || skipReason(event, { lines, filter }) !== null) continue;
      const place = { file: source.file, line: where ?? line + 1 };
      const answer = known ?? publicTruth(publicLabel, basename(path), table, { ...place, event });
      if (answer === null || answer.label === null || !event.objectRef?.resource) continue;
      const { label } = answer;
      const own = at(place, () => labelOf(event, table));
      rows.push({ ...answer, line, label, own, value: options.map(event), micros: receivedMicros(event) });
    }
    if (truth && !(await truth.next()).done)
      throw new MismatchError({
        folder: 'audit',
        file: join(dir, 'truth.jsonl.gz'),
        expected: 'as many rows as the log has lines',
        got: 'more',
      });
  } finally {
    await truth?.return(undefined);
  }
  progress?.done();
  return { name, dir, manifest, sha256, ...columns(inOrder(rows)) };
}

/** What the paper's public format knows of a line; null for one whose label is not known or that is to be left out. */
function publicTruth(
  code: number | undefined,
  capture: string,
  table: ResourceTable,
  { event: { auditID }, ...place }: { event: AuditEvent; file: string; line: number },
): Answer | null {
  if (code === undefined)
    throw new MismatchError(
      { folder: 'audit', ...place, expected: 'an integer label', got: 'none' },
      { hint: 'Name a dataset folder with manifest.json, or a log in the paper’s public format.' },
    );
  if (code === PUBLIC_UNKNOWN || code === PUBLIC_IGNORE) return null;
  const label = at(place, () => fromPublic(code, table));
  return { auditID, label, context: null, trigger: false, background: false, capture };
}

/** Adds the place to what `read` finds wrong. */
function at<T>(place: { file: string; line: number }, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MismatchError)) throw cause;
    throw new MismatchError(
      { ...cause.mismatch, ...place },
      { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) },
    );
  }
}

/** The truth of a line; it must speak of the same request. */
async function nextTruth(
  truth: AsyncGenerator<TruthRow>,
  file: string,
  line: number,
  event: AuditEvent | null,
): Promise<TruthRow> {
  const { value, done } = await truth.next();
  const place = { folder: 'audit', file, line: line + 1 };
  if (done) throw new MismatchError({ ...place, expected: 'a row of truth.jsonl.gz', got: 'none' });
  const row = value as TruthRow;
  if (event && (row.auditID !== event.auditID || row.stage !== event.stage))
    throw new MismatchError({
      ...place,
      expected: `${row.auditID} ${row.stage} as in truth.jsonl.gz`,
      got: `${event.auditID} ${event.stage}`,
    });
  return row;
}

async function locate(path: string): Promise<{ kind: 'contract' | 'public'; file: string }> {
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new AuditweaveError(`audit: expected a dataset at ${path}, got nothing.`, {
      hint: `There are ${(await knownDatasets()).join(', ') || 'none here'}; or name a log in the paper’s public format.`,
    });
  if (found.isFile()) return { kind: 'public', file: path };
  const names = await readdir(path);
  if (names.includes('manifest.json')) return { kind: 'contract', file: join(path, 'audit.jsonl.gz') };
  const logs = names.filter((name) => /\.(jsonl?|log)(\.gz)?$/.test(name));
  if (logs.length === 1) return { kind: 'public', file: join(path, logs[0]!) };
  throw new AuditweaveError(
    `audit: expected ${path} to hold manifest.json or one log, got ${logs.length} logs.`,
    {
      hint: 'Name the log file itself.',
    },
  );
}

/** The datasets of the folder one stands in, and of this program. */
async function knownDatasets(): Promise<string[]> {
  const names = await Promise.all(
    ['datasets', join(PROGRAM, 'datasets')].map(
      async (folder) => await readdir(folder, { withFileTypes: true }).catch(() => []),
    ),
  );
  const folders = names.flat().filter((entry) => entry.isDirectory());
  return [...new Set(folders.map(({ name }) => `datasets/${name}`))].sort();
}

/** By capture in order of appearance, then by time, then by arrival. */
function inOrder<T>(rows: readonly Row<T>[]): Row<T>[] {
  const captures = new Map<string, Row<T>[]>();
  for (const row of rows) {
    const own = captures.get(row.capture);
    if (own) own.push(row);
    else captures.set(row.capture, [row]);
  }
  return [...captures.values()].flatMap((own) =>
    Array.from(orderByReceived(own.map(({ micros }) => micros)), (i) => own[i]!),
  );
}

function hashOf({ files }: Manifest): string {
  const names = ['audit.jsonl.gz', 'truth.jsonl.gz'];
  return createHash('sha256')
    .update(names.map((name) => `${files[name]?.sha256}  ${name}\n`).join(''))
    .digest('hex');
}

function columns<T>(rows: readonly Row<T>[]): Omit<Dataset<T>, 'name' | 'dir' | 'manifest' | 'sha256'> {
  const column = <K extends keyof Row<T>>(key: K): Row<T>[K][] => rows.map((row) => row[key]);
  return {
    rows: column('value'),
    line: Int32Array.from(column('line')),
    auditID: column('auditID'),
    label: column('label'),
    own: column('own'),
    capture: column('capture'),
    context: column('context'),
    trigger: column('trigger'),
    background: column('background'),
    micros: Float64Array.from(column('micros')),
  };
}
