/** Lines of the paper's dataset. */
export const PAPER_LINES = 18_478;

export interface Selection {
  description: string;
  /** How many lines of the default selection (completed, the paper's filter) lie in the ranges. */
  count: number;
  /** First and last line of the log, from 0, both in. */
  ranges: [number, number][];
}

/**
 * The standard selection for the paper's studies: the first 18,478 lines that count by default, capture after capture.
 *
 * @param counted The lines that count, in order of the log.
 * @returns Nothing when there are fewer.
 */
export function paperSize(
  counted: readonly { capture: string; line: number }[],
  size: number = PAPER_LINES,
): Record<string, Selection> {
  if (counted.length < size) return {};
  const ranges: [number, number][] = [];
  let capture: string | null = null;
  for (const row of counted.slice(0, size)) {
    if (row.capture === capture) ranges.at(-1)![1] = row.line;
    else ranges.push([row.line, row.line]);
    capture = row.capture;
  }
  return {
    'paper-size': {
      description: `The first ${size} completed lines (the paper's filter applied): as many as the paper has.`,
      count: size,
      ranges,
    },
  };
}
