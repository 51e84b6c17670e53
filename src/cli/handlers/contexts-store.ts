import { receivedMicros } from '../../audit/event.js';
import type { LogLine } from '../../audit/read.js';
import type { Keep } from '../../contexts/store/keep.js';
import { Links } from '../../contexts/store/links.js';
import { checkSame, readStoreManifest, type StoreManifest } from '../../contexts/store/manifest.js';
import { checkOwnFolder } from '../../contexts/store/own-folder.js';
import { Store } from '../../contexts/store/store.js';
import { Tail } from '../../contexts/store/tail.js';
import { type WriteSummary, writeStore } from '../../contexts/store/write-store.js';
import { AuditweaveError, EXIT, printable } from '../../errors.js';
import { SmallHeap } from '../../heap.js';
import { Progress } from '../../progress.js';
import { openContexts, readLogs, type SourceOptions } from '../context-source.js';
import { onInterrupt } from '../interrupt.js';
import { printJson, STDERR, say } from '../output.js';
import { sayRedacted } from '../redacted.js';
import { onFiles } from '../spool.js';
import { isStore } from '../store-source.js';

export interface StoreOptions extends SourceOptions {
  out: string;
  /** Default: what the store that is there keeps, else all. */
  keep?: Keep | undefined;
  keepSecrets: boolean;
  level?: number | undefined;
  json: boolean;
}

/** Lines between two looks at the heap. */
const LINES = 1000;

/**
 * Puts a log and its contexts into a store: reads it once for the contexts, and once for the lines.
 */
export async function storeContexts(options: StoreOptions): Promise<void> {
  const { out, keepSecrets, level, json } = options;
  for (const file of options.files)
    if (await isStore(file))
      throw new AuditweaveError(
        `contexts: expected --out with logs, got the store ${printable(file, 4096)}.`,
        {
          hint: `Take its lines out first: auditweave contexts export ${file} > lines.jsonl`,
        },
      );
  await checkOwnFolder(out);
  const there = await readStoreManifest(out);
  const keep = options.keep ?? there?.keep ?? 'raw';
  if (there) checkSame(out, there, keep, !keepSecrets);
  const interrupt = onInterrupt(
    say,
    'the same command goes on from the last finished part, where there is one',
  );
  const goOn = (stored = 0): void => {
    if (interrupt.signal.aborted) throw interrupted(out, stored);
  };
  const put = async (files: readonly string[]): Promise<void> => {
    goOn();
    const before = (there && (await tailOf(there, { ...options, files }))) ?? undefined;
    const links = new Links();
    const finding = new Progress('contexts', { unit: 'lines', sink: STDERR });
    const source = await openContexts({
      ...{ ...options, files, before, explain: true },
      onLines: (count) => {
        goOn();
        finding.advance(count);
      },
    });
    try {
      say(`contexts: ${source.note}.\n`);
      for await (const context of source.contexts) links.add(context);
      const unread = source.unread();
      if (unread !== null) say(`contexts: ${unread}\n`);
    } finally {
      await source.release();
    }
    finding.done();
    const writing = new Progress('store', { unit: 'lines', sink: STDERR });
    // Lines of the log that are among those in front of it.
    let again = 0;
    const front = before && {
      lines: before.lines,
      holds(line: LogLine): boolean {
        const holds = before.holds(line);
        if (holds) again++;
        return holds;
      },
    };
    const lines = new SmallHeap().along(readLogs({ ...options, files, before: front }), LINES);
    const summary = await writeStore(out, lines, links, {
      keep,
      keepSecrets,
      ...(level === undefined ? {} : { level }),
      onLine: () => writing.advance(1),
      onWait: (owner) =>
        say(
          `contexts: waiting for another process${owner ? `, id ${owner.pid}` : ''}, that writes to ${out}.\n`,
        ),
      signal: interrupt.signal,
      before: before?.lines.length ?? 0,
    });
    summary.lines += again;
    summary.known += again;
    writing.done();
    goOn(summary.stored);
    if (json) await printJson(summary);
    else say(`contexts: ${told(summary, out, keep)}.\n`);
    sayRedacted(
      'contexts',
      summary.redacted,
      ' in place of secrets; --keep-secrets, with another folder, keeps them',
    );
  };
  try {
    await onFiles(options.files, put, { signal: interrupt.signal });
  } finally {
    interrupt.release();
  }
}

/** What the store holds from before the logs that goes on in them; says so, or what is to do where it holds too little for it. */
async function tailOf(
  { keep, parts }: StoreManifest,
  { files, idle, out, skipInvalid = false }: StoreOptions & { files: readonly string[] },
): Promise<Tail | null> {
  if (parts.length === 0) return null;
  const first = await firstReceived(files, skipInvalid);
  if (first === null) return null;
  if (keep === 'compact') {
    const seconds = (first - Math.max(...parts.map(({ received }) => received[1]))) / 1e6;
    if (seconds >= 0 && seconds <= idle)
      say(`contexts: these lines begin ${seconds.toFixed(1)} s after the last of ${out}, which does not hold what its contexts caused.
  Hint: What they go on to cause here counts where the log before is given too: contexts BEFORE.log ${files.join(' ')} --out ${out}\n`);
    return null;
  }
  const store = await Store.open(out);
  const tail = await Tail.of(store, { first, idle: idle * 1e6 }).finally(() => store.close());
  if (tail)
    say(
      `contexts: ${tail.lines.length.toLocaleString('en-US')} lines of ${out} stand before these: what was open there goes on.\n`,
    );
  return tail;
}

/** When the first request was received, microseconds since 1970; null where there is none. */
async function firstReceived(files: readonly string[], skipInvalid: boolean): Promise<number | null> {
  for await (const { event } of readLogs({ files, skipInvalid })) if (event) return receivedMicros(event);
  return null;
}

function told({ lines, stored, known, background, bytes }: WriteSummary, out: string, keep: Keep): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    `${number(stored)} of ${number(lines)} lines put into ${out}, which keeps ${keep} and has ${number(bytes)} bytes now`,
    ...(known > 0 ? [`${number(known)} were there already`] : []),
    ...(background > 0 ? [`${number(background)} of the background were left out`] : []),
  ].join('; ');
}

/** @param stored Lines that were put into the store. */
const interrupted = (out: string, stored: number): AuditweaveError =>
  new AuditweaveError(
    stored > 0
      ? `contexts: interrupted; ${stored} lines were put into ${out}.`
      : `contexts: interrupted before a new line was put into ${out}.`,
    {
      hint: stored > 0 ? 'The same command goes on.' : 'The same command begins anew.',
      exitCode: EXIT.interrupted,
    },
  );
