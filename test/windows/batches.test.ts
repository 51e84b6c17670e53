import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { batchOrder, gatherTargets, gatherWindows } from '../../src/windows/batches.js';

describe('batchOrder', () => {
  const starts = Int32Array.of(3, 1, 4, 1, 5);

  it('cuts windows into batches, the last one smaller', () => {
    expect(batchOrder(starts, { size: 2 })).toEqual([
      Int32Array.of(3, 1),
      Int32Array.of(4, 1),
      Int32Array.of(5),
    ]);
    expect(batchOrder(new Int32Array(0), { size: 2 })).toEqual([]);
  });

  it('holds each window once in a shuffled order, too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 9 }), fc.nat(), (values, size, seed) => {
        const batches = batchOrder(Int32Array.from(values), { size, random: randomStream(seed, 'order') });
        expect(batches.length).toBe(Math.ceil(values.length / size));
        expect(batches.flatMap((batch) => [...batch]).toSorted()).toEqual(values.toSorted());
      }),
    );
  });

  it('draws windows by how often each is wanted', () => {
    const random = randomStream(7, 'order');
    const batches = batchOrder(Int32Array.of(10, 20, 30), {
      size: 2,
      random,
      factors: Float64Array.of(1, 1, 1e9),
    });
    expect(batches).toEqual([Int32Array.of(30, 30), Int32Array.of(30)]);
  });

  it('leaves the windows it was given as they were', () => {
    const given = starts.slice();
    batchOrder(given, { size: 2, random: randomStream(7, 'order') });
    expect(given).toEqual(starts);
  });

  it('refuses a batch of no window', () => {
    expect(() => batchOrder(starts, { size: 0 })).toThrow(
      new RangeError('windows: expected size to be a positive integer, got 0.'),
    );
  });
});

describe('gatherWindows', () => {
  it('lays windows out time by time', () => {
    const matrix = Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13);
    expect([...gatherWindows(matrix, 2, Int32Array.of(0, 2), 2)]).toEqual([0, 10, 2, 12, 1, 11, 3, 13]);
  });

  it('puts matrix[starts[b] + t, f] at [t, b, f]', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 5, max: 30 }),
      features: fc.integer({ min: 1, max: 4 }),
      size: fc.integer({ min: 1, max: 5 }),
      picks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(shape, ({ rows, features, size, picks }) => {
        const matrix = Float32Array.from({ length: rows * features }, (_, i) => i);
        const starts = Int32Array.from(picks, (pick) => Math.round(pick * (rows - size)));
        const batch = gatherWindows(matrix, features, starts, size);
        expect(batch.length).toBe(size * starts.length * features);
        for (let t = 0, at = 0; t < size; t++)
          for (const start of starts)
            for (let f = 0; f < features; f++) expect(batch[at++]).toBe(matrix[(start + t) * features + f]);
      }),
    );
  });

  it('refuses a window that ends after the last row', () => {
    expect(() => gatherWindows(new Float32Array(8), 2, Int32Array.of(0, 3), 2)).toThrow(
      new RangeError('windows: expected rows 0 to 3, got a window of rows 3 to 4.'),
    );
  });
});

describe('gatherTargets', () => {
  it('lays the parts of labels out time by time', () => {
    const targets = Int32Array.of(1, 2, 3, 4, 5, 6);
    expect([...gatherTargets(targets, 2, Int32Array.of(0, 1), 2)]).toEqual([1, 2, 3, 4, 3, 4, 5, 6]);
  });
});
