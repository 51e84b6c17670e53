import { describe, expect, it } from 'vitest';
import { LogClock } from '../../src/labeling/log-clock.js';

describe('the clock of a log', () => {
  it('is that of most of the last lines, whatever one or two of them say', () => {
    const clock = new LogClock();
    const times = [10, 11, 12, 3e15, 14, 1, 16, 17].map((written) => {
      clock.push(written);
      return clock.now;
    });
    const none = Number.NEGATIVE_INFINITY;
    expect(times).toEqual([none, none, 10, 11, 12, 12, 14, 16]);
  });
});
