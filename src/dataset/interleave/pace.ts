/** How the time of a stream is moved. All times in microseconds. */
export interface Pace {
  /** When the stream begins. */
  begin: number;
  /** Silences longer than this are cut down to it and a share of the rest. */
  silence: number;
  /** Gives each silence the share of its rest that is kept, in [0, 1]. */
  keep: () => number;
  /** Factor on all times, after that. */
  stretch: number;
}

/**
 * A mapping of times that keeps their order: silences squeezed, everything stretched alike.
 *
 * @param times When something happens, ascending or not.
 * @returns What maps any time; before the first and after the last it moves as they do.
 * @example paced([0, 10_000_000], { begin: 0, silence: 1e6, keep: () => 0.1, stretch: 1 })(10_000_000) // 1_900_000
 */
export function paced(
  times: readonly number[],
  { begin, silence, keep, stretch }: Pace,
): (time: number) => number {
  const from = Float64Array.from(times).sort();
  const to = new Float64Array(from.length);
  for (let i = 0; i < from.length; i++) {
    if (i === 0) {
      to[0] = begin;
      continue;
    }
    const gap = from[i]! - from[i - 1]!;
    to[i] = to[i - 1]! + stretch * (gap > silence ? silence + (gap - silence) * keep() : gap);
  }
  return (time) => {
    if (from.length === 0) return time;
    let [low, high] = [0, from.length - 1];
    if (time <= from[low]!) return to[low]! + (time - from[low]!);
    if (time >= from[high]!) return to[high]! + (time - from[high]!);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (from[middle]! <= time) low = middle;
      else high = middle;
    }
    const share = (time - from[low]!) / (from[high]! - from[low]!);
    return Math.floor(to[low]! + share * (to[high]! - to[low]!));
  };
}
