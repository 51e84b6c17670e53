import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { codesOf, encodeLabels } from '../audit/codes.js';
import { readParquet, writeParquet } from '../files/parquet.js';
import { accuracy, macroF1 } from '../metrics/classification.js';
import type { Evaluation } from '../model/model.js';
import type { Settings } from '../settings/schema.js';
import { majorityVote } from '../windows/vote.js';
import { isPerson } from './nearest-change.js';
import type { Prepared } from './prepare.js';
import type { CaptureScore, PredictionsRecord } from './record.js';

/** What a run said of every test line, in the order of the dataset. Every list has n items. */
export interface Predictions {
  /** Line of the log, from 0. */
  line: Int32Array;
  capture: (string | null)[];
  /** Null where contexts are unknown. */
  context: (string | null)[];
  /** Code of the true label and of the voted one: Σ part · K^(4 − i). */
  truth: Int32Array;
  predicted: Int32Array;
  /** Code of the line's own action. */
  own: Int32Array;
  /** 1 where a person asked for it, as far as user names tell. */
  person: Int32Array;
  /** Windows that voted, and the winner's share of their votes. */
  votes: Int32Array;
  share: Float32Array;
  /** Lines of training with the true label; 0: it was never trained on. */
  trained: Int32Array;
}

/** Name of their file in a run's folder. Not kept in git: the same settings give the same predictions. */
export const PREDICTIONS = 'predictions.parquet';

/**
 * The voted label of every scored test line, with what is asked of it later.
 *
 * @param tested First rows of the windows that were evaluated, and the rows of each.
 * @example predictionsOf(data, settings, { tested: data.split.test, size: 60 }, engine.evaluate(data.split.test))
 */
export function predictionsOf(
  data: Prepared,
  { evaluation: { vote: weighting } }: Settings,
  { tested, size }: { tested: Int32Array; size: number },
  { classes }: Evaluation,
): Predictions {
  const { dataset, codes, partIds, split, unscored } = data;
  const { row, code, votes, share } = majorityVote({
    starts: tested,
    size,
    predictions: codesOf(classes, partIds.length),
    rows: codes.length,
    weighting,
  });
  const kept = Int32Array.from(row.keys()).filter((i) => !unscored?.[row[i]!]);
  const rows = kept.map((i) => row[i]!);
  const own = encodeLabels(dataset.own, partIds).codes;
  const taught = new Map<number, number>();
  for (const { first, last } of split.trainRows)
    for (let at = first; at <= last; at++) taught.set(codes[at]!, (taught.get(codes[at]!) ?? 0) + 1);
  return {
    line: rows.map((at) => dataset.line[at]!),
    capture: Array.from(rows, (at) => dataset.capture[at]!),
    context: Array.from(rows, (at) => dataset.context[at]!),
    truth: rows.map((at) => codes[at]!),
    predicted: kept.map((i) => code[i]!),
    own: rows.map((at) => own[at]!),
    person: rows.map((at) => Number(isPerson({ user: dataset.rows[at]!.actor }))),
    votes: kept.map((i) => votes[i]!),
    share: Float32Array.from(kept, (i) => share[i]!),
    trained: rows.map((at) => taught.get(codes[at]!) ?? 0),
  };
}

/** Exact match and strict macro F1 of each capture by itself. */
export function scoresByCapture({ capture, truth, predicted }: Predictions): CaptureScore[] {
  return [...new Set(capture)].map((name) => {
    const own = Int32Array.from(truth.keys()).filter((i) => capture[i] === name);
    const [labels, said] = [truth, predicted].map((codes) => own.map((i) => codes[i]!));
    return {
      ...{ capture: name ?? 'unknown', lines: own.length, exactMatch: accuracy(labels!, said!) },
      strict: macroF1(labels!, said!, { over: 'union' }),
    };
  });
}

/** The lines of several runs one after another. */
export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const names = Object.keys(parts[0]!) as (keyof Predictions)[];
  return Object.fromEntries(
    names.map((name) => {
      const all = parts.flatMap((part) => Array.from<number | string | null>(part[name]));
      const like = parts[0]![name];
      if (like instanceof Int32Array) return [name, Int32Array.from(all as number[])];
      return [name, like instanceof Float32Array ? Float32Array.from(all as number[]) : all];
    }),
  ) as unknown as Predictions;
}

/** SHA-256 of their content: the same of the same predictions, whatever writes the file. */
export function predictionsRecord(predictions: Predictions): PredictionsRecord {
  const hash = createHash('sha256');
  for (const [name, column] of Object.entries(predictions).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\n`);
    hash.update(JSON.stringify(Array.from(column as ArrayLike<unknown>)));
  }
  return { lines: predictions.line.length, sha256: hash.digest('hex') };
}

/** Writes them into a run's folder. */
export async function writePredictions(dir: string, predictions: Predictions): Promise<PredictionsRecord> {
  await writeParquet(join(dir, PREDICTIONS), { ...predictions });
  return predictionsRecord(predictions);
}

/**
 * Reads the predictions of a run's folder.
 *
 * @param recorded What the record keeps of them; others than those are as good as none.
 * @returns Null where they are not there, or not those of the record.
 * @example await readPredictions('results/a/trials/0a1b2c3d4e5f6071', record.result.predictions)
 */
export async function readPredictions(dir: string, recorded: PredictionsRecord): Promise<Predictions | null> {
  const [whole, share, text] = [new Int32Array(0), new Float32Array(0), [] as (string | null)[]];
  const found = await readParquet(join(dir, PREDICTIONS), {
    ...{ line: whole, capture: text, context: text, truth: whole, predicted: whole },
    ...{ own: whole, person: whole, votes: whole, share, trained: whole },
  });
  return found && predictionsRecord(found).sha256 === recorded.sha256 ? found : null;
}
