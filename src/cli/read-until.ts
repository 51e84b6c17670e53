import type { Readable } from 'node:stream';
import { type LogLine, type ReadOptions, readBatches } from '../audit/read.js';
import { MismatchError } from '../errors.js';

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

/** The end of a log that goes on: its first line that cannot be read ends it as a signal does, and is told when what came before is done. */
export class FirstFault {
  #error: MismatchError | null = null;

  /** The items until the first fault. */
  async *until<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      if (!(error instanceof MismatchError)) throw error;
      this.#error = error;
    }
  }

  /** @throws {MismatchError} There was a fault. */
  tell(): void {
    if (this.#error) throw this.#error;
  }
}
