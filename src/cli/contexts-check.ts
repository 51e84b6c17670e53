import { comesOnce } from '../audit/open-log.js';
import { isLineFormat } from '../contexts/exports/formats.js';
import type { ContextFilter } from '../contexts/filter.js';
import { METHODS } from '../contexts/labels/methods.js';
import type { Keep } from '../contexts/store/keep.js';
import { AuditweaveError, printable } from '../errors.js';
import { kebabCase } from './command.js';
import { checkTarget } from './target.js';

/** What `contexts` is asked. */
export interface ContextsArguments extends ContextFilter {
  files: string[];
  model?: string;
  labels?: string;
  methods: string[];
  open?: string;
  html?: string;
  truth?: string;
  capture?: string;
  idle?: number;
  follow: boolean;
  format?: string;
  json: boolean;
  skipInvalid: boolean;
  out?: string;
  keep?: Keep;
  keepSecrets: boolean;
  level?: number;
  parquet?: string;
}

const FOLLOW = 'auditweave contexts audit.log --follow';

/**
 * Refuses options that do not go together.
 *
 * @throws {AuditweaveError} With what to do instead.
 */
export function checkContexts(options: ContextsArguments): void {
  const { files, follow, idle, open: id, html, format, truth, capture } = options;
  checkStore(options);
  checkForms(options);
  const sources = [...files, ...(options.labels === undefined ? [] : [options.labels])];
  checkTarget('contexts: --html', html, sources);
  checkTarget('contexts: --parquet', options.parquet, sources);
  checkUnused(options);
  const looks = id !== undefined ? '--open' : html !== undefined ? '--html' : null;
  // Of a log that is followed lines are held instead.
  const twice = looks ?? (isLineFormat(format) && !follow ? `--format ${format}` : null);
  if (idle !== undefined && !(idle > 0))
    throw new AuditweaveError(`contexts: expected --idle to be above 0, got ${idle}.`);
  if (follow && files.length > 1)
    throw new AuditweaveError(`contexts: expected --follow on one log, got ${files.length}.`, {
      hint: FOLLOW,
    });
  const waits = looks ?? (options.parquet === undefined ? null : '--parquet');
  if (follow && waits !== null)
    throw new AuditweaveError(
      `contexts: expected --follow without ${waits}, which waits for the end, got both.`,
      {
        hint:
          waits === '--parquet'
            ? 'auditweave contexts audit.log --follow --format csv has the rows as contexts end.'
            : FOLLOW,
      },
    );
  const once = files.find(comesOnce);
  if (twice && once !== undefined)
    throw new AuditweaveError(
      `contexts: expected ${twice} on a file, for it is read twice, got ${once === '-' ? 'standard input' : `${printable(once, 4096)}, which is none`}.`,
      {
        hint:
          looks === null && once === '-'
            ? `Take it as it comes: auditweave contexts - --follow --format ${format}`
            : 'Save the log to a file first.',
      },
    );
  if (capture !== undefined && truth === undefined)
    throw new AuditweaveError('contexts: expected --capture with --truth, got it alone.');
}

function checkStore({ out, level, keepSecrets, ...options }: ContextsArguments): void {
  if (level !== undefined && !(Number.isInteger(level) && level >= 1 && level <= 22))
    throw new AuditweaveError(`contexts: expected --level between 1 and 22, got ${level}.`);
  if (out === undefined) {
    if (keepSecrets || level !== undefined || options.keep !== undefined)
      throw new AuditweaveError(
        'contexts: expected --keep, --keep-secrets and --level with --out, got none.',
        {
          hint: `auditweave contexts ${options.files.join(' ')} --out store`,
        },
      );
    return;
  }
  const other = ([...FILTERS, 'background', 'open', 'html', 'format', 'parquet', 'follow'] as const).find(
    (name) => isGiven(options[name]),
  );
  if (other !== undefined)
    throw new AuditweaveError(
      `contexts: expected --out without --${other}, for a store has all contexts, got both.`,
      { hint: `Put all into the store, and ask it then: auditweave query '…' --in ${out}` },
    );
}

const FILTERS = ['actor', 'namespace', 'verb', 'outcome', 'since', 'until'] as const;
const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

/** What would be left aside. */
function checkUnused(options: ContextsArguments): void {
  const { model, labels, open: id, truth } = options;
  if (model !== undefined && labels !== undefined)
    throw new AuditweaveError('contexts: expected --model or --labels, got both.', {
      hint: 'Leave one out: rows of --labels stand for what a model says.',
    });
  const filter = FILTERS.find((name) => isGiven(options[name]));
  if (id !== undefined && filter !== undefined)
    throw new AuditweaveError(
      `contexts: expected --open without --${filter}, for it shows one context whoever acted when, got both.`,
      { hint: `Leave --${filter} out.` },
    );
  const other = [...FILTERS, 'background', 'idle', 'follow', 'out'] as const;
  const unscored = truth === undefined ? undefined : other.find((name) => isGiven(options[name]));
  if (unscored !== undefined)
    throw new AuditweaveError(
      `contexts: expected --truth without --${unscored}, for all contexts are scored, got both.`,
      { hint: `Leave --${unscored} out.` },
    );
}

/**
 * Refuses options that a store has no use for, whose contexts are found already.
 *
 * @throws {AuditweaveError} With what to do instead.
 */
export function checkOfStore(
  command: string,
  store: string,
  options: Partial<Record<string, unknown>>,
): void {
  const unused = ['model', 'labels', 'methods', 'idle', 'follow', 'skipInvalid'].find((name) => {
    const value = options[name];
    return Array.isArray(value) ? value.length < METHODS.length : isGiven(value);
  });
  if (unused === undefined) return;
  const option = `--${kebabCase(unused)}`;
  throw new AuditweaveError(
    `${command}: expected ${option} with logs, got the store ${printable(store, 4096)}, whose contexts are found already.`,
    { hint: `Leave ${option} out; or put the log into another store: auditweave contexts LOG --out DIR` },
  );
}

/** One answer goes to one place. */
function checkForms({ json, format, html, parquet, open: id, truth }: ContextsArguments): void {
  const given = [
    ...(json && format !== 'json' ? ['--json'] : []),
    ...(format === undefined ? [] : [`--format ${format}`]),
    ...(html === undefined ? [] : ['--html']),
    ...(parquet === undefined ? [] : ['--parquet']),
    ...(id === undefined || json || format !== undefined ? [] : ['--open']),
    ...(truth === undefined || json ? [] : ['--truth']),
  ];
  if (given.length > 1)
    throw new AuditweaveError(`contexts: expected one way to answer, got ${given.join(' and ')}.`, {
      hint: 'Run it once for each; a store answers at once: auditweave contexts LOG --out store',
    });
}
