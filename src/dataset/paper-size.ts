import type { Selection } from './manifest.js';

/** Lines of the paper's dataset. */
export const PAPER_LINES = 18_478;

/**
 * The standard selection for the paper's studies: as many lines as the paper has, one run from the start of each capture, in proportion to
 * the lines that the capture has (largest remainders).
 *
 * @param counted The lines that count by default, in order of the log.
 * @returns Nothing when there are fewer.
 */
export function paperSize(
  counted: readonly { capture: string; line: number }[],
  size: number = PAPER_LINES,
): Record<string, Selection> {
  if (counted.length < size) return {};
  const captures = new Map<string, number[]>();
  for (const { capture, line } of counted) {
    const own = captures.get(capture);
    if (own) own.push(line);
    else captures.set(capture, [line]);
  }
  const all = [...captures.values()];
  const shares = proportions(
    all.map((lines) => lines.length),
    size,
  );
  const ranges = all.flatMap((lines, i): [number, number][] =>
    shares[i]! > 0 ? [[lines[0]!, lines[shares[i]! - 1]!]] : [],
  );
  return {
    'paper-size': {
      description: `${size} completed lines (the paper's filter applied), as many as the paper has: one run from the start of each capture, in proportion to its lines.`,
      count: size,
      ranges,
    },
  };
}

/**
 * Shares a total out by the largest remainders.
 *
 * @example proportions([2, 1, 1], 2) // [1, 1, 0]
 */
export function proportions(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (weight * total) / sum);
  const shares = exact.map(Math.floor);
  const left = total - shares.reduce((a, b) => a + b, 0);
  const order = exact.map((_, i) => i).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!));
  for (const i of order.slice(0, left)) shares[i]!++;
  return shares;
}
