import { COLOUR } from '../../page/colours.js';
import type { EpochRecord } from '../../runs/record.js';

/** Whole epochs to mark on an axis of at most `length` epochs. */
function epochTicks(length: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((width) => length / width <= 9) ?? Math.ceil(length / 9);
  return Array.from({ length: Math.floor(length / step) }, (_, i) => (i + 1) * step);
}

/** The x axis of curves by epoch, the same in every chart of a run. */
export function epochAxis(history: readonly EpochRecord[], options: { title?: string | null } = {}) {
  const last = Math.max(2, history.at(-1)?.epoch ?? 2);
  return {
    field: 'epoch',
    type: 'quantitative' as const,
    title: options.title === undefined ? 'epoch' : options.title,
    scale: { domain: [1, last], nice: false },
    axis: { values: epochTicks(last), format: 'd', grid: false },
  };
}

/**
 * A rule at the epoch whose weights were kept, and its name; nothing for epoch 0.
 *
 * @param height Of the plot, px, to put the name at its foot. Default 0: at its head.
 */
export function bestEpochMark(bestEpoch: number, epochs: number, height = 0) {
  if (bestEpoch <= 0) return [];
  const left = bestEpoch > epochs * 0.6;
  const data = { values: [{ epoch: bestEpoch, label: `kept: epoch ${bestEpoch}` }] };
  const x = { field: 'epoch', type: 'quantitative' as const };
  return [
    { data, mark: { type: 'rule' as const, strokeDash: [3, 3], color: COLOUR.muted }, encoding: { x } },
    {
      data,
      mark: {
        type: 'text' as const,
        align: left ? ('right' as const) : ('left' as const),
        baseline: height > 0 ? ('bottom' as const) : ('top' as const),
        dx: left ? -6 : 6,
        dy: height > 0 ? -4 : 2,
        color: COLOUR.muted,
      },
      encoding: { x, y: { value: height }, text: { field: 'label', type: 'nominal' as const } },
    },
  ];
}
