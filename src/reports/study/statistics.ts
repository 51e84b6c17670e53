import { meanInterval, nadeauBengioInterval } from '../../metrics/interval.js';
import { studentDistribution } from '../../metrics/student.js';

export interface Summary {
  n: number;
  mean: number;
  /** Of the runs, NaN for fewer than two. */
  sd: number;
  low: number;
  high: number;
  method: string;
  values: number[];
}

export interface Difference extends Summary {
  p: number;
  better: number;
}

export function summarise(
  values: readonly number[],
  { level, testShare }: { level: number; testShare: number },
): Summary {
  const interval =
    testShare > 0 ? nadeauBengioInterval(values, testShare, level) : meanInterval(values, level);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return {
    n: values.length,
    mean,
    sd: values.length < 2 ? Number.NaN : sd,
    low: interval.low,
    high: interval.high,
    method: interval.method,
    values: [...values],
  };
}

export function compare(
  a: readonly number[],
  b: readonly number[],
  { level, testShare }: { level: number; testShare: number },
): Difference {
  const diffs = a.map((v, i) => v - b[i]!);
  const summary = summarise(diffs, { level, testShare });
  const t = Math.abs(summary.mean) / (summary.sd * Math.sqrt(1 / summary.n + testShare));
  const p = summary.n < 2 ? Number.NaN : 2 * (1 - studentDistribution(t, summary.n - 1));
  let wins = 0;
  for (const x of a) for (const y of b) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return { ...summary, p, better: wins / (a.length * b.length) };
}
