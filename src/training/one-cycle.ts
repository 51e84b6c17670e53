export interface OneCycleOptions {
  /** All steps of the training: epochs · batches an epoch. */
  steps: number;
  /** The greatest learning rate. */
  peak: number;
  /** Share of the steps that go up, in (0, 1). */
  warmup: number;
  /** The first learning rate is `peak` divided by this, the last `peak` divided by `endFactor`. */
  startFactor: number;
  endFactor: number;
  /** How it comes down. Default `cosine`. */
  descent?: 'cosine' | 'linear';
}

/**
 * Learning rate of a step when it goes up and down once over the whole training [SMITH2018], up along a cosine, down along a cosine or
 * a straight line [DEFAZIO2023]:
 *
 *     a → b over the share x of the way:  b + (a − b) · (1 + cos πx) / 2   or   a + (b − a) x
 *
 * from `peak / startFactor` to `peak` in the first `warmup` of the steps, then to `peak / endFactor` in the last step. It depends on the
 * step alone, so a training that goes on from a checkpoint takes the same rates.
 *
 * @param step From 1 to `steps`.
 * @example oneCycleRate(1, { steps: 100, peak: 0.01, warmup: 0.3, startFactor: 25, endFactor: 1e4 }) // 0.0004
 */
export function oneCycleRate(step: number, options: OneCycleOptions): number {
  const { steps, peak, warmup, startFactor, endFactor, descent = 'cosine' } = options;
  const top = Math.max(1, Math.round(warmup * steps));
  if (step <= top) return cosine(peak / startFactor, peak, top === 1 ? 1 : (step - 1) / (top - 1));
  const share = (step - top) / (steps - top);
  const end = peak / endFactor;
  return descent === 'linear' ? peak + (end - peak) * share : cosine(peak, end, share);
}

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}
