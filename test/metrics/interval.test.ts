import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm, meanInterval, nadeauBengioInterval, pairedDifference } from '../../src/metrics/interval.js';
import { studentDistribution, studentQuantile } from '../../src/metrics/student.js';
import { golden } from './golden.js';

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });

describe('studentQuantile', () => {
  it.each(golden.student)('is SciPy’s at $probability with $freedom degrees of freedom', (known) => {
    const found = studentQuantile(known.probability, known.freedom);
    expect(found / known.quantile).toBeCloseTo(1, 9);
    expect(studentDistribution(found, known.freedom)).toBeCloseTo(known.probability, 10);
  });

  it('is symmetric about 0', () => {
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentQuantile(0.025, 3)).toBe(-studentQuantile(0.975, 3));
  });

  it('refuses what has no quantile', () => {
    expect(() => studentQuantile(1, 3)).toThrow('metrics: expected a probability in (0, 1), got 1.');
    expect(() => studentQuantile(0.9, 0)).toThrow('metrics: expected freedom above 0, got 0.');
  });
});

describe('meanInterval', () => {
  it.each(golden.mean)('is SciPy’s for $values', ({ values, level, value, low, high }) => {
    const interval = meanInterval(values, level);
    expect(interval).toMatchObject({ level, n: values.length, method: 'Student t over runs' });
    expect(interval.value).toBeCloseTo(value, 12);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it('has no bounds for a single run', () => {
    expect(meanInterval([0.9])).toMatchObject({ value: 0.9, low: Number.NaN, high: Number.NaN, n: 1 });
  });
});

describe('pairedDifference', () => {
  it('is SciPy’s paired t interval', () => {
    const { a, b, value, low, high } = golden.paired;
    const interval = pairedDifference(a, b);
    expect(interval).toMatchObject({ level: 0.95, n: 8, method: 'Student t over paired differences' });
    expect(interval.value).toBeCloseTo(value, 12);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it('changes its sign with the order of the two', () => {
    fc.assert(
      fc.property(scores, (a) => {
        const b = a.toReversed();
        const [there, back] = [pairedDifference(a, b), pairedDifference(b, a)];
        expect(back.value).toBeCloseTo(-there.value, 12);
        expect(back.high).toBeCloseTo(-there.low, 9);
      }),
    );
  });

  it('refuses runs without a partner', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow(
      new RangeError('metrics: expected 2 paired values, got 1.'),
    );
  });
});

describe('nadeauBengioInterval', () => {
  it('widens Student’s interval by the share of rows that splits have in common', () => {
    const { values, testShare, low, high } = golden.corrected;
    const interval = nadeauBengioInterval(values, testShare);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
    const plain = meanInterval(values);
    expect((interval.high - interval.low) / (plain.high - plain.low)).toBeCloseTo(Math.sqrt(1 + 8 / 9), 9);
  });
});

describe('holm', () => {
  it.each([
    { given: [0.01, 0.02, 0.03, 0.04, 0.05], adjusted: [0.05, 0.08, 0.09, 0.09, 0.09] },
    { given: [0.04, 0.01], adjusted: [0.04, 0.02] },
    { given: [0.5, 0.9, 0.4], adjusted: [1, 1, 1] },
    { given: [0.03], adjusted: [0.03] },
    { given: [], adjusted: [] },
  ])('adjusts $given to $adjusted', ({ given, adjusted }) => {
    holm(given).forEach((p, i) => {
      expect(p).toBeCloseTo(adjusted[i]!, 12);
    });
    expect(holm(given)).toHaveLength(adjusted.length);
  });

  it('never lowers a value and keeps their order', () => {
    fc.assert(
      fc.property(scores, (given) => {
        const adjusted = holm(given);
        given.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          given.forEach((q, j) => {
            if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
  });

  it('refuses what is no p-value', () => {
    expect(() => holm([0.1, 1.1])).toThrow(new RangeError('metrics: expected a p-value in [0, 1], got 1.1.'));
  });
});
