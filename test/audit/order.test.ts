import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderByReceived } from '../../src/audit/order.js';

describe('orderByReceived', () => {
  it('gives positions in order of time', () => {
    expect(orderByReceived([30, 10, 20])).toEqual(Int32Array.of(1, 2, 0));
    expect(orderByReceived([])).toEqual(new Int32Array(0));
  });

  it('keeps equal times in order of arrival', () => {
    expect(orderByReceived([5, 5, 1, 5])).toEqual(Int32Array.of(2, 0, 1, 3));
  });

  it('names every position once, in rising time, then rising position', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (micros) => {
        const order = orderByReceived(Float64Array.from(micros));
        expect([...order].sort((a, b) => a - b)).toEqual(micros.map((_, i) => i));
        for (let i = 1; i < order.length; i++) {
          const [before, after] = [order[i - 1]!, order[i]!];
          expect(
            micros[before]! < micros[after]! || (micros[before] === micros[after] && before < after),
          ).toBe(true);
        }
      }),
    );
  });
});
