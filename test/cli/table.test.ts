import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { columns } from '../../src/cli/fold.js';
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

  it('folds the widest column until it fits, at spaces where it can', () => {
    expect(table(['what', 'n'], [['one two three', '12345']], { width: 13 })).toBe(
      'what    n\n──────  ─────\none     12345\ntwo\nthree',
    );
    expect(table(['a'], [['.953 [.941, .962]']], { width: 14 })).toBe(
      'a\n──────────────\n.953\n[.941, .962]',
    );
    expect(table(['a'], [['abcdefghijkl']], { width: 7 })).toBe('a\n───────\nabcdefg\nhijkl');
  });

  it('fits 100 columns where no terminal says its width, whatever the cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '漢', '\u001b'), maxLength: 90 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 5 }), (rows) => {
        const text = table(['p', 'q', 'r', 's'], rows);
        for (const line of text.split('\n')) expect(columns(line)).toBeLessThanOrEqual(100);
        const plain = (of: string): string => of.replaceAll(/[\s─]/g, '');
        for (const letter of ['a', 'b', '漢']) {
          const count = (of: string): number => plain(of).split(letter).length;
          expect(count(text)).toBeGreaterThanOrEqual(count(rows.flat().join('')));
        }
        expect(text).not.toContain('\u001b');
      }),
    );
  });

  it('takes the width of a terminal, as COLUMNS says it', () => {
    vi.stubEnv('COLUMNS', '20');
    const was = process.stdout.isTTY;
    process.stdout.isTTY = true;
    const narrow = table(['a'], [['word '.repeat(10)]]);
    process.stdout.isTTY = was;
    vi.unstubAllEnvs();
    expect(Math.max(...narrow.split('\n').map(columns))).toBeLessThanOrEqual(20);
    expect(
      Math.max(
        ...table(['a'], [['word '.repeat(10)]])
          .split('\n')
          .map(columns),
      ),
    ).toBe(50);
  });

  it('shows what a terminal would act on', () => {
    expect(table(['a'], [['x\u001b[2Jy\u202ez\n']])).toContain('x\\u001b[2Jy\\u202ez\\u000a');
  });
});

describe('formatInterval', () => {
  it('gives three digits, without the zero before them', () => {
    expect(formatInterval(interval)).toBe('.953 [.941, 1.000]');
    expect(formatInterval({ ...interval, value: 0, low: Number.NaN, high: Number.NaN })).toBe('.000 [–, –]');
  });
});
