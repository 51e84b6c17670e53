import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracy, macroF1 } from '../../src/metrics/classification.js';
import { pairedBootstrap } from '../../src/metrics/paired-bootstrap.js';
import { randomStream } from '../../src/random.js';

const of = (groups: number, more: { resamples?: number } = {}) => ({
  ...{ groups, unit: 'contexts', random: randomStream(1, 'test') },
  ...more,
});

describe('a paired bootstrap', () => {
  it('gives the difference of the scores themselves', () => {
    const label = fc.integer({ min: 0, max: 3 });
    const sample = fc.record({ t: label, a: label, b: label, g: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 40 }), (samples) => {
        const list = (key: 't' | 'a' | 'b' | 'g') => samples.map((one) => one[key]);
        const run = { truth: list('t'), a: list('a'), b: list('b'), group: list('g') };
        const { exactMatch, macroF1: f1 } = pairedBootstrap([run], of(5, { resamples: 2 }));
        expect(exactMatch.value).toBeCloseTo(accuracy(run.truth, run.a) - accuracy(run.truth, run.b), 12);
        for (const [mine, over] of [
          [f1.strict, 'union'],
          [f1.paper, 'truth'],
        ] as const)
          expect(mine.value).toBeCloseTo(
            macroF1(run.truth, run.a, { over }) - macroF1(run.truth, run.b, { over }),
            12,
          );
      }),
    );
  });

  it('is wider where whole groups are right or wrong together', () => {
    const n = 200;
    const truth = Array<number>(n).fill(1);
    const a = truth.map((_, i) => (i % 20 < 12 ? 1 : 2));
    const b = truth.map(() => 2);
    const single = pairedBootstrap([{ truth, a, b, group: truth.map((_, i) => i) }], of(n));
    const byTen = a.toSorted((x, y) => x - y);
    const grouped = pairedBootstrap(
      [{ truth, a: byTen, b, group: truth.map((_, i) => Math.floor(i / 10)) }],
      of(n / 10),
    );
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(single.exactMatch.value).toBeCloseTo(0.6, 12);
    expect(grouped.exactMatch.value).toBeCloseTo(0.6, 12);
    expect(width(grouped.exactMatch)).toBeGreaterThan(2.5 * width(single.exactMatch));
    expect(grouped.exactMatch.method).toBe('cluster bootstrap over 20 contexts, 1000 resamples');
  });

  it('draws the same groups for A and B, so that what both have right has no part in it', () => {
    const truth = Array.from({ length: 100 }, (_, i) => i % 2);
    const a = truth.map((t, i) => (i < 90 ? t : 7));
    const run = { truth, a, b: a, group: truth.map((_, i) => i) };
    const { value, low, high } = pairedBootstrap([run], of(100)).exactMatch;
    expect([value, low, high]).toEqual([0, 0, 0]);
  });

  it('takes the mean over runs', () => {
    const [truth, group] = [
      [1, 1],
      [0, 1],
    ];
    const [right, wrong] = [
      { truth, a: [1, 1], b: [2, 2], group },
      { truth, a: [2, 2], b: [2, 2], group },
    ];
    expect(pairedBootstrap([right, wrong], of(2)).exactMatch.value).toBe(0.5);
  });

  it('refuses lists of other lengths', () => {
    expect(() => pairedBootstrap([{ truth: [1], a: [1], b: [], group: [0] }], of(1))).toThrow(
      'metrics: expected 1 samples of A, B and groups, got others.',
    );
  });
});
