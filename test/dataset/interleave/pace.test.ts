import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paced } from '../../../src/dataset/interleave/pace.js';

describe('paced', () => {
  it('squeezes silences, stretches all, and moves what lies outside along', () => {
    const move = paced([10, 10_000_010], { begin: 1000, silence: 1e6, keep: () => 0.1, stretch: 2 });
    expect(move(10)).toBe(1000);
    expect(move(10_000_010)).toBe(1000 + 2 * 1_900_000);
    expect(move(0)).toBe(990);
    expect(move(10_000_020)).toBe(1000 + 2 * 1_900_000 + 10);
  });

  it('never turns an order around', () => {
    const times = fc.array(fc.nat(1e9), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(times, fc.nat(1e9), fc.nat(1e9), (knots, a, b) => {
        const move = paced(knots, { begin: 0, silence: 1e5, keep: () => 0.2, stretch: 0.8 });
        expect(move(Math.min(a, b))).toBeLessThanOrEqual(move(Math.max(a, b)));
      }),
    );
  });
});
