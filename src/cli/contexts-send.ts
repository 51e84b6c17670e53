import type { LogLine } from '../audit/read.js';
import type { Context } from '../contexts/context.js';
import type { LineFormat } from '../contexts/exports/formats.js';
import type { HeldLines } from '../contexts/exports/held.js';
import { Places } from '../contexts/exports/places.js';
import { exportContext, exportLines } from '../contexts/exports/write.js';
import { seenJson, write } from './output.js';

/**
 * Prints the lines of contexts in another system's words.
 *
 * @param contexts Those whose lines are printed.
 * @param lines Reads the log once more.
 * @returns How many contexts there were.
 */
export async function sendLines(
  format: LineFormat,
  contexts: AsyncIterable<Context> | Iterable<Context>,
  lines: () => AsyncIterable<LogLine>,
): Promise<number> {
  const places = new Places();
  let count = 0;
  for await (const context of contexts) {
    places.add(context);
    count++;
  }
  for await (const piece of exportLines(format, lines(), places)) await write(seenJson(piece));
  return count;
}

/**
 * The same as contexts are closed, of a log that is read once.
 *
 * @param contexts All that the log has.
 * @param select Leaves over those whose lines are printed.
 * @param held Told of each line that came, and of its context.
 */
export async function sendLive(
  format: LineFormat,
  contexts: AsyncIterable<Context>,
  select: (contexts: AsyncIterable<Context>) => AsyncIterable<Context>,
  held: HeldLines,
): Promise<void> {
  let lines: ReturnType<HeldLines['take']> = [];
  const closed = (async function* (): AsyncGenerator<Context> {
    for await (const context of contexts) {
      lines = held.take(context);
      yield context;
    }
  })();
  for await (const context of select(closed)) await write(seenJson(exportContext(format, context, lines)));
}
