import { codesOf, labelOfCode } from '../audit/codes.js';
import { type Label, labelText, type ResourceTable } from '../audit/labels.js';
import type { CauseScores } from '../metrics/causes.js';
import { classScores, confusion } from '../metrics/classification.js';
import { levelScores } from '../metrics/evaluate.js';
import type { Evaluation } from '../model/model.js';
import type { Settings } from '../settings/schema.js';

import { majorityVote } from '../windows/vote.js';
import { classCounts } from '../windows/weights.js';
import { baselineCodes } from './baselines.js';
import { scoreCauses } from './causes.js';
import type { Prepared } from './prepare.js';
import type { MetricsRecord } from './record.js';

/**
 * Scores the predictions of the test windows, by window and by line, beside the baselines. Of a model that sees single lines, a window
 * is one line.
 *
 * A line's label is the vote of the test windows that cover it; a line is scored once. Intervals resample whole contexts, since
 * lines of one context are right or wrong together.
 *
 * @param tested First rows of the windows that were evaluated, and the rows of each; rows whose like was kept from training.
 * @param evaluation Their predictions.
 * @param milliseconds Time of the evaluation.
 */
export function score(
  data: Prepared,
  settings: Settings,
  { tested, size, withheld }: { tested: Int32Array; size: number; withheld?: ReadonlySet<number> },
  evaluation: Evaluation,
  milliseconds: number,
): MetricsRecord {
  const { dataset, codes, partIds: ids, table } = data;
  const predicted = codesOf(evaluation.classes, ids.length);
  const windows = scored(
    data,
    Int32Array.from(predicted, (_, i) => tested[Math.floor(i / size)]! + (i % size)),
    predicted,
  );
  const vote = majorityVote({
    starts: tested,
    size,
    predictions: predicted,
    rows: codes.length,
    weighting: settings.evaluation.vote,
  });
  const lines = scored(data, vote.row, vote.code);
  const groups = contextGroups(dataset.context);
  const level = (rows: Int32Array, guesses: Int32Array) =>
    levelScores({
      truth: Int32Array.from(rows, (row) => codes[row]!),
      predicted: guesses,
      classes: ids.length,
      groups: Int32Array.from(rows, (row) => groups[row]!),
      seed: settings.seed,
      resamples: settings.evaluation.resamples,
    });
  const truth = Int32Array.from(lines.row, (row) => codes[row]!);
  const baselines = Object.entries(baselineCodes(data)).map(([name, said]) => [
    name,
    level(
      lines.row,
      Int32Array.from(lines.row, (row) => said[row]!),
    ),
  ]);
  const causes = size === 1 ? scoreCauses(data, tested, predicted, evaluation, withheld) : [];
  const weights = classCounts(data.starts, size, codes);
  const text = (code: number) => labelName(labelOfCode(code, ids), table);
  return {
    protocol: data.split.protocol,
    window: size,
    stride: settings.evaluation.stride,
    part: 'test',
    level: settings.audit.level,
    windows: level(windows.row, windows.code),
    lines: level(lines.row, lines.code),
    baselines: Object.fromEntries(baselines) as MetricsRecord['baselines'],
    classes: classScores(truth, lines.code).map((entry) => ({
      ...entry,
      label: labelOfCode(entry.class, ids),
      text: text(entry.class),
      weight: weights.get(entry.class) ?? 0,
    })),
    confusion: confusion(truth, lines.code).map((cell) => ({
      truth: text(cell.truth),
      predicted: text(cell.predicted),
      count: cell.count,
    })),
    ...(causes.length > 0 ? { causeParts: causes } : {}),
    inference: { millisecondsPerLine: milliseconds / Math.max(1, vote.row.length) },
  };
}

/**
 * Scores of causes of all lines, of a record of any version; null where the model names none.
 *
 * @example causesOf(JSON.parse(await readFile('results/a/capture/metrics.json', 'utf8')))?.trigger
 */
export function causesOf({
  causes,
  causeParts,
}: Pick<MetricsRecord, 'causes' | 'causeParts'>): CauseScores | null {
  return causeParts?.[0]?.scores ?? causes ?? null;
}

/** Rows and what was said of them, without those that are not scored. */
function scored({ unscored }: Pick<Prepared, 'unscored'>, row: Int32Array, code: Int32Array) {
  if (!unscored) return { row, code };
  const kept = (_: number, i: number): boolean => !unscored[row[i]!];
  return { row: row.filter(kept), code: code.filter(kept) };
}

/** A label's words; the model can put parts together that name no action. */
function labelName(label: Label, table: ResourceTable): string {
  try {
    return labelText(label, table);
  } catch {
    return `no action (${label.join(', ')})`;
  }
}

/** One number a context; a line of unknown context is a group of its own. */
function contextGroups(contexts: readonly (string | null)[]): Int32Array {
  const known = new Map<string, number>();
  let next = 0;
  return Int32Array.from(contexts, (context) => {
    if (context === null) return next++;
    const group = known.get(context);
    if (group !== undefined) return group;
    known.set(context, next);
    return next++;
  });
}
