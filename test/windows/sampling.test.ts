import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { drawWindows, repeatFactors } from '../../src/windows/sampling.js';
import { slidingWindows } from '../../src/windows/sliding.js';

describe('repeatFactors', () => {
  it('is that of a window’s rarest class: the square root of how far its share lies below the threshold', () => {
    // Ten windows of one line: class 1 nine times, class 2 once, a tenth of the lines.
    const classes = [1, 1, 1, 1, 2, 1, 1, 1, 1, 1];
    const starts = slidingWindows(10, { size: 1 });
    const factors = repeatFactors(starts, { size: 1, classes, threshold: 0.4, power: 0.5 });
    expect([...factors]).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 1, 1]);
    const pairs = slidingWindows(10, { size: 2 });
    const wider = repeatFactors(pairs, { size: 2, classes, threshold: 0.4, power: 0.5 });
    expect(wider[3]).toBe(wider[4]);
    expect([...wider].map((factor) => factor > 1)).toEqual([
      false,
      false,
      false,
      true,
      true,
      ...Array(4).fill(false),
    ]);
  });

  it('counts only the windows it was given', () => {
    const factors = repeatFactors(Int32Array.of(0, 2), {
      size: 1,
      classes: [1, 2, 3],
      threshold: 0.9,
      power: 1,
    });
    expect([...factors].map((factor) => Number(factor.toFixed(9)))).toEqual([1.8, 1.8]);
  });

  it('wants no window less than one of common classes, and rarer ones no less', () => {
    const classes = fc.array(fc.nat(6), { minLength: 1, maxLength: 80 });
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        classes,
        fc.integer({ min: 1, max: 9 }),
        share,
        share,
        (classes, size, threshold, power) => {
          const starts = slidingWindows(classes.length, { size });
          const factors = repeatFactors(starts, { size, classes, threshold, power });
          const steeper = repeatFactors(starts, { size, classes, threshold, power: power + 0.1 });
          factors.forEach((factor, m) => {
            expect(factor).toBeGreaterThanOrEqual(1);
            expect(steeper[m]).toBeGreaterThanOrEqual(factor);
          });
        },
      ),
    );
  });
});

describe('drawWindows', () => {
  const positive = fc.array(fc.double({ min: 1, max: 50, noNaN: true }), { maxLength: 60 });

  it('draws as many as there are, each as often as its share, rounded down or up', () => {
    fc.assert(
      fc.property(positive, fc.nat(), (list, seed) => {
        const factors = Float64Array.from(list);
        const drawn = drawWindows(factors, randomStream(seed, 'order/1'));
        expect(drawn.length).toBe(list.length);
        const sum = list.reduce((a, b) => a + b, 0);
        list.forEach((factor, m) => {
          const due = (list.length * factor) / sum;
          const times = drawn.filter((index) => index === m).length;
          expect(times).toBeGreaterThanOrEqual(Math.floor(due - 1e-9));
          expect(times).toBeLessThanOrEqual(Math.ceil(due + 1e-9));
        });
      }),
    );
  });

  it('draws each once when all are wanted alike', () => {
    const drawn = drawWindows(new Float64Array(20).fill(3), randomStream(7, 'order/1'));
    expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('on average draws each in proportion', () => {
    const factors = Float64Array.of(1, 1, 1, 5.5);
    const times = [0, 0, 0, 0];
    for (let epoch = 1; epoch <= 4000; epoch++)
      for (const index of drawWindows(factors, randomStream(7, `order/${epoch}`))) times[index]!++;
    times.forEach((count, m) => {
      expect(count / 16_000).toBeCloseTo(factors[m]! / 8.5, 1.7);
    });
  });

  it('depends on the stream alone', () => {
    const factors = Float64Array.of(1, 2, 3, 4, 5);
    const draw = (seed: number) => [...drawWindows(factors, randomStream(seed, 'order/1'))];
    expect(draw(7)).toEqual(draw(7));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => draw(seed).join())).size).toBeGreaterThan(10);
  });
});
