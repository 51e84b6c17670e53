import { describe, expect, it } from 'vitest';
import { BOOST_DEFAULTS, Boosting } from '../../../src/model/trees/boost.js';
import { type Forest, scoreRows } from '../../../src/model/trees/forest.js';
import { QuickScorer } from '../../../src/model/trees/quick-scorer.js';
import { randomStream } from '../../../src/random.js';

const COLUMNS = 21;
const random = randomStream(3, 'quick scorer');

/** Rows of words (every fourth column) and numbers, most of the later ones missing; the first five columns are alike in a group of four. */
function drawRows(count: number): Float32Array {
  const rows = new Float32Array(count * COLUMNS);
  for (let r = 0; r < count; r++)
    for (let f = 0; f < COLUMNS; f++) {
      const at = r * COLUMNS + f;
      if (f < 5 && r % 4 > 0) rows[at] = rows[at - COLUMNS]!;
      else if (random.next() < (f < 8 ? 0.2 : 0.8)) rows[at] = Number.NaN;
      else rows[at] = f % 4 === 0 ? random.integer(62) : 10 * random.next() - 5;
    }
  return rows;
}

function grow(leaves: number): Forest {
  const groups = 300;
  const rows = drawRows(4 * groups);
  const boosting = new Boosting(
    {
      rows,
      kinds: Array.from({ length: COLUMNS }, (_, f) =>
        f % 4 === 0 ? ('word' as const) : ('number' as const),
      ),
      starts: Int32Array.from({ length: groups + 1 }, (_, g) => 4 * g),
      right: Int32Array.from({ length: groups }, (_, g) => 4 * g + random.integer(4)),
    },
    { ...BOOST_DEFAULTS, leaves, minHessian: 0.01, minGain: 0, seed: 1 },
  );
  while (boosting.trees < 12) boosting.step();
  return boosting.forest;
}

describe('the quick scorer', () => {
  it.each([
    [32, 200],
    [33, 300],
    [64, 400],
  ])('gives the sums of the walk through trees of %i leaves, to the last bit', (most, leaves) => {
    const forest = grow(most);
    expect(forest.leaf.length).toBeGreaterThan(leaves);
    const quick = QuickScorer.of(forest, COLUMNS)!;
    for (let group = 0; group < 200; group++) {
      const rows = drawRows(4);
      const walked = scoreRows(forest, rows, { columns: COLUMNS }, new Float64Array(4));
      for (const shared of [0, 5])
        expect(quick.score(rows, { count: 4, shared }, new Float64Array(4))).toEqual(walked);
    }
  });

  it('gives the same of rows that it has met, whatever it met between', () => {
    const forest = grow(60);
    const quick = QuickScorer.of(forest, COLUMNS)!;
    const groups = Array.from({ length: 600 }, () => drawRows(4));
    const walked = groups.map((rows) => scoreRows(forest, rows, { columns: COLUMNS }, new Float64Array(4)));
    for (const shared of [5, 5, 0, 5])
      groups.forEach((rows, i) => {
        for (const _ of ['first', 'again'])
          expect(quick.score(rows, { count: 4, shared }, new Float64Array(4))).toEqual(walked[i]);
      });
  });

  it('scores rows that miss everything, and no rows', () => {
    const forest = grow(16);
    const quick = QuickScorer.of(forest, COLUMNS)!;
    const none = new Float32Array(COLUMNS).fill(Number.NaN);
    const walked = scoreRows(forest, none, { columns: COLUMNS }, new Float64Array(1));
    expect(quick.score(none, { count: 1, shared: 0 }, new Float64Array(1))).toEqual(walked);
    expect(quick.score(none, { count: 0, shared: 5 }, new Float64Array(0))).toEqual(new Float64Array(0));
  });

  /** Trees by hand: of each node its column, limit and where it leads; −1 − l is leaf l. */
  function forestBy(
    root: number[],
    nodes: { column: number; limit: number; left: number; right: number }[],
  ): Forest {
    return {
      root: Int32Array.from(root),
      column: Int32Array.from(nodes, ({ column }) => column),
      threshold: Float32Array.from(nodes, ({ limit }) => limit),
      words: new Uint32Array(2 * nodes.length),
      left: Int32Array.from(nodes, ({ left }) => left),
      right: Int32Array.from(nodes, ({ right }) => right),
      missing: new Uint8Array(nodes.length),
      leaf: Float32Array.from({ length: 70 }, (_, i) => i + 0.5),
    };
  }

  it('scores trees of one leaf beside others, and rows that lie at a limit or beyond all', () => {
    const forest = forestBy([-1, 0, -3], [{ column: 1, limit: 2, left: -4, right: -5 }]);
    const rows = Float32Array.from([0, 2, 0, 2.5, 0, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]);
    const walked = scoreRows(forest, rows, { columns: 2 }, new Float64Array(4));
    expect([...walked]).toEqual([6.5, 7.5, 7.5, 6.5]);
    for (const shared of [0, 2])
      for (let r = 0; r < 4; r++) {
        const row = rows.subarray(2 * r, 2 * r + 2);
        expect(QuickScorer.of(forest, 2)!.score(row, { count: 1, shared }, new Float64Array(1))[0]).toBe(
          walked[r],
        );
      }
  });

  it('leaves to the walk what is no forest of small trees, without walking on and on', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => ({ column: 0, limit: i, left: i + 1, right: -1 }));
    chain.push({ column: 0, limit: 0, left: -1, right: -2 });
    const web = Array.from({ length: 60 }, (_, i) => ({ column: 0, limit: i, left: i + 1, right: i + 1 }));
    web.push({ column: 0, limit: 0, left: -1, right: -2 });
    const stumps = Array.from({ length: 4000 }, (_, i) => ({ column: 0, limit: i, left: -1, right: -2 }));
    expect(QuickScorer.of(forestBy([0], chain), 1)).toBeNull();
    expect(QuickScorer.of(forestBy([0], web), 1)).toBeNull();
    expect(QuickScorer.of(forestBy([], []), 1)).toBeNull();
    expect(
      QuickScorer.of(
        forestBy(
          stumps.slice(0, 500).map((_, i) => i),
          stumps,
        ),
        1,
      ),
    ).not.toBeNull();
    expect(
      QuickScorer.of(
        forestBy(
          stumps.map((_, i) => i),
          stumps,
        ),
        1,
      ),
    ).toBeNull();
  });

  it('leaves trees of more than 64 leaves to the walk', () => {
    expect(QuickScorer.of(grow(70), COLUMNS)).toBeNull();
  });
});
