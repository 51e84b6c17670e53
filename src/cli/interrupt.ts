/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that work can stop at a safe place. A second one ends the process.
 *
 * @param from What the same command goes on from.
 * @returns The signal, and a function that puts the old behaviour back.
 */
export function onInterrupt(
  say: (text: string) => void,
  from = 'the last finished epoch',
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(130);
    say(`\nStopping after this step; the same command goes on from ${from}. Again to stop at once.\n`);
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
