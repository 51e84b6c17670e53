/** The samples of this confidence or more. */
export interface SurestStep {
  confidence: number;
  count: number;
  wrong: number;
}

/**
 * Samples by confidence, the surest first: a step at every confidence that occurs, for those of one confidence are kept or left out together.
 *
 * @param right Whether each is, shape [n].
 * @param confidence Shape [n].
 * @example surestSteps([true, false], [0.9, 0.4]) // [{ confidence: 0.9, count: 1, wrong: 0 }, { confidence: 0.4, count: 2, wrong: 1 }]
 */
export function surestSteps(right: ArrayLike<boolean | number>, confidence: ArrayLike<number>): SurestStep[] {
  const order = Array.from({ length: right.length }, (_, i) => i);
  order.sort((a, b) => confidence[b]! - confidence[a]!);
  const steps: SurestStep[] = [];
  let wrong = 0;
  order.forEach((sample, k) => {
    if (!right[sample]) wrong++;
    const own = confidence[sample]!;
    if (k + 1 < order.length && confidence[order[k + 1]!] === own) return;
    steps.push({ confidence: own, count: k + 1, wrong });
  });
  return steps;
}
