import { readFileSync } from 'node:fs';

interface Bounds {
  value: number;
  low: number;
  high: number;
}

/** Numbers of scikit-learn and SciPy, written by `scripts/golden/metrics.py`. */
export interface Golden {
  cases: {
    truth: number[];
    predicted: number[];
    accuracy: number;
    macroF1: { union: number; truth: number };
    classes: { class: number; precision: number; recall: number; f1: number; support: number }[];
    confusion: number[][];
    weights: Record<string, number>;
  }[];
  student: { probability: number; freedom: number; quantile: number }[];
  mean: (Bounds & { values: number[]; level: number })[];
  paired: Bounds & { a: number[]; b: number[] };
  corrected: Bounds & { values: number[]; testShare: number };
  normal: { probability: number; quantile: number }[];
  tests: {
    a: number[];
    b: number[];
    deviation: number;
    t: number;
    p: number;
    testShare: number;
    corrected: { t: number; p: number };
  }[];
  superiority: { a: number[]; b: number[]; unpaired: number; paired: number }[];
  wilson: { hits: number; n: number; level: number; low: number; high: number }[];
  bootstrap: (Bounds & { values: number[]; level: number })[];
}

export const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/metrics.json', import.meta.url), 'utf8'),
);
