import type { LogLine } from '../audit/read.js';
import type { LabelRow } from '../labeling/labeler.js';
import { Queue } from '../labeling/queue.js';
import { SILENCE, wallClock, withSilence } from '../labeling/silence.js';
import type { Context } from './context.js';
import { type ContextStream, type CountedLine, countedLine } from './stream.js';

export interface OfLogOptions {
  /** A model: rows in the order of the lines, one a line, as `labelBatches` gives them. Default: the stream's attributor needs none. */
  predict?: (batches: AsyncIterable<readonly LogLine[]>) => AsyncIterable<readonly LabelRow[]>;
  /** Milliseconds without a line that counts after which the log's clock is taken to go on: for a log that grows. */
  silence?: number;
  /** Milliseconds since 1970. Default `wallClock`. */
  now?: () => number;
}

/**
 * Contexts of a log as they are closed.
 *
 * @param lines One after another, or those together that came together.
 * @param stream Where lines become contexts.
 * @example for await (const context of contextsOfLog(readBatches('audit.log'), stream)) console.log(context.text);
 */
export async function* contextsOfLog(
  lines: AsyncIterable<LogLine | readonly LogLine[]>,
  stream: ContextStream,
  { predict, silence, now = wallClock }: OfLogOptions = {},
): AsyncGenerator<Context> {
  /** When a line that counts came last. */
  let heard = now();
  const pass = (): Context[] => {
    if (silence === undefined) return [];
    const silent = now() - heard;
    return silent < silence ? [] : stream.passed(1000 * silent, 1000 * now());
  };
  if (predict) {
    // What is needed of a line waits here, without bodies, for what the model says of it.
    const waiting = new Queue<CountedLine>();
    const seen = (async function* (): AsyncGenerator<readonly LogLine[]> {
      for await (const item of lines) {
        const batch = batchOf(item);
        let counts = false;
        for (const line of batch) {
          const read = countedLine(line, false);
          waiting.push(read);
          counts ||= read.line !== undefined;
        }
        if (counts) heard = now();
        yield batch;
      }
    })();
    for await (const rows of heardOf(predict(seen), silence)) {
      if (rows !== SILENCE)
        for (const row of rows) for (const context of stream.pushLine(waiting.shift()!, row)) yield context;
      // What the model still waits with comes before whatever follows.
      if (waiting.length === 0) yield* pass();
    }
  } else {
    for await (const item of heardOf(lines, silence)) {
      const { counted } = stream.counts;
      if (item !== SILENCE)
        for (const line of batchOf(item)) for (const context of stream.push(line)) yield context;
      if (stream.counts.counted > counted) heard = now();
      else yield* pass();
    }
  }
  yield* stream.end();
}

const batchOf = (item: LogLine | readonly LogLine[]): readonly LogLine[] =>
  Array.isArray(item) ? item : [item as LogLine];

const heardOf = <T>(
  items: AsyncIterable<T>,
  silence: number | undefined,
): AsyncIterable<T | typeof SILENCE> => (silence === undefined ? items : withSilence(items, silence));
