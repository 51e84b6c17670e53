import type { Readable } from 'node:stream';
import { type LogLine, type ReadOptions, readBatches } from '../audit/read.js';

/**
 * The lines of a log, those together that came together, until a signal ends it where it is.
 *
 * @param signal Default: none does.
 * @throws {MismatchError} As `readBatches`, unless it was ended.
 * @example for await (const lines of readUntil(stop.signal, source, { name })) use(lines);
 */
export async function* readUntil(
  signal: AbortSignal | undefined,
  source: Readable,
  options: ReadOptions,
): AsyncGenerator<LogLine[]> {
  const end = (): void => void source.destroy();
  signal?.addEventListener('abort', end);
  try {
    yield* readBatches(source, options);
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
