import type { LogLine } from '../../audit/read.js';
import type { Context } from '../context.js';
import { ecsDocument } from './ecs.js';
import type { LineFormat } from './formats.js';
import { ocsfEvent } from './ocsf.js';
import { Messages, MOST, type Span, spanOf } from './otlp.js';
import { causesOf, type Places, placeOf } from './places.js';
import { type SentLine, sentLine } from './told.js';

const DOCUMENTS = { ecs: ecsDocument, ocsf: ocsfEvent };

/**
 * The lines of a log, read once more, each with its context, as JSON lines: documents of ECS or OCSF in order of the log, or messages of
 * OTLP in order of the contexts' last lines.
 *
 * @param lines The same lines that the contexts were made of.
 * @returns Text in pieces of whole lines.
 */
export async function* exportLines(
  format: LineFormat,
  lines: AsyncIterable<LogLine>,
  places: Places,
): AsyncGenerator<string> {
  if (format === 'otlp') return yield* exportSpans(lines, places);
  const make = DOCUMENTS[format];
  for await (const { line, event } of lines) {
    const place = event ? places.of(line) : undefined;
    if (event && place) yield `${JSON.stringify(make(sentLine(event, line), place, places.causeOf(line)))}\n`;
  }
}

/** Spans of a context wait for each other, so that it comes whole. */
async function* exportSpans(lines: AsyncIterable<LogLine>, places: Places): AsyncGenerator<string> {
  const messages = new Messages();
  const waiting = new Map<string, { spans: Span[]; left: number }>();
  for await (const { line, event } of lines) {
    const place = event ? places.of(line) : undefined;
    if (!event || !place) continue;
    const { context } = place;
    const own = waiting.get(context) ?? { spans: [], left: place.lines };
    waiting.set(context, own);
    own.spans.push(spanOf(sentLine(event, line), place, places.causeOf(line)));
    own.left--;
    if (own.left === 0) waiting.delete(context);
    else if (own.spans.length < MOST.spans) continue;
    yield* messages.add(own.spans);
    own.spans = [];
  }
  for (const { spans } of waiting.values()) yield* messages.add(spans);
  yield* messages.end();
}

/**
 * One context that is closed, with its lines at once: as `exportLines` writes them, for whoever cannot read a log a second time.
 *
 * @param lines Those of the context that are known.
 */
export function exportContext(format: LineFormat, context: Context, lines: readonly SentLine[]): string {
  const place = placeOf(context);
  const causes = causesOf(context);
  const known = new Map(lines.map((one) => [one.line, one]));
  const own = context.lines.flatMap((line, i) => {
    const sent = known.get(line);
    return sent ? [{ sent, cause: causes[i] ?? null }] : [];
  });
  if (format !== 'otlp') {
    const make = DOCUMENTS[format];
    return own.map(({ sent, cause }) => `${JSON.stringify(make(sent, place, cause))}\n`).join('');
  }
  const messages = new Messages();
  const spans = own.map(({ sent, cause }) => spanOf(sent, place, cause));
  return [...messages.add(spans), ...messages.end()].join('');
}
