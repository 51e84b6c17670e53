/**
 * Order of lines by the time their requests were received; equal times keep their order of arrival.
 *
 * @param micros Microseconds since 1970, shape [N].
 * @returns Positions, shape [N]: the line that comes i-th stands at `order[i]`.
 * @example orderByReceived([30, 10, 20]) // Int32Array [1, 2, 0]
 */
export function orderByReceived(micros: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: micros.length }, (_, i) => i).sort(
    (a, b) => micros[a]! - micros[b]! || a - b,
  );
}
