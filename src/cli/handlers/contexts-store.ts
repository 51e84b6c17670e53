import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { comesOnce, logAt } from '../../audit/open-log.js';
import { Links } from '../../contexts/store/links.js';
import type { Keep } from '../../contexts/store/manifest.js';
import { type WriteSummary, writeStore } from '../../contexts/store/write-store.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary.js';
import { Progress } from '../../progress.js';
import { openContexts, readLogs, type SourceOptions } from '../context-source.js';
import { onInterrupt } from '../interrupt.js';
import { printJson, STDERR, say } from '../output.js';

export interface StoreOptions extends SourceOptions {
  out: string;
  keep: Keep;
  keepSecrets: boolean;
  level?: number | undefined;
  json: boolean;
}

/**
 * Puts a log and its contexts into a store: reads it once for the contexts, and once for the lines.
 *
 * Standard input and pipes, which cannot be read twice, are copied to temporary files first.
 */
export async function storeContexts(options: StoreOptions): Promise<void> {
  const { out, keep, keepSecrets, level, json } = options;
  const spool = options.files.some(comesOnce) ? await temporaryFolder() : null;
  const interrupt = onInterrupt(say, 'the last finished part');
  const goOn = (): void => {
    if (interrupt.signal.aborted) throw interrupted(out);
  };
  try {
    const files = spool === null ? options.files : await spooled(options.files, spool, interrupt.signal);
    goOn();
    const links = new Links();
    const finding = new Progress('contexts', { unit: 'lines', sink: STDERR });
    const source = await openContexts({
      ...{ ...options, files, explain: true },
      onLines: (count) => {
        goOn();
        finding.advance(count);
      },
    });
    try {
      say(`contexts: ${source.note}.\n`);
      for await (const context of source.contexts) links.add(context);
    } finally {
      await source.release();
    }
    finding.done();
    const writing = new Progress('store', { unit: 'lines', sink: STDERR });
    const summary = await writeStore(out, readLogs({ ...options, files }), links, {
      keep,
      keepSecrets,
      ...(level === undefined ? {} : { level }),
      onLine: () => writing.advance(1),
      onWait: (owner) =>
        say(
          `contexts: waiting for another process${owner ? `, id ${owner.pid}` : ''}, that writes to ${out}.\n`,
        ),
      signal: interrupt.signal,
    });
    writing.done();
    goOn();
    if (json) await printJson(summary);
    else say(`contexts: ${told(summary, out, keep)}.\n`);
  } finally {
    interrupt.release();
    if (spool !== null) await rm(spool, { recursive: true, force: true });
  }
}

function told({ lines, stored, known, background, bytes }: WriteSummary, out: string, keep: Keep): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    `${number(stored)} of ${number(lines)} lines put into ${out}, which keeps ${keep} and has ${number(bytes)} bytes now`,
    ...(known > 0 ? [`${number(known)} were there already`] : []),
    ...(background > 0 ? [`${number(background)} of the background were left out`] : []),
  ].join('; ');
}

/** Files in place of those that come once; when the signal comes, with what came until then. */
async function spooled(files: readonly string[], folder: string, signal: AbortSignal): Promise<string[]> {
  const kept: string[] = [];
  for (const [i, file] of files.entries()) {
    if (!comesOnce(file)) {
      kept.push(file);
      continue;
    }
    const path = join(folder, `input-${i}`);
    const { source } = logAt(file);
    await pipeline(source, createWriteStream(path, { mode: 0o600 }), { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    kept.push(path);
  }
  return kept;
}

const interrupted = (out: string): AuditweaveError =>
  new AuditweaveError(`contexts: interrupted; ${out} has the parts that were finished.`, {
    hint: 'The same command goes on.',
    exitCode: EXIT.interrupted,
  });
