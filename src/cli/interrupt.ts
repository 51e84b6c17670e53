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

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that what was begun is ended in order. A second one ends the process as if there
 * were no such order.
 *
 * @param text What is said at the first.
 * @returns The signal, and a function that puts the old behaviour back.
 */
export function onStop(
  say: (text: string) => void,
  text: string,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = (): void => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, handle);
  };
  const handle = (): void => {
    if (controller.signal.aborted) {
      // By a signal, whose exit code is 130: `process.exit` waits for a prediction that is under way.
      release();
      process.kill(process.pid, 'SIGINT');
      return;
    }
    say(`\n${text} Again to stop at once.\n`);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, handle);
  return { signal: controller.signal, release };
}
