import { type SelectionOptions, skipReason } from '../audit/filter.js';
import type { LogLine } from '../audit/read.js';
import { Reasons } from '../audit/reasons.js';
import type { LabelRow } from '../labeling/labeler.js';
import { type AssembleOptions, Assembler } from './assemble.js';
import type { Attribution, Attributor } from './attribution.js';
import type { Context } from './context.js';
import { type ContextLine, contextLine, slimLine } from './line.js';
import { TimeOrder, type TimeOrderOptions } from './time-order.js';

export interface ContextStreamOptions extends AssembleOptions, TimeOrderOptions {
  /** Who says which lines belong together. */
  attributor: Attributor;
}

/** What came in. */
export interface StreamCounts {
  lines: number;
  /** Lines that are requests on resources, in their last stage: those that contexts are made of. */
  counted: number;
  /** Lines that are not, by reason. */
  skipped: Reasons;
  /** Those of them that could not be read. */
  invalid: number;
}

/**
 * From lines to contexts, one line after another. A file and a live stream of the same lines give the same contexts, however the lines
 * come in: only the log's own clock counts, but for a pause in which it is taken to go on (`passed`).
 *
 * @example
 * const stream = new ContextStream({ attributor: new Rules(), table });
 * for await (const line of readAuditLog('audit.log')) print(stream.push(line));
 * print([...stream.end()]);
 */
export class ContextStream {
  readonly counts: StreamCounts = {
    lines: 0,
    counted: 0,
    skipped: new Reasons(),
    invalid: 0,
  };
  readonly #order: TimeOrder<ContextLine>;
  readonly #attributor: Attributor;
  readonly #assembler: Assembler;
  readonly #rows = new Map<number, LabelRow>();

  constructor({ attributor, hold, most, ...options }: ContextStreamOptions) {
    this.#order = new TimeOrder({
      ...(hold === undefined ? {} : { hold }),
      ...(most === undefined ? {} : { most }),
    });
    this.#attributor = attributor;
    this.#assembler = new Assembler(options);
  }

  /** Takes a line, and gives the contexts that are closed by now. */
  push(line: LogLine, row?: LabelRow): Context[] {
    return this.pushLine(countedLine(line), row);
  }

  /** The same of a line that is already read. */
  pushLine(read: CountedLine, row?: LabelRow): Context[] {
    this.counts.lines++;
    if (read.invalid) this.counts.invalid++;
    if (read.skipped !== undefined) this.counts.skipped.add(read.skipped);
    else this.counts.counted++;
    if (!read.line) return [];
    if (row) this.#rows.set(read.line.line, row);
    const contexts: Context[] = [];
    for (const line of this.#order.push(read.line)) this.#attribute(line, contexts);
    return contexts;
  }

  /**
   * No line came for a while: gives the contexts that are closed if the log's clock has gone on meanwhile. Where the next lines are later
   * than that, all contexts are the same as without the pause; what a line that is earlier adds to a context that is closed is told to
   * go on from it, as ever.
   *
   * @param silent Microseconds since the last line came.
   * @param today What time it is, microseconds since 1970.
   */
  passed(silent: number, today: number): Context[] {
    const contexts: Context[] = [];
    for (const line of this.#order.passed(silent, today)) this.#attribute(line, contexts);
    const until = this.#order.horizon(silent);
    this.#assemble(this.#attributor.passed(until), contexts);
    contexts.push(...this.#assembler.passed(until));
    return contexts;
  }

  /** No more lines come: closes all contexts, one after another as they are taken. */
  *end(): Generator<Context> {
    const contexts: Context[] = [];
    for (const line of this.#order.end()) this.#attribute(line, contexts);
    this.#assemble(this.#attributor.end(), contexts);
    yield* contexts;
    yield* this.#assembler.end();
  }

  /** @param contexts Gets those that are closed by now. */
  #attribute(line: ContextLine, contexts: Context[]): void {
    const row = this.#rows.get(line.line);
    if (row) this.#rows.delete(line.line);
    this.#assemble(this.#attributor.push(line, row), contexts);
    line.forgetFacts();
  }

  #assemble(attributions: readonly Attribution[], contexts: Context[]): void {
    for (const one of attributions) for (const context of this.#assembler.push(one)) contexts.push(context);
  }
}

/** Which lines contexts are made of. */
export const COUNTED: SelectionOptions = { lines: 'completed', filter: 'paper' };

/** A line as contexts take it, or why it does not count; the start of a watch is both. */
export interface CountedLine {
  line?: ContextLine;
  skipped?: string;
  /** Whether it could not be read. */
  invalid?: true;
}

/**
 * Reads a line for a context.
 *
 * @param keepBodies False for lines that wait long: what is needed of bodies is read at once. Default true.
 */
export function countedLine({ line, event, skipped: why, invalid }: LogLine, keepBodies = true): CountedLine {
  if (!event) return { skipped: why ?? 'not an audit event', ...(invalid ? { invalid } : {}) };
  const skipped = skipReason(event, COUNTED);
  if (skipped === null) return { line: keepBodies ? contextLine(event, line) : slimLine(event, line) };
  const ahead = event.stage === 'ResponseStarted' && event.verb === 'watch' && event.objectRef?.resource;
  return ahead ? { line: slimLine(event, line, true), skipped } : { skipped };
}
