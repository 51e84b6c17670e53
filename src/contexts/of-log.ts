import type { LogLine } from '../audit/read.js';
import type { LabelRow } from '../labeling/labeler.js';
import { Queue } from '../labeling/queue.js';
import { SILENCE, withSilence } from '../labeling/silence.js';
import type { Context } from './context.js';
import { type ContextStream, type CountedLine, countedLine } from './stream.js';

export interface OfLogOptions {
  /** A model: rows in the order of the lines, one a line, as `labelBatches` gives them. Default: the stream's attributor needs none. */
  predict?: (batches: AsyncIterable<readonly LogLine[]>) => AsyncIterable<readonly LabelRow[]>;
  /** Milliseconds without a new line after which nothing is waited for any more: for a log that grows. */
  silence?: number;
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
  { predict, silence }: OfLogOptions = {},
): AsyncGenerator<Context> {
  if (predict) {
    // What is needed of a line waits here, without bodies, for what the model says of it.
    const waiting = new Queue<CountedLine>();
    const seen = (async function* (): AsyncGenerator<readonly LogLine[]> {
      for await (const item of lines) {
        const batch = batchOf(item);
        for (const line of batch) waiting.push(countedLine(line, false));
        yield batch;
      }
    })();
    for await (const rows of predict(seen))
      for (const row of rows) for (const context of stream.pushLine(waiting.shift()!, row)) yield context;
  } else {
    for await (const item of silence === undefined ? lines : withSilence(lines, silence))
      if (item === SILENCE) yield* stream.flush();
      else for (const line of batchOf(item)) for (const context of stream.push(line)) yield context;
  }
  yield* stream.end();
}

const batchOf = (item: LogLine | readonly LogLine[]): readonly LogLine[] =>
  Array.isArray(item) ? item : [item as LogLine];
