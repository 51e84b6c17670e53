import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRows } from '../../../src/model/trees/bins.js';
import {
  BOOST_DEFAULTS,
  Boosting,
  derive,
  type GroupedRows,
  treesOf,
} from '../../../src/model/trees/boost.js';
import { forestOf, forestTensors, joinForests, scoreRows } from '../../../src/model/trees/forest.js';
import { growTree } from '../../../src/model/trees/grow.js';
import { randomStream } from '../../../src/random.js';

const { NaN: none } = Number;
const options = { ...BOOST_DEFAULTS, seed: 7, minHessian: 1e-3 };

/** Groups of three rows of a number, a word and noise; right is the row whose word is 2, or the one of the least number. */
function groups(count: number): GroupedRows {
  const random = randomStream(3, 'groups');
  const rows: number[] = [];
  const right: number[] = [];
  for (let group = 0; group < count; group++) {
    const own = Array.from({ length: 3 }, () => [
      random.next(),
      random.integer(5),
      random.next() < 0.3 ? none : random.next(),
    ]);
    const word = own.findIndex(([, code]) => code === 2);
    const least = own.findIndex(([number]) => number === Math.min(...own.map(([other]) => other!)));
    right.push(3 * group + (word >= 0 ? word : least));
    rows.push(...own.flat());
  }
  return {
    rows: Float32Array.from(rows),
    kinds: ['number', 'word', 'number'],
    starts: Int32Array.from({ length: count + 1 }, (_, i) => 3 * i),
    right: Int32Array.from(right),
  };
}

const train = (data: GroupedRows, trees: number, from = new Boosting(data, options)): Boosting => {
  while (from.trees < trees) from.step();
  return from;
};

describe('growTree', () => {
  it('cuts where an exhaustive search cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -8, max: 8 })), {
          minLength: 2,
          maxLength: 20,
        }),
        (pairs) => {
          const values = pairs.map(([value]) => value);
          const gradient = Float64Array.from(pairs, ([, g]) => g);
          const hessian = new Float64Array(pairs.length).fill(1);
          const binned = binRows(Float32Array.from(values), ['number']);
          const tree = growTree(
            { binned, rows: Int32Array.from(values.keys()), columns: Int32Array.of(0) },
            { gradient, hessian },
            { ...options, leaves: 2, l2: 1, rate: 1 },
          );
          const part = (rows: number[]): number =>
            rows.reduce((sum, i) => sum + gradient[i]!, 0) ** 2 / (rows.length + 1);
          const all = [...values.keys()];
          const gains = [...new Set(values)].map(
            (limit) =>
              part(all.filter((i) => values[i]! <= limit)) +
              part(all.filter((i) => values[i]! > limit)) -
              part(all),
          );
          const best = Math.max(...gains);
          const out = scoreRows(
            tree,
            Float32Array.from(values),
            { columns: 1 },
            new Float64Array(values.length),
          );
          const sides = [...new Set(out)].map((leaf) => all.filter((i) => out[i] === leaf));
          const gained = sides.length === 2 ? part(sides[0]!) + part(sides[1]!) - part(all) : 0;
          expect(gained).toBeCloseTo(best > 1e-6 ? best : 0, 6);
        },
      ),
    );
  });

  it('sends what is missing to the side where it belongs', () => {
    const rows = Float32Array.of(1, 1, 5, 5, none, none);
    const tree = growTree(
      { binned: binRows(rows, ['number']), rows: Int32Array.from(rows.keys()), columns: Int32Array.of(0) },
      { gradient: Float64Array.of(1, 1, -1, -1, 1, 1), hessian: new Float64Array(6).fill(1) },
      { ...options, leaves: 2 },
    );
    const [low, , high, , missing] = scoreRows(tree, rows, { columns: 1 }, new Float64Array(6));
    expect(missing).toBe(low);
    expect(missing).not.toBe(high);
  });

  it('splits words as sets, whatever their numbers', () => {
    const rows = Float32Array.of(0, 1, 2, 3, 40, 62);
    const tree = growTree(
      { binned: binRows(rows, ['word']), rows: Int32Array.from(rows.keys()), columns: Int32Array.of(0) },
      { gradient: Float64Array.of(1, -1, 1, -1, 1, -1), hessian: new Float64Array(6).fill(1) },
      { ...options, leaves: 2 },
    );
    const out = scoreRows(tree, rows, { columns: 1 }, new Float64Array(6));
    expect(new Set([out[0], out[2], out[4]]).size).toBe(1);
    expect(out[0]).toBeLessThan(0);
    expect(out[1]).toBeGreaterThan(0);
    expect([out[3], out[5]]).toEqual([out[1], out[1]]);
  });
});

describe('Boosting', () => {
  const data = groups(400);

  it('learns which row of a group is right', () => {
    const { forest } = train(data, 40);
    const fresh = groups(400);
    const scores = scoreRows(forest, fresh.rows, { columns: 3 }, new Float64Array(1200));
    const right = fresh.right.filter((row, group) => {
      const own = scores.subarray(3 * group, 3 * group + 3);
      return scores[row] === Math.max(...own);
    });
    expect(right.length / 400).toBeGreaterThan(0.9);
  });

  it('loses less with every few trees, by the derivatives of its loss', () => {
    const boosting = new Boosting(data, options);
    const losses = Array.from({ length: 20 }, () => boosting.step());
    expect(losses[0]).toBeCloseTo(Math.log(3), 10);
    expect(losses[19]).toBeLessThan(losses[5]!);
    expect(losses[5]).toBeLessThan(losses[0]!);
    const scores = Float64Array.of(0.3, -0.2, 0.5);
    const one = { starts: Int32Array.of(0, 3), right: Int32Array.of(1) };
    const [g, h] = [new Float64Array(3), new Float64Array(3)];
    const loss = derive(scores, one, g, h);
    scores[1]! += 1e-6;
    const nudged = derive(scores, one, new Float64Array(3), new Float64Array(3));
    expect((nudged - loss) / 1e-6).toBeCloseTo(g[1]!, 5);
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    const bytes = (seed: number) =>
      JSON.stringify(train(data, 6, new Boosting(data, { ...options, seed })).tensors());
    expect(bytes(7)).toBe(bytes(7));
    expect(bytes(7)).not.toBe(bytes(8));
  });

  it('goes on from its tensors as if it had never stopped', () => {
    const stopped = train(data, 4);
    const again = new Boosting(data, options);
    again.assign(structuredClone(stopped.tensors()));
    expect(again.trees).toBe(4);
    expect(JSON.stringify(train(data, 9, again).tensors())).toBe(JSON.stringify(train(data, 9).tensors()));
  });
});

describe('a forest', () => {
  const { forest } = train(groups(200), 5);
  const { rows } = groups(20);
  const score = (one: typeof forest) => [...scoreRows(one, rows, { columns: 3 }, new Float64Array(60))];

  it('is the same after it was written as tensors and read', () => {
    expect(score(forestOf(forestTensors(forest), 3))).toEqual(score(forest));
  });

  it('falls into its trees and is put together again', () => {
    expect(treesOf(forest)).toHaveLength(5);
    expect(joinForests(treesOf(forest))).toEqual(forest);
  });

  it('is refused where a walk would not end, or leave the columns', () => {
    const refused = 'model: expected trees over 3 columns whose nodes lead to leaves, got others.';
    const bad = { ...forest, left: forest.left.map(() => 0) };
    expect(() => forestOf(forestTensors(bad), 3)).toThrow(refused);
    expect(() => forestOf(forestTensors(forest), 1)).toThrow('trees over 1 columns');
    expect(() => forestOf({}, 3)).toThrow('model: expected tensor trees/words, got none.');
  });
});

describe('binRows', () => {
  it('puts a limit between values, and no more than 62 of them', () => {
    expect([...binRows(Float32Array.of(3, 1, none, 2), ['number']).limits[0]!]).toEqual([1.5, 2.5]);
    const many = binRows(
      Float32Array.from({ length: 1000 }, (_, i) => i % 500),
      ['number'],
    );
    expect(many.limits[0]!.length).toBeLessThanOrEqual(62);
    expect(Math.max(...many.bins)).toBeLessThan(64);
  });

  it('refuses half rows and words without a bin', () => {
    expect(() => binRows(new Float32Array(3), ['number', 'word'])).toThrow(
      'trees: expected rows of 2 values.',
    );
    expect(() => binRows(Float32Array.of(63), ['word'])).toThrow(
      'trees: expected codes of words from 0 to 62, got 63.',
    );
  });
});

describe('forestOf', () => {
  const tensors = (part: string, data: number[]) => {
    const sound = forestTensors(joinForests([grownTree()]));
    return { ...sound, [`trees/${part}`]: { shape: [data.length], data: Float32Array.from(data) } };
  };
  const grownTree = () => ({
    root: Int32Array.of(0),
    column: Int32Array.of(0),
    threshold: Float32Array.of(1),
    words: new Uint32Array(2),
    left: Int32Array.of(-1),
    right: Int32Array.of(-2),
    missing: Uint8Array.of(0),
    leaf: Float32Array.of(1, 2),
  });

  it.each([
    ['leaf', [none, 1], 'tensor trees/leaf to be finite, got NaN at 0'],
    ['left', [0.5], 'tensor trees/left of integers, got 0.5 at 0'],
    ['root', [2 ** 40], 'tensor trees/root of integers, got 1099511627776 at 0'],
    ['left', [0], 'trees over 1 columns whose nodes lead to leaves, got others'],
    ['root', Array(500_001).fill(0), 'trees that ask a row at most 1000000 times, got 1000002 times'],
  ])('refuses a damaged %s, and names the file', (part, data, said) => {
    expect(() => forestOf(tensors(part, data), 1, 'trees.safetensors')).toThrow(
      `model: trees.safetensors: expected ${said}.`,
    );
  });
});
