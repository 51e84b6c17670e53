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

  it('leaves trees of more than 64 leaves to the walk', () => {
    expect(QuickScorer.of(grow(70), COLUMNS)).toBeNull();
  });
});
