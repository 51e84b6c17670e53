import type { Split } from './split.js';

/**
 * Which test rows belong to contexts that straddle: training or validation has seen other lines of them. No line is in two parts, and
 * yet what began before the cut goes on after it.
 *
 * @param contexts Context of each row, null where it is not known (such a row straddles nothing). Shape [N].
 * @returns 1 at each such row, shape [N].
 * @example straddlingRows(splitBlocked({ segments, size: 60 }), dataset.context)
 */
export function straddlingRows(
  { trainRows, validationRows, testRows }: Pick<Split, 'trainRows' | 'validationRows' | 'testRows'>,
  contexts: readonly (string | null)[],
): Uint8Array {
  const seen = new Set<string>();
  for (const { first, last } of [...trainRows, ...validationRows])
    for (let row = first; row <= last; row++) {
      const context = contexts[row];
      if (context != null) seen.add(context);
    }
  const straddling = new Uint8Array(contexts.length);
  for (const { first, last } of testRows)
    for (let row = first; row <= last; row++) {
      const context = contexts[row];
      if (context != null && seen.has(context)) straddling[row] = 1;
    }
  return straddling;
}
