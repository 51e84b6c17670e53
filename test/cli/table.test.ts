import { describe, expect, it } from 'vitest';
import { formatInterval, table } from '../../src/cli/table.js';

const interval = { value: 0.953, low: 0.9412, high: 1, level: 0.95, n: 10, method: 'none' };

describe('table', () => {
  it('pads columns to their widest cell, and leaves no space at the end of a line', () => {
    expect(
      table(
        ['a', 'bcd'],
        [
          ['long', '1'],
          ['', 'x'],
        ],
      ),
    ).toBe('a     bcd\n────  ───\nlong  1\n      x');
    expect(table(['a'], [])).toBe('a\n─');
  });
});

describe('formatInterval', () => {
  it('gives three digits, without the zero before them', () => {
    expect(formatInterval(interval)).toBe('.953 [.941, 1.000]');
    expect(formatInterval({ ...interval, value: 0, low: Number.NaN, high: Number.NaN })).toBe('.000 [–, –]');
  });
});
