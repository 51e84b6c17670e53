import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { cropBatches } from '../../src/windows/crop.js';

const order = [Int32Array.of(0, 10), Int32Array.of(20, 30), Int32Array.of(40)];

describe('cropBatches', () => {
  it('cuts every other batch at a half, and every batch at one', () => {
    const lengths = (batches: number) =>
      cropBatches(order, { batches, size: 10, cut: 2 }, randomStream(7, 'crop/1')).map(({ lines }) => lines);
    expect(lengths(0)).toEqual([10, 10, 10]);
    expect(lengths(0.5)).toEqual([10, 8, 10]);
    expect(lengths(1)).toEqual([8, 8, 8]);
  });

  it('keeps every crop within its window, and reaches both ends', () => {
    const starts = Int32Array.from({ length: 300 }, (_, i) => 100 * i);
    const [batch] = cropBatches([starts], { batches: 1, size: 10, cut: 2 }, randomStream(7, 'crop/1'));
    const offsets = Array.from(batch!.starts, (start, i) => start - starts[i]!);
    for (const offset of [0, 1, 2]) expect(offsets.filter((o) => o === offset).length).toBeGreaterThan(60);
    expect(new Set(offsets).size).toBe(3);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (size, share, seed) => {
          const cut = Math.floor(size / 3);
          const cropped = cropBatches(order, { batches: share, size, cut }, randomStream(seed, 'crop/1'));
          expect(cropped.map(({ starts }) => starts.length)).toEqual([2, 2, 1]);
          cropped.forEach((batch, i) => {
            batch.starts.forEach((start, j) => {
              expect(start).toBeGreaterThanOrEqual(order[i]![j]!);
              expect(start + batch.lines).toBeLessThanOrEqual(order[i]![j]! + size);
            });
          });
          expect(cropped.filter((batch) => batch.lines < size).length).toBeLessThanOrEqual(
            Math.floor(3 * share),
          );
        },
      ),
    );
  });

  it('refuses lengths and shares that mean nothing', () => {
    const crop = (batches: number, cut: number) => () =>
      cropBatches(order, { batches, size: 10, cut }, randomStream(7, 'crop/1'));
    expect(crop(0.5, -1)).toThrow('windows: expected a crop that cuts 0 to 9 lines, got -1.');
    expect(crop(0.5, 10)).toThrow('windows: expected a crop that cuts 0 to 9 lines, got 10.');
    expect(crop(1.5, 2)).toThrow('windows: expected a share of batches from 0 to 1, got 1.5.');
  });
});
