import { AuditweaveError } from '../errors.js';
import { PARTS, type Part, type Split, splitOfRows } from './parts.js';
import type { Segment, WindowOptions } from './sliding.js';

/** Which captures train, validate and test. */
export type Fold = Record<Part, readonly string[]>;

export interface CaptureOptions extends WindowOptions {
  /** Capture of each row, shape [N]. */
  captures: readonly string[];
  fold: Fold;
}

/**
 * A leak-free split by capture: training, validation and test never share one. Captures that the fold does not name are left out.
 *
 * @returns Windows of every part, none across the border of a capture.
 * @throws {AuditweaveError} The fold names a capture twice, or one that no row has.
 * @example splitCapture({ captures, fold: { train: ['a'], validation: ['b'], test: ['c'] }, size: 60 })
 */
export function splitCapture({ captures, fold, size, stride = 1 }: CaptureOptions): Split {
  const known = new Set(captures);
  const partOf = new Map<string, Part>();
  for (const part of PARTS)
    for (const capture of fold[part]) {
      if (!known.has(capture))
        throw new AuditweaveError(
          `windows: expected the ${part} captures to be in the dataset, got “${capture}”.`,
          { hint: `Captures there are: ${[...known].join(', ')}.` },
        );
      if (partOf.has(capture))
        throw new AuditweaveError(
          `windows: expected a capture once in a fold, got “${capture}” in ${partOf.get(capture)} and ${part}.`,
          { hint: 'Give each capture of the fold to one part.' },
        );
      partOf.set(capture, part);
    }
  const parts: Record<Part, Segment[]> = { train: [], validation: [], test: [] };
  for (const segment of segmentsOf(captures)) {
    const part = partOf.get(captures[segment.first]!);
    if (part) parts[part].push(segment);
  }
  return splitOfRows('capture', parts, { size, stride });
}

/** How the fold that tests one capture is named, as in `leave-out-a1`. */
const LEAVE_OUT = 'leave-out-';

/**
 * The fold that tests one capture, validates the next (after the last, the first), and trains on all others: of as many captures, as many
 * folds, that test every line once.
 *
 * @param captures In the order of the log, each as often as one likes.
 * @param name As in `leave-out-a1`.
 * @returns Null when the name is not of that form, names no capture, or there are fewer than three.
 * @example leaveOut(['a', 'b', 'c'], 'leave-out-c') // { train: ['b'], validation: ['a'], test: ['c'] }
 */
export function leaveOut(captures: Iterable<string>, name: string): Fold | null {
  const all = [...new Set(captures)];
  const at = name.startsWith(LEAVE_OUT) ? all.indexOf(name.slice(LEAVE_OUT.length)) : -1;
  if (at < 0 || all.length < 3) return null;
  const [test, validation] = [all[at]!, all[(at + 1) % all.length]!];
  return {
    train: all.filter((capture) => capture !== test && capture !== validation),
    validation: [validation],
    test: [test],
  };
}

/** Names of the folds that leave one capture out. */
export function leaveOutNames(captures: Iterable<string>): string[] {
  const all = [...new Set(captures)];
  return all.length < 3 ? [] : all.map((capture) => `${LEAVE_OUT}${capture}`);
}

/**
 * Runs of rows with the same value.
 *
 * @param values Shape [N].
 * @example segmentsOf(['a', 'a', 'b']) // [{ first: 0, last: 1 }, { first: 2, last: 2 }]
 */
export function segmentsOf(values: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  values.forEach((value, row) => {
    const last = segments.at(-1);
    if (last && values[last.first] === value) last.last = row;
    else segments.push({ first: row, last: row });
  });
  return segments;
}
