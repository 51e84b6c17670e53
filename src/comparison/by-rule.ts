import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Protocol } from '../runs/record.js';

/** How well two baselines do on the test lines whose truth one rule found. */
export interface RuleScore {
  /** As `how` in the truth; `all` for every line. */
  rule: string;
  /** Test lines. */
  lines: number;
  /** Share of them that get the right label from the nearest earlier change by a person, and from the line's own action. */
  nearest: number;
  own: number;
}

/** `baselines-by-rule.json`: of one dataset, by protocol. */
export interface BaselinesByRule {
  schema: 1;
  dataset: { name: string; selection: string; sha256: string };
  protocols: { protocol: Protocol; rules: RuleScore[] }[];
}

/** Its name among the folders of studies. */
export const BY_RULE = 'baselines-by-rule.json';

/**
 * Counts right lines by the rule that found their truth.
 *
 * @param rules Rule of each line, shape [n].
 * @param truth, nearest, own Codes of each line, shape [n].
 * @returns All lines first, then each rule, the most frequent first.
 * @example scoresByRule(['direct', 'owned'], [1, 2], [1, 2], [1, 3])[2] // { rule: 'owned', lines: 1, nearest: 1, own: 0 }
 */
export function scoresByRule(
  rules: readonly string[],
  truth: ArrayLike<number>,
  nearest: ArrayLike<number>,
  own: ArrayLike<number>,
): RuleScore[] {
  const sums = new Map<string, { lines: number; nearest: number; own: number }>();
  for (let i = 0; i < rules.length; i++)
    for (const rule of ['all', rules[i]!]) {
      const sum = sums.get(rule) ?? { lines: 0, nearest: 0, own: 0 };
      sum.lines++;
      sum.nearest += Number(nearest[i] === truth[i]);
      sum.own += Number(own[i] === truth[i]);
      sums.set(rule, sum);
    }
  const scores = [...sums].map(([rule, sum]) => ({
    ...{ rule, lines: sum.lines },
    ...{ nearest: sum.nearest / sum.lines, own: sum.own / sum.lines },
  }));
  return scores.sort((a, b) => b.lines - a.lines || Number(b.rule === 'all') - Number(a.rule === 'all'));
}

/** Reads the record among the folders of studies; null where it is not. */
export function readBaselinesByRule(dir: string): BaselinesByRule | null {
  const file = join(dir, BY_RULE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BaselinesByRule) : null;
}
