import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuditweaveError, MismatchError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { receivedMicros } from './event.js';
import { readAuditLog } from './read.js';

/** Names of logs: `audit.log`, `audit.log.1`, `audit-2026-01-01T00-00-00.000.log.gz`, `events.jsonl`, and `000000.gz` of an export. */
const LOG = /\.((log|jsonl|ndjson|json)([.-][\w:-]+)*(\.(gz|zst))?|gz|zst)$/i;
/** What a dataset has beside its log. */
const BESIDE = /^(actions|truth|manifest|croissant|ambiguous)\./;
const ARCHIVE = /\.tar(\.|$)/;
/** Folders in folders that are looked into, and files in all. */
const [DEEPEST, MOST_FILES] = [16, 100_000] as const;
/** Files passed over that are named. */
const NAMED = 3;
/** Lines read to find a file's first event. */
const LOOK = 1000;

/**
 * The log files that paths name: a folder stands for the logs in it and below it. Several are brought in order of the time of their first
 * events, as rotated files belong, whatever their names; one without an event comes last. A file that is named twice, by a link or by
 * its folder too, is one.
 *
 * @param paths Files, folders, or `-` alone for standard input.
 * @param passedOver Told, in words, of what folders have besides logs, and of files that are named twice.
 * @throws {AuditweaveError} A path is not there, a folder has no log, or standard input is named beside other files.
 * @example await findLogs(['/var/log/kube-apiserver']) // ['…/audit-2026-01-01T00-00-00.000.log.gz', '…/audit.log']
 */
export async function findLogs(
  paths: readonly string[],
  passedOver: (told: string) => void = () => {},
): Promise<string[]> {
  if (paths.includes('-') && paths.length > 1)
    throw new AuditweaveError(`audit: expected standard input alone, got ${paths.join(' ')}.`, {
      hint: 'Name files, or bring them together: cat FILE… | … -',
    });
  const files = await once(
    (await Promise.all(paths.map((path) => logsAt(path, passedOver)))).flat(),
    passedOver,
  );
  if (files.length < 2) return files;
  const times: number[] = [];
  for (const file of files) times.push(await firstMicros(file));
  return files
    .map((_, i) => i)
    .sort((a, b) => (times[a]! < times[b]! ? -1 : times[a]! > times[b]! ? 1 : a - b))
    .map((i) => files[i]!);
}

/** The files, each once, whatever names it has. */
async function once(files: readonly string[], passedOver: (told: string) => void): Promise<string[]> {
  const known = new Map<string, string>();
  for (const file of files) {
    const found = file === '-' ? null : await stat(file, { bigint: true }).catch(() => null);
    const id = found ? `${found.dev} ${found.ino}` : file;
    const first = known.get(id);
    if (first === undefined) known.set(id, file);
    else
      passedOver(
        first === file ? `${file} is named twice and read once` : `${file} is ${first} and read once`,
      );
  }
  return [...known.values()];
}

async function logsAt(path: string, passedOver: (told: string) => void): Promise<string[]> {
  if (path === '-') return [path];
  const found = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOTDIR') throw noFolder(path, cause);
    if (cause.code !== 'ENOENT') throw cause;
    throw await noSuchFile(path, cause);
  });
  if (!found.isDirectory()) return [path];
  const others: string[] = [];
  const logs = await logsBelow(path, others, DEEPEST);
  if (logs.length > MOST_FILES)
    throw new AuditweaveError(`audit: expected at most ${MOST_FILES} logs in ${path}, got more.`, {
      hint: 'Name the folders of it one after another.',
    });
  if (logs.length === 0)
    throw new AuditweaveError(
      `audit: expected logs in ${path} (*.log, *.jsonl, *.json, rotated or packed), got none.`,
      {
        hint:
          others.length > 0
            ? `Name the log files themselves; it has ${named(others)}.`
            : 'Name the log files themselves.',
      },
    );
  if (others.length > 0)
    passedOver(`of ${path}, passed over what is not named as logs are: ${named(others)}`);
  return logs;
}

/** The logs in a folder, by name, then those in the folders in it; what else is there goes into `others`. Hidden files count for nothing. */
async function logsBelow(folder: string, others: string[], levels: number): Promise<string[]> {
  const logs: string[] = [];
  const folders: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    // A link may lead to a file; folders behind links could have no end.
    const isFile = entry.isSymbolicLink() ? await isFileAt(path) : entry.isFile();
    if (isFile && BESIDE.test(name)) continue;
    if (isFile && isLogName(name)) logs.push(path);
    else if (entry.isDirectory() && levels > 1) folders.push(path);
    else others.push(path);
  }
  for (const path of folders) {
    if (logs.length > MOST_FILES) break;
    logs.push(...(await logsBelow(path, others, levels - 1)));
  }
  return logs;
}

/** Whether a file in a folder is taken for a log. */
export const isLogName = (name: string): boolean =>
  LOG.test(name) && !BESIDE.test(name) && !ARCHIVE.test(name);

const isFileAt = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const named = (paths: readonly string[]): string =>
  `${paths.slice(0, NAMED).join(', ')}${paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''}`;

/** That a path goes on behind a file. */
const noFolder = (path: string, cause: Error): MismatchError =>
  new MismatchError(
    { folder: 'audit', file: path, expected: 'a file or a folder', got: 'a path behind a file' },
    { hint: `Name the file itself: ${path.replace(/\/+$/, '')}`, cause },
  );

/** That a file is not there, and which one beside it may be meant. */
async function noSuchFile(path: string, cause: Error): Promise<MismatchError> {
  const beside = await readdir(dirname(path)).catch(() => []);
  const near = nearestName(basename(path), beside);
  return new MismatchError(
    { folder: 'audit', file: path, expected: 'a file or a folder', got: 'no such file' },
    {
      hint:
        near === null
          ? `Check the path: ls ${dirname(path)}; - reads standard input.`
          : `Did you mean ${join(dirname(path), near)}?`,
      cause,
    },
  );
}

/** When the first event of a file was received; infinite when none is found, or when reading it would take it away from others. */
async function firstMicros(file: string): Promise<number> {
  if (!(await stat(file).catch(() => null))?.isFile()) return Number.POSITIVE_INFINITY;
  try {
    for await (const { line, event } of readAuditLog(file, { skipInvalid: true })) {
      if (event) return receivedMicros(event);
      if (line >= LOOK) break;
    }
  } catch (error) {
    // What is wrong with the file is told when its turn comes.
    if (!(error instanceof MismatchError)) throw error;
  }
  return Number.POSITIVE_INFINITY;
}
