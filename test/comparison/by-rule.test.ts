import { describe, expect, it } from 'vitest';
import { readBaselinesByRule, scoresByRule } from '../../src/comparison/by-rule.js';

describe('baselines by rule of the truth', () => {
  it('count right lines of all, then of each rule, the most frequent first', () => {
    const rules = ['owned', 'direct', 'owned', 'owned'];
    expect(scoresByRule(rules, [1, 2, 3, 4], [1, 2, 3, 9], [9, 2, 9, 9])).toEqual([
      { rule: 'all', lines: 4, nearest: 0.75, own: 0.25 },
      { rule: 'owned', lines: 3, nearest: 2 / 3, own: 0 },
      { rule: 'direct', lines: 1, nearest: 1, own: 1 },
    ]);
  });

  it('have all lines first where one rule has all', () => {
    expect(scoresByRule(['direct'], [1], [1], [1])[0]!.rule).toBe('all');
  });

  it('are recorded for the reference studies: direct lines are a person’s own', () => {
    const record = readBaselinesByRule('results/reference')!;
    for (const { rules } of record.protocols) {
      const direct = rules.find(({ rule }) => rule === 'direct')!;
      expect(direct.nearest).toBe(direct.own);
    }
    expect(readBaselinesByRule('results')).toBeNull();
  });
});
