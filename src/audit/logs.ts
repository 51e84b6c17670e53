import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuditweaveError, MismatchError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { receivedMicros } from './event.js';
import { readAuditLog } from './read.js';

/** Names of logs: `audit.log`, `audit.log.1`, `audit-2026-01-01T00-00-00.000.log.gz`, `events.jsonl`. */
const LOG = /\.(log|jsonl|ndjson|json)([.-][\w:-]+)*(\.(gz|zst))?$/i;
/** What a dataset has beside its log. */
const BESIDE = /^(actions|truth|manifest|croissant)\./;
/** Lines read to find a file's first event. */
const LOOK = 1000;

/**
 * The log files that paths name: a folder stands for the logs in it. Several are brought in order of the time of their first events, as
 * rotated files belong, whatever their names; one without an event comes last.
 *
 * @param paths Files, folders, or `-` alone for standard input.
 * @throws {AuditweaveError} A path is not there, a folder has no log, or standard input is named beside other files.
 * @example await findLogs(['/var/log/kube-apiserver']) // ['…/audit-2026-01-01T00-00-00.000.log.gz', '…/audit.log']
 */
export async function findLogs(paths: readonly string[]): Promise<string[]> {
  if (paths.includes('-') && paths.length > 1)
    throw new AuditweaveError(`audit: expected standard input alone, got ${paths.join(' ')}.`, {
      hint: 'Name files, or bring them together: cat FILE… | … -',
    });
  const files = (await Promise.all(paths.map(logsAt))).flat();
  if (files.length < 2) return files;
  const times: number[] = [];
  for (const file of files) times.push(await firstMicros(file));
  return files
    .map((_, i) => i)
    .sort((a, b) => (times[a]! < times[b]! ? -1 : times[a]! > times[b]! ? 1 : a - b))
    .map((i) => files[i]!);
}

async function logsAt(path: string): Promise<string[]> {
  if (path === '-') return [path];
  const found = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw await noSuchFile(path, cause);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && LOG.test(entry.name) && !BESIDE.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  throw new AuditweaveError(
    `audit: expected logs in ${path} (*.log, *.jsonl, *.json, rotated or packed), got none.`,
    {
      hint:
        folders.length > 0
          ? `Name a folder below it: ${folders.slice(0, 3).join(', ')}.`
          : 'Name the log files themselves.',
    },
  );
}

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
