/** Stands among the items where none came for a while. */
export const SILENCE = Symbol('silence');

/** What time it is, in milliseconds since 1970, by a clock that nobody sets back. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/**
 * The items as they come, and `SILENCE` for every `ms` milliseconds in which none came.
 *
 * @param ms Milliseconds, above 0.
 * @example for await (const line of withSilence(lines, 1000)) if (line === SILENCE) flush();
 */
export async function* withSilence<T>(
  items: AsyncIterable<T>,
  ms: number,
): AsyncGenerator<T | typeof SILENCE> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<typeof SILENCE>((resolve) => {
        timer = setTimeout(resolve, ms, SILENCE);
      });
      const got = await Promise.race([next, silence]).finally(() => clearTimeout(timer));
      if (got === SILENCE) yield SILENCE;
      else {
        if (got.done) return;
        next = iterator.next();
        yield got.value;
      }
    }
  } finally {
    // What is asked for may never come, so nobody waits for the end of it.
    next.catch(() => {});
    void iterator.return?.(undefined)?.catch(() => {});
  }
}
