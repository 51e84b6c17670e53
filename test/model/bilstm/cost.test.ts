import { expect, it } from 'vitest';
import { biLstmConfig, mostWindows, windowCost } from '../../../src/model/bilstm/shape.js';

it('predicts the paper’s windows by 32 and more, and large ones by fewer, down to one', () => {
  const most = (window: number, features: number, classes = 59): number =>
    mostWindows(biLstmConfig({ window, features, classes }));
  expect(most(60, 39)).toBeGreaterThanOrEqual(32);
  expect(most(1000, 39)).toBeLessThan(32);
  expect(most(10_000, 39, 10_000)).toBe(1);
});

it('counts numbers and products of a window', () => {
  const config = biLstmConfig({ window: 10, features: 1, classes: 2, heads: 1, units: [1, 1] });
  // Kernels, recurrent kernels, biases of two layers both ways; two normalizations; one dense layer.
  const weights = 2 * (4 + 4 + 4) + 2 * (8 + 4 + 4) + 2 * 2 + 2 * 2 + (2 * 2 + 2);
  expect(windowCost(config)).toEqual({ numbers: 10 * (2 + 16), products: 10 * weights });
});
