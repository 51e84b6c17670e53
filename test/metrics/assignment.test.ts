import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edge, heaviestMatching } from '../../src/metrics/assignment.js';

/** The same by trying every choice. */
function byTrying(edges: readonly Edge[], used: ReadonlySet<string> = new Set()): number {
  const [first, ...rest] = edges;
  if (!first) return 0;
  const [left, right, weight] = first;
  const without = byTrying(rest, used);
  if (used.has(`l${left}`) || used.has(`r${right}`)) return without;
  return Math.max(without, weight + byTrying(rest, new Set([...used, `l${left}`, `r${right}`])));
}

const edges = fc
  .uniqueArray(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(20)), {
    selector: ([l, r]) => `${l} ${r}`,
    maxLength: 10,
  })
  .map((list) => list.map(([l, r, w]): Edge => [l, r, w / 4]));

describe('heaviestMatching', () => {
  it('gives up the heaviest edge when two others are worth more', () => {
    const cross: Edge[] = [
      [0, 0, 3],
      [0, 1, 2],
      [1, 0, 2],
    ];
    expect(heaviestMatching(cross)).toBe(4);
  });

  it('leaves a node alone when that is worth more', () => {
    const chain: Edge[] = [
      [0, 0, 1],
      [1, 0, 5],
      [1, 1, 1],
    ];
    expect(heaviestMatching(chain)).toBe(5);
  });

  it('is what trying every choice gives', () => {
    fc.assert(
      fc.property(edges, (list) => {
        expect(heaviestMatching(list)).toBeCloseTo(byTrying(list), 10);
      }),
    );
  });

  it('is nothing without edges, and refuses a weight below 0', () => {
    expect(heaviestMatching([])).toBe(0);
    expect(() => heaviestMatching([[0, 0, -1]])).toThrow('metrics: expected weights from 0, got -1.');
  });
});
