import { afterEach, describe, expect, it, vi } from 'vitest';
import { onInterrupt } from '../../src/cli/interrupt.js';

afterEach(() => vi.restoreAllMocks());

describe('onInterrupt', () => {
  it('aborts on the first signal, and ends the process on the second', () => {
    const said: string[] = [];
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as () => never);
    const { signal, release } = onInterrupt((text) => said.push(text));
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(said).toEqual([
      '\nStopping after this step; the same command goes on from the last finished epoch. Again to stop at once.\n',
    ]);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGTERM');
    expect(exit).toHaveBeenCalledWith(130);
    release();
  });

  it('puts the old behaviour back', () => {
    const before = process.listenerCount('SIGINT');
    const { release } = onInterrupt(() => {});
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    release();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
