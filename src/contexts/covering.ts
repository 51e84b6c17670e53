/** Lines from the first to the last of each run of scored ones; a gap of more than that many lines ends a run. */
const GAP = 1000;

/**
 * Whether a line is scored, or stands between scored ones, so that what finds contexts reads it too.
 *
 * @param lines Scored lines, in any order.
 * @returns Is asked of lines in ascending order.
 * @example const covers = covering([3, 5]); [covers(2), covers(4), covers(6)] // [false, true, false]
 */
export function covering(lines: Iterable<number>): (line: number) => boolean {
  const runs: [first: number, last: number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && line - last[1] <= GAP) last[1] = line;
    else runs.push([line, line]);
  }
  let at = 0;
  return (line) => {
    while (at < runs.length && line > runs[at]![1]) at++;
    return at < runs.length && line >= runs[at]![0];
  };
}
