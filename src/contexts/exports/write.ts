import type { LogLine } from '../../audit/read.js';
import { ecsDocument } from './ecs.js';
import type { LineFormat } from './formats.js';
import { ocsfEvent } from './ocsf.js';
import { resourceSpans } from './otlp.js';
import type { Places } from './places.js';

/** Spans written at once. */
const BATCH = 500;

/**
 * The lines of a log, read once more, each with its context: JSON lines of ECS or OCSF, or one OTLP JSON document.
 *
 * @param lines The same lines that the contexts were made of.
 * @returns Text in pieces.
 */
export async function* exportLines(
  format: LineFormat,
  lines: AsyncIterable<LogLine>,
  places: Places,
): AsyncGenerator<string> {
  if (format === 'otlp') return yield* exportSpans(lines, places);
  const make = format === 'ecs' ? ecsDocument : ocsfEvent;
  for await (const { line, event } of lines) {
    const place = event ? places.of(line) : undefined;
    if (event && place) yield `${JSON.stringify(make(event, line, place, places.causeOf(line)))}\n`;
  }
}

async function* exportSpans(lines: AsyncIterable<LogLine>, places: Places): AsyncGenerator<string> {
  let batch: Parameters<typeof resourceSpans>[0][number][] = [];
  let written = false;
  const text = (): string => {
    const elements = resourceSpans(batch).map((one) => JSON.stringify(one));
    batch = [];
    const separator = written && elements.length > 0 ? ',\n' : '';
    written ||= elements.length > 0;
    return separator + elements.join(',\n');
  };
  yield '{"resourceSpans":[\n';
  for await (const { line, event } of lines) {
    const place = event ? places.of(line) : undefined;
    if (!event || !place) continue;
    batch.push({ event, line, place, cause: places.causeOf(line) });
    if (batch.length >= BATCH) yield text();
  }
  yield text();
  yield '\n]}\n';
}
