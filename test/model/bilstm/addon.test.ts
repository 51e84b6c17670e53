import { describe, expect, it } from 'vitest';
import { cpuModelAddon } from '../../../src/model/bilstm/addon.js';
import { MOVING, TRAINABLE } from '../../../src/model/bilstm/layout.js';
import { loadTensorFlow } from '../../../src/native/load.js';

await loadTensorFlow({ device: 'cpu' });
const addon = (await cpuModelAddon())!;

describe('the addon', () => {
  it('takes weights in the order of the layout', () => {
    expect(addon.weights).toEqual([...TRAINABLE, ...MOVING]);
  });

  it('refuses sizes that its arrays do not have, and what is missing', () => {
    const sizes = { window: 2, features: 1, heads: 2, classes: 2, units1: 1, units2: 1 };
    const rates = { dropout: 0, alpha: 1, gamma: 2, threads: 1, slots: 1 } as const;
    const rows = { matrix: new Float32Array(4), targets: new Int32Array(8), weights: null };
    const lengths = [8, 4, 1, 1, 12, 4, 4, 2, 2, 2, 1, 1, 2, 2, 8, 4, 1, 1, 12, 4, 4, 2, 2, 2];
    const arrays = [...lengths, ...lengths].map((length) => new Float32Array(length));
    const whole = { ...sizes, ...rates, ...rows, arrays };
    expect(addon.create(whole)).toBeTypeOf('object');
    const { gamma: _, ...without } = whole;
    for (const wrong of [
      { ...whole, units1: 2 },
      { ...whole, features: 0 },
      { ...whole, arrays: arrays.slice(1) },
      { ...whole, matrix: null as unknown as Float32Array },
      without as typeof whole,
    ])
      expect(() => addon.create(wrong)).toThrow('model: expected a shape and arrays of its sizes.');
  });
});
