import { createReadStream } from 'node:fs';
import type { AuditEvent } from '../../audit/event.js';
import { loadResourceTable } from '../../audit/labels.js';
import { type LogLine, readAuditLog } from '../../audit/read.js';
import type { Context } from '../../contexts/context.js';
import { type ContextFilter, contextFilter } from '../../contexts/filter.js';
import { contextsOfLog } from '../../contexts/of-log.js';
import { Rules } from '../../contexts/rules/rules.js';
import { ContextStream } from '../../contexts/stream.js';
import { AuditweaveError } from '../../errors.js';
import { Progress } from '../../progress.js';
import type { Command } from '../command.js';
import { contextList, contextRow, contextTree, type TextOptions } from '../contexts-text.js';
import { jsonText, say, write } from '../output.js';

interface ContextsArguments extends ContextFilter {
  files: string[];
  open?: string;
  idle?: number;
  follow: boolean;
  json: boolean;
  skipInvalid: boolean;
}

/** Seconds without a line after which a context is closed: of a file, and of a log that grows. */
const IDLE = { file: 3600, follow: 10 };
/** Milliseconds without a line after which a growing log is not waited for. */
const SILENCE = 2000;

/** `contexts FILE`: who did what, and what it caused. */
export const contexts: Command<ContextsArguments> = {
  command: 'contexts <files..>',
  describe: 'Show who did what, and what it caused: an audit log as contexts',
  builder: (usage) =>
    usage
      .positional('files', {
        type: 'string',
        demandOption: true,
        describe: 'Audit logs in order: JSON lines or an EventList, plain or gzip; - for standard input',
      })
      .option('actor', { type: 'string', describe: 'Only of this user; * stands for any letters' })
      .option('namespace', { type: 'string', describe: 'Only in this namespace' })
      .option('verb', { type: 'string', describe: 'Only with this verb' })
      .option('outcome', { type: 'string', describe: 'Only done, refused, failed or unknown' })
      .option('since', {
        type: 'string',
        describe: 'Only what went on later: 2026-01-31, 2026-01-31T08:00:00Z, now-1h',
      })
      .option('until', { type: 'string', describe: 'Only what began before' })
      .option('background', { type: 'boolean', default: false, describe: 'The control plane’s own work too' })
      .option('open', { type: 'string', describe: 'Show the lines of one context as a tree: --open c12' })
      .option('follow', {
        type: 'boolean',
        default: false,
        describe: 'Print contexts as they end, while standard input goes on',
      })
      .option('idle', {
        type: 'number',
        describe: `Seconds without a line after which a context has ended; default ${IDLE.file}, with --follow ${IDLE.follow}`,
      })
      .option('skip-invalid', {
        type: 'boolean',
        default: false,
        describe: 'Leave out lines that cannot be read',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a context' })
      .example('$0 contexts datasets/first-light/audit.jsonl.gz', 'the list')
      .example('$0 contexts audit.log --actor dev-a --verb delete', 'what dev-a deleted')
      .example('$0 contexts audit.log --open c12', 'what one action caused')
      .example('tail -f audit.log | $0 contexts - --follow', 'live'),
  handler: run,
};

async function run(options: ContextsArguments): Promise<void> {
  const { files, follow, json, idle = follow ? IDLE.follow : IDLE.file } = options;
  if (!(idle > 0)) throw new AuditweaveError(`contexts: expected --idle to be above 0, got ${idle}.`);
  if (follow && (files.length > 1 || files[0] !== '-'))
    throw new AuditweaveError(`contexts: expected --follow on standard input, got ${files.join(' ')}.`, {
      hint: `tail -n +1 -F ${files[0]} | auditweave contexts - --follow`,
    });
  if (options.open !== undefined && files.includes('-'))
    throw new AuditweaveError(
      'contexts: expected --open on a file, for it is read twice, got standard input.',
      {
        hint: 'Save the log to a file first.',
      },
    );
  const wanted = contextFilter(options, Date.now());
  const table = await loadResourceTable();
  const stream = new ContextStream({ attributor: new Rules(), table, idle: idle * 1e6 });
  say(
    'contexts: found by rules (identity, ownership, namespaces, time), for there is no model; what rules cannot tell stands by itself.\n',
  );
  const progress = new Progress('contexts', { unit: 'lines' });
  const all = contextsOfLog(readFiles(options, progress), stream, follow ? { silence: SILENCE } : {});
  const text: TextOptions = {
    width: process.stdout.isTTY ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    colour: Boolean(process.stdout.isTTY) && !process.env.NO_COLOR,
  };
  const kept: Context[] = [];
  let background = 0;
  let shown = 0;
  for await (const context of all) {
    if (context.background) background++;
    if (options.open !== undefined) {
      if (context.context === options.open) kept.push(context);
      continue;
    }
    if (!wanted(context)) continue;
    shown++;
    if (json) await write(`${jsonText(context)}\n`);
    else if (follow) await write(`${contextRow(context, text).join('\n')}\n`);
    else kept.push(context);
  }
  if (options.open !== undefined) await open(kept[0], options, text);
  else if (!json && !follow) {
    kept.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.trigger.line - b.trigger.line));
    if (kept.length > 0) await write(`${contextList(kept, text).join('\n')}\n`);
  }
  progress.done();
  const { lines, counted } = stream.counts;
  const folded =
    background > 0 && !options.background
      ? `; ${background} background requests are folded away (--background shows them)`
      : '';
  if (options.open === undefined)
    say(`contexts: ${shown} shown; ${lines} lines, ${counted} of them requests that count${folded}.\n`);
}

async function open(
  context: Context | undefined,
  options: ContextsArguments,
  text: TextOptions,
): Promise<void> {
  if (!context)
    throw new AuditweaveError(
      `contexts: expected --open to name a context of the log, got ${options.open}.`,
      {
        hint: `auditweave contexts ${options.files.join(' ')} --background`,
      },
    );
  if (options.json) return await write(`${jsonText(context)}\n`);
  const wanted = new Set(context.lines);
  const told = new Map<number, AuditEvent>();
  for await (const { line, event } of readFiles(options))
    if (event && wanted.has(line)) told.set(line, event);
  await write(`${contextTree(context, told, text).join('\n')}\n`);
}

/** The lines of the files one after another, numbered through. */
async function* readFiles(
  { files, skipInvalid }: ContextsArguments,
  progress?: Progress,
): AsyncGenerator<LogLine> {
  let next = 0;
  for (const file of files) {
    const standard = file === '-';
    const source = standard ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
    source.on('error', () => {});
    for await (const line of readAuditLog(source, {
      name: standard ? 'standard input' : file,
      skipInvalid,
    })) {
      progress?.advance(1);
      yield { ...line, line: next++ };
    }
  }
}
