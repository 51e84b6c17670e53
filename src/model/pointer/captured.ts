import { encodeLabel, type Label } from '../../audit/labels.js';
import type { Level } from '../../audit/level.js';
import { type CauseScores, causeScores } from '../../metrics/causes.js';
import type { ProgressSink } from '../../progress.js';
import type { Segment } from '../../windows/split.js';
import type { ModelData, Shelf } from '../model.js';
import type { Forest } from '../trees/forest.js';
import { askingOf } from './asking.js';
import type { Beside } from './beside.js';
import { chooseBy, lossOf } from './choose.js';
import type { PointerData } from './data.js';
import { ownOf, type TaughtPart } from './examples.js';
import { Follower } from './follower.js';
import type { Cause } from './notes.js';
import { labelOfCause } from './predictor.js';
import type { Ranker } from './ranker.js';
import type { Asked } from './rules/rule.js';
import type { PointerSettings } from './settings.js';
import type { Words } from './words.js';

/** What a pointer learns from. */
export interface PointerTraining {
  data: ModelData;
  lines: PointerData;
  settings: PointerSettings;
  /** Level at which lines are read that validate and test. */
  level: Level;
  words: Words;
  /** Rows that are trained on, and those that validate. */
  train: readonly Segment[];
  /** Rows of training that are left out. Default: none. */
  left?: ReadonlySet<number>;
  /** Logs that were made of the training lines, taught beside. Default: none. */
  made?: readonly TaughtPart[];
  /** A further dataset that is taught beside. Default: none. */
  beside?: Beside | null;
  validation: Int32Array;
  /** Levels at which lines are there. */
  levels: readonly Level[];
  seed: number;
  /** Epochs that are planned. */
  epochs: number;
  /** Where progress is shown. Default: nowhere. */
  sink?: ProgressSink;
  /** Where trees that learned from all captures but one are kept. Default: nowhere. */
  shelf?: Shelf;
}

/** Scores of one line's candidates, and which is right (−1: not among them). */
export interface ScoredLine {
  scores: Float64Array;
  right: number;
}

/** What was found of each row of a capture. */
export interface Captured {
  label: Map<number, Label>;
  /** Row of the cause; −1: nobody. */
  cause: Map<number, number>;
  loss: Map<number, number>;
  scored: Map<number, ScoredLine>;
  /** Rows whose cause the ranker chose. */
  chosen: Set<number>;
}

/** Share of wrong causes that is put up with among the lines that are not uncertain. */
export const RISK = 0.005;
/** −log of the least probability that is counted. */
const WORST = 14;

/** Follows a whole capture with the trees there are, or what else ranks. */
export function followCapture(
  of: PointerTraining,
  forest: Forest | Ranker,
  { name, level }: { name: string; level: Level },
): Captured {
  const { data, lines, settings, words } = of;
  const found: Captured = {
    ...{ label: new Map(), cause: new Map(), loss: new Map() },
    ...{ scored: new Map(), chosen: new Set() },
  };
  const { choose, scores } = chooseBy(forest);
  const { ask, take } = askingOf(settings);
  const { first, last } = lines.captures.get(name)!;
  const requests = lines.requests.get(level)!;
  const own = ownOf(
    Array.from({ length: last - first + 1 }, (_, i) => ({
      request: requests[first + i]!,
      trigger: lines.trigger[first + i]!,
    })),
  );
  let now = first;
  let asked: Asked;
  const follower = new Follower({
    words,
    ask: (line) => {
      asked = line;
      return ask(line);
    },
    // The ranker is judged on all lines that it was taught, whoever decides them.
    choose: (choice) => {
      const finding = choose(choice);
      const trigger = own.has(choice.request.auditID) ? null : lines.trigger[now]!;
      const at = choice.candidates.causes.findIndex(({ auditID }) => auditID === trigger);
      const right = trigger === null ? 0 : at < 0 ? -1 : at + 1;
      found.scored.set(now, { scores: scores.slice(0, choice.rows), right });
      found.loss.set(now, right < 0 ? WORST : Math.min(WORST, lossOf(scores, choice.rows, right)));
      const { answer } = choice;
      if (answer && take(answer, asked)) return { ...finding, cause: answer.cause };
      found.chosen.add(now);
      return finding;
    },
  });
  const keep = (): void => {
    for (const { line: row, finding } of follower.take()) {
      const { cause } = finding;
      found.cause.set(row, cause ? lines.rowOf.get(cause.auditID)! : -1);
      if (cause) found.label.set(row, labelOfCause(cause as Cause, data.dataset.own[row]!, data.table));
      if (!found.loss.has(row)) {
        const right = (cause?.auditID ?? null) === lines.trigger[row];
        found.loss.set(row, right ? 0 : WORST);
      }
    }
  };
  for (now = first; now <= last; now++) {
    follower.push({ ...requests[now]! }, now);
    keep();
  }
  follower.end();
  keep();
  return found;
}

/** How sure it is of a row's cause under a temperature τ: as `chooseBy` has it where the ranker chose, else 1. */
export function confidenceOf({ scored, chosen }: Captured, row: number, temperature: number): number {
  const line = chosen.has(row) ? scored.get(row) : undefined;
  if (!line) return 1;
  const { scores } = line;
  return Math.exp(-lossOf(scores, scores.length, scores.indexOf(Math.max(...scores)), temperature));
}

/**
 * How right the causes of some rows are.
 *
 * @param found What was found of a row's capture.
 * @param confidence Of each row. Default: not known, so no risk is told.
 */
export function scoreCauses(
  { data: { dataset }, lines }: Pick<PointerTraining, 'data' | 'lines'>,
  rows: readonly number[],
  found: (row: number) => Captured,
  confidence?: ArrayLike<number>,
): CauseScores & { right: boolean[] } {
  const truth = rows.map((row) => {
    const trigger = lines.trigger[row]!;
    return trigger === null ? null : (lines.rowOf.get(trigger) ?? -2);
  });
  const said = rows.map((row) => {
    const cause = found(row).cause.get(row) ?? -1;
    return cause < 0 ? null : cause;
  });
  const labels = {
    truth: rows.map((row) => encodeLabel(dataset.label[row]!)),
    said: rows.map((row) => encodeLabel(found(row).label.get(row) ?? dataset.own[row]!)),
  };
  return {
    ...causeScores({ truth, said, labels, confidence }),
    right: truth.map((cause, i) => cause === said[i]),
  };
}
