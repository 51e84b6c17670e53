const STEPS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]] as const;

/**
 * Round values to mark on a log axis: powers of ten, with steps between them when there are few; both ends when no two
 * round values lie between them.
 *
 * @param low, high The axis' ends, both above 0.
 * @throws {RangeError} An end that is not above 0 and finite.
 * @example logTicks(0.03, 2) // [0.03, 0.1, 0.3, 1]
 */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high < Number.POSITIVE_INFINITY))
    throw new RangeError(`reports: expected the ends of a log axis above 0, got ${low} and ${high}.`);
  const decades = Math.log10(high / low);
  const coarsest = decades >= 3 ? 0 : decades >= 1.2 ? 1 : 2;
  for (const steps of STEPS.slice(coarsest)) {
    const ticks = marks(low, high, steps);
    if (ticks.length >= 2) return ticks;
  }
  return [low, high];
}

function marks(low: number, high: number, steps: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(12));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks;
}

/**
 * Ends of a log axis: the data's, widened by a share of their distance.
 *
 * @param margin Share of the (log) distance added at both ends. Default 0.05.
 * @returns [low, high]; [0.1, 1] without any value above 0.
 */
export function logDomain(values: readonly number[], margin = 0.05): [number, number] {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return [0.1, 1];
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const pad = Math.max(0.05, margin * (high - low));
  return [Number((10 ** (low - pad)).toPrecision(4)), Number((10 ** (high + pad)).toPrecision(4))];
}

/**
 * Ends of an axis of scores: from the tenth below the lowest up to 1.
 *
 * @returns [low, 1]; [0, 1] without any value.
 * @example scoreDomain([0.62, 0.98]) // [0.6, 1]
 */
export function scoreDomain(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  return [Math.max(0, Math.min(0.9, Math.floor(Math.min(...finite) * 10) / 10)), 1];
}

/** The horizontal place of a class: how often it appears over all windows. */
export function weightChannel(domain: readonly [number, number]) {
  return {
    field: 'weight',
    type: 'quantitative' as const,
    title: 'class weight: appearances over all windows (log)',
    scale: { type: 'log' as const, domain: [...domain], nice: false },
    axis: { values: logTicks(...domain), format: '~s', grid: false },
  };
}
