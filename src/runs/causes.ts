import { type CauseScores, causeScores } from '../metrics/causes.js';
import type { Evaluation } from '../model/model.js';
import type { Prepared } from './prepare.js';

/**
 * Scores the causes that a model names of single lines: right triggers, contexts, and risk against coverage.
 *
 * @param tested Rows that were evaluated.
 * @returns Undefined where the model names none, or the dataset knows none.
 */
export function scoreCauses(
  { dataset, codes }: Prepared,
  tested: Int32Array,
  labels: ArrayLike<number>,
  { causes, confidence }: Evaluation,
): CauseScores | undefined {
  if (!causes || causes.length !== tested.length) return undefined;
  const rows = Array.from(tested);
  if (rows.some((row) => dataset.context[row] === null)) return undefined;
  const triggers = new Map<string, number>();
  dataset.trigger.forEach((is, row) => {
    if (is) triggers.set(dataset.context[row]!, row);
  });
  return causeScores({
    // A trigger that is not among the lines is named by nobody.
    truth: rows.map((row) => (dataset.background[row] ? null : (triggers.get(dataset.context[row]!) ?? -1))),
    said: Array.from(causes, (cause) => (cause < 0 ? null : cause)),
    labels: { truth: rows.map((row) => codes[row]!), said: labels },
    confidence,
  });
}
