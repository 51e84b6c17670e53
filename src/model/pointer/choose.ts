import { type Forest, scoreRows } from '../trees/forest.js';
import { MOST_CANDIDATES, WIDTH } from './candidates.js';
import type { Choose } from './follower.js';

/**
 * Chooses the candidate of the highest score; its confidence is the softmax of all.
 *
 *     p_k = e^{f(x_k) / τ} / Σ_j e^{f(x_j) / τ}
 *
 * @param options.temperature τ, found on validation lines [GUO2017]. Default 1.
 */
export function chooseBy(forest: Forest, { temperature = 1 }: { temperature?: number } = {}): Choose {
  const scores = new Float64Array(MOST_CANDIDATES + 1);
  return ({ candidates, rows }) => {
    scoreRows(forest, candidates.rows, { columns: WIDTH, count: rows }, scores);
    let best = 0;
    for (let k = 1; k < rows; k++) if (scores[k]! > scores[best]!) best = k;
    let sum = 0;
    for (let k = 0; k < rows; k++) sum += Math.exp((scores[k]! - scores[best]!) / temperature);
    const cause = best === 0 ? null : candidates.causes[best - 1]!;
    return { cause, confidence: 1 / sum, reason: cause ? 'ranked' : 'nobody' };
  };
}
