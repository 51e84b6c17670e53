import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneCycleRate } from '../../src/training/one-cycle.js';

const options = { steps: 100, peak: 0.01, warmup: 0.3, startFactor: 25, endFactor: 1e4 };

describe('oneCycleRate', () => {
  it('goes from a part of the peak to the peak, and down to next to nothing', () => {
    expect(oneCycleRate(1, options)).toBeCloseTo(0.0004, 12);
    expect(oneCycleRate(30, options)).toBeCloseTo(0.01, 12);
    expect(oneCycleRate(65, options)).toBeCloseTo(0.0050005, 12);
    expect(oneCycleRate(100, options)).toBeCloseTo(1e-6, 12);
  });

  it('rises up to the peak, falls after it, and stays between first, last and peak', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 400 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (steps, warmup) => {
          const rates = Array.from({ length: steps }, (_, i) =>
            oneCycleRate(i + 1, { ...options, steps, warmup }),
          );
          const top = rates.indexOf(Math.max(...rates));
          for (let i = 1; i < steps; i++)
            expect(i <= top ? rates[i]! >= rates[i - 1]! : rates[i]! <= rates[i - 1]!).toBe(true);
          expect(Math.max(...rates)).toBeLessThanOrEqual(0.01);
          expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-6 - 1e-15);
        },
      ),
    );
  });

  it('comes down along a straight line when asked to', () => {
    const linear = { ...options, descent: 'linear' as const };
    expect(oneCycleRate(30, linear)).toBeCloseTo(0.01, 12);
    const rates = Array.from({ length: 70 }, (_, i) => oneCycleRate(31 + i, linear));
    const steps = rates.map((rate, i) => (i === 0 ? 0.01 : rates[i - 1]!) - rate);
    for (const step of steps) expect(step).toBeCloseTo((0.01 - 1e-6) / 70, 12);
    expect(rates.at(-1)).toBeCloseTo(1e-6, 12);
    for (let step = 1; step <= 30; step++)
      expect(oneCycleRate(step, linear)).toBe(oneCycleRate(step, options));
  });

  it('is finite for a training of one step or two', () => {
    for (const steps of [1, 2])
      for (let step = 1; step <= steps; step++)
        expect(Number.isFinite(oneCycleRate(step, { ...options, steps }))).toBe(true);
  });
});
