import { describe, expect, it } from 'vitest';
import { COLUMNS, WIDTH } from '../../../src/model/pointer/columns.js';
import { UNLEARNED } from '../../../src/model/pointer/ranker.js';

/** Rows of candidates, "nobody" first, by what is known of each. */
function best(name: keyof typeof UNLEARNED, ...candidates: Record<string, number>[]): number {
  const rows = new Float32Array((candidates.length + 1) * WIDTH).fill(Number.NaN);
  candidates.forEach((known, k) => {
    for (const [column, value] of Object.entries(known))
      rows[(k + 1) * WIDTH + COLUMNS.findIndex((one) => one.name === column)] = value;
  });
  const out = new Float64Array(candidates.length + 1);
  UNLEARNED[name].score(rows, candidates.length + 1, out);
  return out.indexOf(Math.max(...out));
}

describe('rankers that learn nothing', () => {
  it('take relations in order, and of one relation the nearest', () => {
    expect(best('generic', { ns_any: 1 }, { self_touched: 9000 })).toBe(2);
    expect(best('generic', { self_touched: 9000 }, { self_touched: 20 })).toBe(2);
    expect(best('generic')).toBe(0);
  });

  it('follow the object and its owners alone', () => {
    expect(best('owner', { ns_any: 1 }, { pre_touched: 1 })).toBe(0);
    expect(best('owner', { ns_any: 1 }, { anc_touched: 5000 })).toBe(2);
  });

  it('take the last change in the namespace, 300 s at most', () => {
    expect(best('namespace', { ns_any: 2000 }, { ns_any: 300 })).toBe(2);
    expect(best('namespace', { ns_any: 301_000 }, { self_touched: 5 })).toBe(0);
  });

  it('say what a rule says, else nobody', () => {
    expect(best('rules', { ns_any: 1 }, { c_rule: 1 })).toBe(2);
    expect(best('rules', { ns_any: 1 })).toBe(0);
  });
});
