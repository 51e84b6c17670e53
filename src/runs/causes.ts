import { type CauseScores, causeScores } from '../metrics/causes.js';
import type { Evaluation } from '../model/model.js';
import type { Prepared } from './prepare.js';
import type { CausePart } from './record.js';

/**
 * Scores the causes that a model names of single lines: right triggers, contexts, and risk against coverage. Of all captures together first,
 * then of each; last the same of lines whose like was kept from training.
 *
 * @param tested Rows that were evaluated.
 * @param withheld Rows whose like was kept from training. Default: none.
 * @returns Nothing where the model names none, or the dataset knows none.
 */
export function scoreCauses(
  { dataset, codes }: Prepared,
  tested: Int32Array,
  labels: ArrayLike<number>,
  { causes, confidence }: Evaluation,
  withheld?: ReadonlySet<number>,
): CausePart[] {
  if (!causes || causes.length !== tested.length) return [];
  const rows = Array.from(tested);
  if (rows.some((row) => dataset.context[row] === null)) return [];
  const triggers = new Map<string, number>();
  dataset.trigger.forEach((is, row) => {
    if (is) triggers.set(dataset.context[row]!, row);
  });
  const scoresOf = (those: readonly number[]): CauseScores =>
    causeScores({
      // A trigger that is not among the lines is named by nobody.
      truth: those.map((i) => {
        const row = rows[i]!;
        return dataset.background[row] ? null : (triggers.get(dataset.context[row]!) ?? -1);
      }),
      said: those.map((i) => (causes[i]! < 0 ? null : causes[i]!)),
      labels: { truth: those.map((i) => codes[rows[i]!]!), said: those.map((i) => labels[i]!) },
      ...(confidence ? { confidence: those.map((i) => confidence[i]!) } : {}),
    });
  const captures = [...new Set(rows.map((row) => dataset.capture[row]!))];
  const about = (capture: string) => dataset.manifest?.captures.find(({ id }) => id === capture);
  const partsOf = (those: readonly number[], apart: boolean): CausePart[] => [
    { withheld: apart, scores: scoresOf(those) },
    ...(captures.length < 2 ? [] : captures).map((capture) => {
      const { people, kubernetes } = about(capture) ?? {};
      return {
        capture,
        ...(people === undefined ? {} : { people }),
        ...(kubernetes === undefined ? {} : { kubernetes }),
        withheld: apart,
        scores: scoresOf(those.filter((i) => dataset.capture[rows[i]!] === capture)),
      };
    }),
  ];
  const all = rows.map((_, i) => i);
  const apart = withheld ? all.filter((i) => withheld.has(rows[i]!)) : [];
  return [...partsOf(all, false), ...(apart.length > 0 ? partsOf(apart, true) : [])];
}
