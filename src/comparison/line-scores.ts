import { type Calibration, calibration } from '../metrics/calibration.js';
import { accuracy, classScores, macroF1 } from '../metrics/classification.js';
import { type Interval, meanInterval } from '../metrics/interval.js';
import { mean } from '../metrics/moments.js';
import type { Predictions } from '../runs/predictions.js';

/** Scores of some lines, the mean over runs; `strict` is strict macro F1. Null without lines. */
export interface PartScore {
  lines: number;
  exactMatch: number | null;
  strict: number | null;
}

/** Classes by how often training had them. */
export interface FrequencyBand extends PartScore {
  /** Training lines of a class, both in; null: no end. */
  from: number;
  to: number | null;
  /** Mean over runs of the classes in the truth, and of their mean recall. */
  classes: number;
  recall: number | null;
}

/** What the predicted lines of all runs of a point say under one protocol: means over runs. */
export interface LineScores {
  all: PartScore;
  captures: ({ capture: string } & PartScore)[];
  /** Mean of the captures, each counted once, with Student's interval over captures; null for fewer than two. */
  overCaptures: { exactMatch: Interval; strict: Interval } | null;
  /** Without the lines whose truth is disputed; null where the dataset was not there. */
  undisputed: PartScore | null;
  /** Without the lines whose cause the log leaves open; absent where the dataset has no marks, and in older records. */
  unambiguous?: PartScore;
  /** Lines whose label was never trained on. */
  unseen: PartScore;
  bands: FrequencyBand[];
  /** With the line's own action in place of what the model says, where a person asked. */
  withOwnAction: PartScore & { persons: number };
  /** Of the winner's share of the votes, all runs together. */
  votes: Calibration;
}

/** Lines of a class in training: never, rare … frequent. */
const BANDS: readonly [number, number | null][] = [
  [0, 0],
  [1, 9],
  [10, 99],
  [100, 999],
  [1000, null],
];

/**
 * Looks at the predicted lines of the runs of a point: by capture, by what training knew of their labels, with the own action of people's
 * requests, and by how sure the vote was.
 *
 * @param runs At least one.
 * @param disputed Lines of the log whose truth is disputed; null where that is not known.
 * @param ambiguous Lines whose cause the log leaves open; null likewise.
 * @example lineScores(await predictionsOf(results, {}, 'capture')).unseen.exactMatch
 */
export function lineScores(
  runs: readonly Predictions[],
  disputed: ReadonlySet<number> | null = null,
  ambiguous: ReadonlySet<number> | null = null,
): LineScores {
  const captures = [...new Set(runs.flatMap(({ capture }) => capture))].filter((name) => name !== null);
  const byCapture = captures.map((capture) => ({
    capture,
    ...partScore(runs, (run, i) => run.capture[i] === capture),
  }));
  const over = (score: 'exactMatch' | 'strict') => ({
    ...meanInterval(byCapture.map((own) => own[score]!)),
    method: 'Student t over captures',
  });
  return {
    all: partScore(runs, () => true),
    captures: byCapture,
    overCaptures: captures.length < 2 ? null : { exactMatch: over('exactMatch'), strict: over('strict') },
    undisputed: disputed && partScore(runs, (run, i) => !disputed.has(run.line[i]!)),
    ...(ambiguous ? { unambiguous: partScore(runs, (run, i) => !ambiguous.has(run.line[i]!)) } : {}),
    unseen: partScore(runs, (run, i) => run.trained[i] === 0),
    bands: BANDS.map(([from, to]) => band(runs, from, to)),
    withOwnAction: {
      ...partScore(runs.map(withOwnAction), () => true),
      persons: mean(runs.map(({ person }) => mean(person))),
    },
    votes: calibration(
      runs.flatMap(({ share }) => [...share]),
      runs.flatMap(({ truth, predicted }) => Array.from(truth, (label, i) => label === predicted[i])),
    ),
  };
}

type Chosen = (run: Predictions, i: number) => boolean;

function partScore(runs: readonly Predictions[], chosen: Chosen): PartScore {
  const parts = runs.map((run) => part(run, chosen));
  const scored = parts.filter(({ truth }) => truth.length > 0);
  const over = (score: (one: { truth: Int32Array; predicted: Int32Array }) => number): number | null =>
    scored.length === 0 ? null : mean(scored.map(score));
  return {
    lines: mean(parts.map(({ truth }) => truth.length)),
    exactMatch: over(({ truth, predicted }) => accuracy(truth, predicted)),
    strict: over(({ truth, predicted }) => macroF1(truth, predicted, { over: 'union' })),
  };
}

function part(run: Predictions, chosen: Chosen): { truth: Int32Array; predicted: Int32Array } {
  const kept = Int32Array.from(run.truth.keys()).filter((i) => chosen(run, i));
  return { truth: kept.map((i) => run.truth[i]!), predicted: kept.map((i) => run.predicted[i]!) };
}

function band(runs: readonly Predictions[], from: number, to: number | null): FrequencyBand {
  const chosen: Chosen = ({ trained }, i) => trained[i]! >= from && trained[i]! <= (to ?? Infinity);
  const classes = runs.map((run) => {
    const { truth, predicted } = part(run, chosen);
    return classScores(truth, predicted).filter(({ support }) => support > 0);
  });
  const known = classes.filter((own) => own.length > 0);
  return {
    from,
    to,
    ...partScore(runs, chosen),
    classes: mean(classes.map((own) => own.length)),
    recall: known.length === 0 ? null : mean(known.map((own) => mean(own.map(({ recall }) => recall)))),
  };
}

function withOwnAction(run: Predictions): Predictions {
  return { ...run, predicted: run.predicted.map((code, i) => (run.person[i] ? run.own[i]! : code)) };
}
