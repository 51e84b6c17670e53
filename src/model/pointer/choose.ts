import type { Forest } from '../trees/forest.js';
import { MOST_CANDIDATES } from './candidates.js';
import type { Choose } from './follower.js';
import type { PointerModel } from './pointer-folder.js';
import { type Ranker, treesRanker } from './ranker.js';

/** Scores of the candidates of the line that was asked about last. */
export interface Scored {
  scores: Float64Array;
}

/**
 * Chooses the candidate of the highest score; its confidence is the softmax of all.
 *
 *     p_k = e^{f(x_k) / τ} / Σ_j e^{f(x_j) / τ}
 *
 * @param options.temperature τ, found on validation lines [GUO2017]. Default 1.
 * @param options.thresholds Confidence below which a finding is uncertain, by the level of the log. Default: none is.
 * @returns What chooses, and the scores f that it found, which the next line overwrites.
 */
export function chooseBy(
  by: Forest | Ranker,
  { temperature = 1, thresholds = {} }: Partial<Pick<PointerModel, 'temperature' | 'thresholds'>> = {},
): { choose: Choose } & Scored {
  const ranker = 'score' in by ? by : treesRanker(by);
  const scores = new Float64Array(MOST_CANDIDATES + 1);
  const choose: Choose = (choice) => {
    const { candidates, rows } = choice;
    // Where nobody can have caused it, there is nothing to choose.
    if (rows === 1) scores[0] = 0;
    else ranker.score(candidates.rows, rows, scores);
    let best = 0;
    for (let k = 1; k < rows; k++) if (scores[k]! > scores[best]!) best = k;
    const cause = best === 0 ? null : candidates.causes[best - 1]!;
    const confidence = Math.exp(-lossOf(scores, rows, best, temperature));
    const least = thresholds[choice.whole ? 'requestResponse' : 'metadata'] ?? 0;
    return {
      cause,
      confidence,
      reason: 'found by the ranker',
      ...(confidence < least ? { uncertain: true as const } : {}),
    };
  };
  return { choose, scores };
}

/** −log of the probability of row k among the first `rows`. */
export function lossOf(scores: ArrayLike<number>, rows: number, k: number, temperature = 1): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows; i++) most = Math.max(most, scores[i]!);
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += Math.exp((scores[i]! - most) / temperature);
  return Math.log(sum) - (scores[k]! - most) / temperature;
}

/**
 * τ under which the right candidates of some lines are most probable, to a twentieth [GUO2017].
 *
 * @param lines Scores of the candidates of each, and which is right (−1: not among them).
 */
export function bestTemperature(lines: readonly { scores: ArrayLike<number>; right: number }[]): number {
  const known = lines.filter(({ right }) => right >= 0);
  let best = { temperature: 1, loss: Number.POSITIVE_INFINITY };
  for (let step = 10; step <= 80; step++) {
    const temperature = step / 20;
    let loss = 0;
    for (const { scores, right } of known) loss += lossOf(scores, scores.length, right, temperature);
    if (known.length > 0 && loss < best.loss - 1e-9) best = { temperature, loss };
  }
  return best.temperature;
}
