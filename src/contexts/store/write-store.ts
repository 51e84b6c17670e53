import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { type LogLine, wholeText } from '../../audit/read.js';
import { type LockOwner, withLock } from '../../files/lock.js';
import { REDACTED, redactEvent, redactLine } from '../redact.js';
import { Database } from './database.js';
import { Grown, type Put } from './grown.js';
import type { Keep } from './keep.js';
import { identityOf, KnownLines } from './known-lines.js';
import { leaveOut } from './leave-out.js';
import type { Links } from './links.js';
import {
  checkFiles,
  checkSame,
  emptyManifest,
  readStoreManifest,
  type StoreManifest,
  writeStoreManifest,
} from './manifest.js';
import { Numbering } from './numbering.js';
import { checkOwnFolder } from './own-folder.js';
import { PartBuilder } from './part-builder.js';
import { linesOfPart } from './read-part.js';
import { Retold } from './retold.js';

export interface WriteOptions {
  keep?: Keep;
  /** Whether values of Secrets and tokens stay. Default false. */
  keepSecrets?: boolean;
  /** Of zstd, 1 to 22. Default 12, and 19 of a compact store, which is quick to pack. */
  level?: number;
  /** Lines and bytes of text that a part has at most. Default 131,072 and 80 MiB. */
  partLines?: number;
  partBytes?: number;
  /** Megabytes of memory of the database. Default 256. */
  memory?: number;
  /** Lines in front of the log that were taken out of the store, numbered with it: they are not counted. Default 0. */
  before?: number;
  /** Told of each line. */
  onLine?: () => void;
  /** Told once that another process writes to the store, which is waited for. */
  onWait?: (owner: LockOwner | null) => void;
  /** Stops between two lines: what is finished stays, and the same command goes on from there. */
  signal?: AbortSignal;
}

/** What was written. */
export interface WriteSummary {
  /** Audit lines that came in. */
  lines: number;
  stored: number;
  /** Lines that the store held already. */
  known: number;
  /** Lines of the background, left out. */
  background: number;
  /** Lines of those stored in which `REDACTED` stands for a secret. */
  redacted: number;
  contexts: number;
  /** Bytes of the text of stored lines, and of all files of the store. */
  textBytes: number;
  bytes: number;
}

/**
 * Puts lines and their contexts into a store. A store that is there goes on: lines that it holds are not put in twice, and a context that has
 * grown is told anew.
 *
 * Memory is bounded by one part. Every part appears by one rename, and is there only when the manifest, written last, names it.
 *
 * @param dir Its folder, made when it is not there.
 * @param lines The log, numbered as for `links`.
 * @throws {AuditweaveError} The store keeps something else, its files are damaged, or the folder is none of a store.
 * @example await writeStore('store', readAuditLog('audit.log'), links, { keep: 'compact' });
 */
export async function writeStore(
  dir: string,
  lines: AsyncIterable<LogLine>,
  links: Links,
  options: WriteOptions = {},
): Promise<WriteSummary> {
  await checkOwnFolder(dir);
  await mkdir(dir, { recursive: true });
  return await withLock(
    join(dir, '.lock'),
    async () => {
      const temporary = join(dir, '.tmp');
      await rm(temporary, { recursive: true, force: true });
      const database = await Database.open({ temporary, memory: options.memory ?? 256 });
      try {
        return await write(dir, lines, links, options, database);
      } finally {
        database.close();
        await rm(temporary, { recursive: true, force: true });
      }
    },
    options.onWait ? { onWait: options.onWait } : {},
  );
}

async function write(
  dir: string,
  lines: AsyncIterable<LogLine>,
  links: Links,
  options: WriteOptions,
  database: Database,
): Promise<WriteSummary> {
  const { keep = 'raw', keepSecrets = false } = options;
  const manifest = (await readStoreManifest(dir)) ?? emptyManifest(keep, !keepSecrets);
  checkSame(dir, manifest, keep, !keepSecrets);
  await checkFiles(dir, manifest, () => false);
  const retold = await Retold.of(dir, manifest, database);
  const writer = new StoreWriter(dir, manifest, links, options, database, retold);
  for await (const line of lines) {
    options.onLine?.();
    if (options.signal?.aborted) break;
    if (line.event) await writer.add(line, line.event);
  }
  return await writer.end();
}

/** Takes lines in order, and finishes part after part. */
class StoreWriter {
  readonly #dir: string;
  readonly #manifest: StoreManifest;
  readonly #links: Links;
  readonly #options: Required<
    Pick<WriteOptions, 'level' | 'partLines' | 'partBytes' | 'keepSecrets' | 'before'>
  >;
  readonly #database: Database;
  readonly #known: KnownLines;
  readonly #numbering: Numbering;
  readonly #retold: Retold;
  readonly #grown = new Grown();
  /** Triggering lines whose contexts the store has as they are. */
  readonly #unchanged = new Set<number>();
  /** Triggering lines that came, by their number, and whether their context is told here. */
  readonly #heads = new Map<number, boolean>();
  readonly #summary: WriteSummary = {
    ...{ lines: 0, stored: 0, known: 0, background: 0, redacted: 0, contexts: 0, textBytes: 0, bytes: 0 },
  };
  #builder: PartBuilder | null = null;

  constructor(
    dir: string,
    manifest: StoreManifest,
    links: Links,
    {
      level = manifest.keep === 'compact' ? 19 : 12,
      partLines = 131_072,
      partBytes = 80 << 20,
      keepSecrets = false,
      before = 0,
    }: WriteOptions,
    database: Database,
    retold: Retold,
  ) {
    this.#dir = dir;
    this.#retold = retold;
    this.#manifest = manifest;
    this.#links = links;
    this.#options = { level, partLines, partBytes, keepSecrets, before };
    this.#database = database;
    this.#known = new KnownLines(manifest.parts, async (part) => {
      await checkFiles(dir, { parts: [part] });
      return await linesOfPart(database, dir, part, manifest.keep);
    });
    this.#numbering = new Numbering(manifest.next, manifest.keep !== 'compact', before);
  }

  async add({ line, text }: LogLine, event: AuditEvent): Promise<void> {
    const { keep } = this.#manifest;
    const summary = this.#summary;
    const counts = line < this.#options.before ? 0 : 1;
    summary.lines += counts;
    const isNamed = this.#numbering.comes(line);
    const trigger = this.#links.contextOf(line);
    const note = trigger === null ? undefined : this.#links.noteOf(trigger);
    if (keep !== 'raw' && (note === undefined || note.background)) {
      summary.background += counts;
      return;
    }
    const heads = trigger === line;
    if (keep === 'compact' && !heads) {
      if (this.#unchanged.has(trigger!)) summary.known++;
      else await this.#store({ line, text, event, original: event, identity: '', retold: false });
      return;
    }
    const whole = wholeText({ text }, event);
    const clean = this.#options.keepSecrets ? whole : redactLine(whole, event);
    const content = keep === 'compact' ? leaveOut(clean, event) : clean;
    const identity = identityOf(content);
    const found = isNamed
      ? undefined
      : ((await this.#known.find(identity, receivedMicros(event))) ?? this.#builder?.find(identity));
    const put = (): Put => ({
      ...{ line, text: content, event: clean === whole ? event : redactEvent(event), original: event },
      ...{ identity, retold: found !== undefined },
    });
    if (found) {
      summary.known += counts;
      this.#numbering.hold(line, found.line);
      const before = this.#heads.get(found.line);
      const told = this.#builder?.retold.get(found.line) ?? this.#retold.linesOf(found.line) ?? found.told;
      // A context that has grown is told anew; else the line says nothing new, as one that repeats another of the log.
      const grows = heads && note !== undefined && told !== undefined && told < note.lines;
      const tells = grows && before === undefined;
      if (heads && before === undefined) this.#heads.set(found.line, tells);
      if (!tells) {
        if (heads && before !== true) this.#unchanged.add(line);
        if (heads && before !== true && keep === 'compact') this.#builder?.forget(line);
        if (grows && keep !== 'compact') this.#grown.add(found.line, note.lines, put());
        if (this.#grown.isFull) await this.#tellGrown();
        return;
      }
    }
    if (clean !== whole && !found && content.includes(REDACTED)) summary.redacted++;
    await this.#store(put());
  }

  async #store({ line, text, event, original, identity, retold }: Put): Promise<void> {
    const { keep } = this.#manifest;
    const { level, partLines, partBytes } = this.#options;
    const number = retold ? this.#numbering.of(line) : this.#numbering.take(line);
    const numberOf = (one: number): number => this.#numbering.of(one);
    const [trigger, cause] = [this.#links.contextOf(line), this.#links.causeOf(line)];
    if (trigger === line) this.#heads.set(number, true);
    this.#builder ??= await PartBuilder.open(this.#database, { keep, level, numberOf });
    await this.#builder.add({
      text,
      event,
      original,
      identity,
      retold,
      number,
      micros: receivedMicros(original),
      trigger,
      context: trigger === null ? null : numberOf(trigger),
      note: trigger === line ? this.#links.noteOf(line) : undefined,
      cause: cause === null ? null : numberOf(cause),
      why: this.#links.reasonOf(line),
    });
    const { lines, bytes, full } = this.#builder;
    if (lines >= partLines || bytes >= partBytes || full) await this.#finish();
  }

  async #tellGrown(): Promise<void> {
    const grown = this.#grown.take();
    if (grown.length > 0) await this.#finish();
    for (const put of grown) await this.#store(put);
  }

  async end(): Promise<WriteSummary> {
    await this.#tellGrown();
    await this.#finish();
    this.#manifest.next = Math.max(this.#manifest.next, this.#numbering.end);
    await writeStoreManifest(this.#dir, this.#manifest);
    const { parts } = this.#manifest;
    const files = parts.flatMap(({ files }) => Object.values(files));
    return { ...this.#summary, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  async #finish(): Promise<void> {
    const [builder, manifest] = [this.#builder, this.#manifest];
    if (!builder || builder.lines === 0) return;
    this.#builder = null;
    const name = String(manifest.parts.length + 1).padStart(6, '0');
    const { part, identities } = await builder.finish(this.#dir, name);
    this.#retold.add(part, builder.retold);
    manifest.parts.push(part);
    manifest.format = 2;
    manifest.next = Math.max(manifest.next, builder.next);
    await writeStoreManifest(this.#dir, manifest);
    this.#known.add(part, identities);
    this.#summary.contexts += part.contexts;
    this.#summary.stored += part.lines;
    this.#summary.textBytes += part.textBytes;
  }
}
