/** Signals that ask a process to end. */
const NAMES = ['SIGINT', 'SIGTERM'] as const;

/** A signal that aborts when the process is asked to end, and a function that puts the old behaviour back. */
export interface Interrupt {
  signal: AbortSignal;
  release: () => void;
}

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that work can stop at a safe place. A second one ends the process.
 *
 * @param then What becomes of the work.
 */
export function onInterrupt(
  say: (text: string) => void,
  then = 'the same command goes on from the last finished epoch, where there is one',
): Interrupt {
  return listen(say, `Stopping after this step; ${then}.`, () => process.exit(130));
}

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that what was begun is ended in order. A second one ends the process as if there
 * were no such order.
 *
 * @param text What is said at the first.
 */
export function onStop(say: (text: string) => void, text: string): Interrupt {
  const interrupt = listen(say, text, () => {
    // By a signal, whose exit code is 130: `process.exit` waits for a prediction that is under way.
    interrupt.release();
    process.kill(process.pid, 'SIGINT');
  });
  return interrupt;
}

/** @param again Called on each signal after the first. */
function listen(say: (text: string) => void, text: string, again: () => void): Interrupt {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) {
      again();
      return;
    }
    say(`\n${text} Again to stop at once.\n`);
    controller.abort();
  };
  for (const name of NAMES) process.on(name, handle);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of NAMES) process.off(name, handle);
    },
  };
}
