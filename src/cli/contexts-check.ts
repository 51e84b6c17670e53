import { comesOnce } from '../audit/open-log.js';
import { isLineFormat } from '../contexts/exports/formats.js';
import type { ContextFilter } from '../contexts/filter.js';
import type { Keep } from '../contexts/store/keep.js';
import { AuditweaveError, printable } from '../errors.js';

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
  keep: Keep;
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
  const twice =
    id !== undefined
      ? '--open'
      : html !== undefined
        ? '--html'
        : isLineFormat(format)
          ? `--format ${format}`
          : null;
  if (idle !== undefined && !(idle > 0))
    throw new AuditweaveError(`contexts: expected --idle to be above 0, got ${idle}.`);
  if (follow && files.length > 1)
    throw new AuditweaveError(`contexts: expected --follow on one log, got ${files.length}.`, {
      hint: FOLLOW,
    });
  const waits = twice ?? (options.parquet === undefined ? null : '--parquet');
  if (follow && waits !== null)
    throw new AuditweaveError(
      `contexts: expected --follow without ${waits}, which waits for the end, got both.`,
      { hint: FOLLOW },
    );
  const once = files.find(comesOnce);
  if (twice && once !== undefined)
    throw new AuditweaveError(
      `contexts: expected ${twice} on a file, for it is read twice, got ${once === '-' ? 'standard input' : `${printable(once, 4096)}, which is none`}.`,
      {
        hint: 'Save the log to a file first.',
      },
    );
  if (capture !== undefined && truth === undefined)
    throw new AuditweaveError('contexts: expected --capture with --truth, got it alone.');
}

function checkStore({ out, level, keepSecrets, ...options }: ContextsArguments): void {
  if (level !== undefined && !(Number.isInteger(level) && level >= 1 && level <= 22))
    throw new AuditweaveError(`contexts: expected --level between 1 and 22, got ${level}.`);
  if (out === undefined) {
    if (keepSecrets || level !== undefined || options.keep !== 'raw')
      throw new AuditweaveError(
        'contexts: expected --keep, --keep-secrets and --level with --out, got none.',
        {
          hint: `auditweave contexts ${options.files.join(' ')} --out store`,
        },
      );
    return;
  }
  const other = (
    ['actor', 'namespace', 'verb', 'outcome', 'since', 'until', 'open', 'html', 'format', 'parquet'] as const
  ).find((name) => options[name] !== undefined);
  if (other !== undefined || options.follow)
    throw new AuditweaveError(
      `contexts: expected --out without --${other ?? 'follow'}, for a store has all contexts, got both.`,
      { hint: `Put all into the store, and ask it then: auditweave query '…' --in ${out}` },
    );
}

/** One answer goes to one place. */
function checkForms({ json, format, html, parquet, open: id, truth }: ContextsArguments): void {
  const given = [
    ...(json && format !== 'json' ? ['--json'] : []),
    ...(format === undefined ? [] : [`--format ${format}`]),
    ...(html === undefined ? [] : ['--html']),
    ...(parquet === undefined ? [] : ['--parquet']),
    ...(id === undefined || json || format === 'json' ? [] : ['--open']),
    ...(truth === undefined || json ? [] : ['--truth']),
  ];
  if (given.length > 1)
    throw new AuditweaveError(`contexts: expected one way to answer, got ${given.join(' and ')}.`, {
      hint: 'Run it once for each; a store answers at once: auditweave contexts LOG --out store',
    });
}
