import { checkShares, type Part, type Split, type SplitShares, splitOfRows } from './parts.js';
import type { Segment, WindowOptions } from './sliding.js';

export interface BlockedOptions extends SplitShares, WindowOptions {
  /** Sequences of rows (captures, each in time order), without overlap. Each is cut by itself. */
  segments: readonly Segment[];
  /** Where the test part lies, from 0 (the beginning of each sequence) to 1 (its end). Default 1. */
  position?: number;
  /** Rows left out of training and validation on either side of the test part. Default 0. */
  gap?: number;
}

/**
 * A split that shares no line: each sequence is cut into contiguous parts and windows lie within one part, so no line is in two.
 *
 * Of a sequence of n rows, the test part is t = round(n · test) rows from round((n − t) · position) on, as in the contiguous k-fold of
 * [K8NTEXT, §6.5.1]: test = 1/k and position = i / (k − 1) give part i of k. The validation part, round((n − t) · validation) rows,
 * comes just before the test part, or just after it where there is no room before. The rest trains.
 *
 * A context that began before the cut goes on in the test part: `straddlingRows` finds it.
 *
 * Cutting each capture by itself keeps every capture in every part; `splitCapture` asks the harder question, a capture never seen.
 *
 * @returns Windows of every part. Rows of a piece that is shorter than W are in no window.
 * @throws {RangeError} A share is not between 0 and 1, or `position` not from 0 to 1.
 * @example splitBlocked({ segments: [{ first: 0, last: 99 }], size: 5 }).testRows // [{ first: 90, last: 99 }]
 */
export function splitBlocked(options: BlockedOptions): Split {
  const { segments, size, stride = 1, test = 0.1, validation = 0.1, position = 1, gap = 0 } = options;
  checkShares({ test, validation });
  if (!(position >= 0 && position <= 1))
    throw new RangeError(`windows: expected position to be from 0 to 1, got ${position}.`);
  const parts: Record<Part, Segment[]> = { train: [], validation: [], test: [] };
  for (const { first, last } of segments) {
    const own: Record<Part, Segment[]> = { train: [], validation: [], test: [] };
    const rows = last - first + 1;
    const tests = Math.round(rows * test);
    const validations = Math.round((rows - tests) * validation);
    const before = Math.round((rows - tests) * position);
    const room = before >= validations;
    const pieces: [Part, number][] = [
      ['train', room ? before - validations : before],
      ['validation', room ? validations : 0],
      ['test', tests],
      ['validation', room ? 0 : validations],
    ];
    let at = first;
    for (const [part, count] of pieces) {
      if (count > 0) own[part].push({ first: at, last: at + count - 1 });
      at += count;
    }
    if (at <= last) own.train.push({ first: at, last });
    parts.test.push(...own.test);
    for (const part of ['train', 'validation'] as const)
      parts[part].push(...own[part].flatMap((segment) => apart(segment, own.test, gap)));
  }
  return splitOfRows('blocked', parts, { size, stride });
}

/** What of a run of rows lies at least `gap` rows from the test part. */
function apart({ first, last }: Segment, tests: readonly Segment[], gap: number): Segment[] {
  if (gap === 0) return [{ first, last }];
  const near = tests.find((test) => test.first - gap <= last && first <= test.last + gap);
  if (!near) return [{ first, last }];
  const kept =
    last < near.first ? { first, last: near.first - gap - 1 } : { first: near.last + gap + 1, last };
  return kept.first <= kept.last ? apart(kept, tests, gap) : [];
}
