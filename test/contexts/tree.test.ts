import { describe, expect, it } from 'vitest';
import { treeOf } from '../../src/contexts/tree.js';

const shape = (context: Parameters<typeof treeOf>[0]) =>
  treeOf(context).map(({ line, depth }) => [line, depth]);

describe('the tree of a context', () => {
  it('has causes over effects', () => {
    expect(shape({ context: 'c3', lines: [1, 3, 4, 9], causes: [3, null, 1, 3] })).toEqual([
      [3, 0],
      [1, 1],
      [4, 2],
      [9, 1],
    ]);
  });

  it('has the triggering event first where causes are not known', () => {
    expect(shape({ context: 'c3', lines: [1, 3, 4] })).toEqual([
      [3, 0],
      [1, 1],
      [4, 1],
    ]);
  });

  it('has each line once, whatever the causes say', () => {
    expect(shape({ context: 'c1', lines: [1, 2, 3, 4], causes: [null, 3, 2, 77] })).toEqual([
      [1, 0],
      [4, 1],
      [2, 0],
      [3, 1],
    ]);
  });

  it('is as deep as the causes', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => i);
    const rows = treeOf({
      context: 'c0',
      lines,
      causes: lines.map((line) => (line === 0 ? null : line - 1)),
    });
    expect(rows.at(-1)!.depth).toBe(4999);
  });
});
