import { type Forest, scoreRows } from '../trees/forest.js';
import { MOST_CANDIDATES, WIDTH } from './candidates.js';
import { explain } from './explain.js';
import type { Choose } from './follower.js';

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
 * @returns What chooses, and the scores f that it found, which the next line overwrites.
 */
export function chooseBy(
  forest: Forest,
  { temperature = 1 }: { temperature?: number } = {},
): { choose: Choose } & Scored {
  const scores = new Float64Array(MOST_CANDIDATES + 1);
  const choose: Choose = (choice) => {
    const { candidates, rows } = choice;
    scoreRows(forest, candidates.rows, { columns: WIDTH, count: rows }, scores);
    let best = 0;
    for (let k = 1; k < rows; k++) if (scores[k]! > scores[best]!) best = k;
    const cause = best === 0 ? null : candidates.causes[best - 1]!;
    const confidence = Math.exp(-lossOf(scores, rows, best, temperature));
    return { cause, confidence, reason: explain(choice, best) };
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
