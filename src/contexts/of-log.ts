import type { LogLine } from '../audit/read.js';
import type { LabelRow } from '../labeling/labeler.js';
import { Queue } from '../labeling/queue.js';
import { SILENCE, withSilence } from '../labeling/silence.js';
import type { Context } from './context.js';
import { type ContextStream, type CountedLine, countedLine } from './stream.js';

export interface OfLogOptions {
  /** A model: rows in the order of the lines, one a line. Default: the stream's attributor needs none. */
  predict?: (lines: AsyncIterable<LogLine>) => AsyncIterable<LabelRow>;
  /** Milliseconds without a new line after which nothing is waited for any more: for a log that grows. */
  silence?: number;
}

/**
 * Contexts of a log as they are closed.
 *
 * @param stream Where lines become contexts.
 * @example for await (const context of contextsOfLog(readAuditLog('audit.log'), stream)) console.log(context.text);
 */
export async function* contextsOfLog(
  lines: AsyncIterable<LogLine>,
  stream: ContextStream,
  { predict, silence }: OfLogOptions = {},
): AsyncGenerator<Context> {
  if (predict) {
    // What is needed of a line waits here, without bodies, for what the model says of it.
    const waiting = new Queue<CountedLine>();
    const seen = (async function* (): AsyncGenerator<LogLine> {
      for await (const line of lines) {
        waiting.push(countedLine(line, false));
        yield line;
      }
    })();
    for await (const row of predict(seen)) yield* stream.pushLine(waiting.shift()!, row);
  } else {
    for await (const item of silence === undefined ? lines : withSilence(lines, silence))
      if (item === SILENCE) yield* stream.flush();
      else yield* stream.push(item);
  }
  yield* stream.end();
}
