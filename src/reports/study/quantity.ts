import { type Measure, measureName, PAPER_MEASURE, scoreOf } from '../../comparison/run-set.js';
import { type Cell, type DoneTrial, type Summary, summaryOf } from '../../comparison/summarize.js';
import { count, duration, score } from '../format.js';
import type { StudyView } from './view.js';

/** Something that every finished trial has. */
export interface Quantity {
  /** As in `experiments/paper-results.yaml`. */
  name: string;
  what: string;
  value: (trial: DoneTrial) => number | null;
  text: (value: number) => string;
  /** Depends on the machine: cannot agree with what another measured. */
  ofMachine?: boolean;
}

/** The paper's k-fold counts lines by majority vote, not windows. */
const BY_VOTE: Measure = { metric: 'exactMatch', level: 'lines' };

/** What trials are compared by, by name. */
export const QUANTITIES: Record<string, Quantity> = {
  macroF1: {
    name: 'macroF1',
    what: measureName(PAPER_MEASURE),
    value: ({ result }) => scoreOf(result[PAPER_MEASURE.level], PAPER_MEASURE.metric),
    text: (value) => score(value, 4),
  },
  exactMatch: {
    name: 'exactMatch',
    what: measureName(BY_VOTE),
    value: ({ result }) => scoreOf(result[BY_VOTE.level], BY_VOTE.metric),
    text: (value) => score(value, 4),
  },
  trainingSeconds: {
    name: 'trainingSeconds',
    what: 'training time',
    value: ({ timing }) => timing?.seconds ?? null,
    text: seconds,
    ofMachine: true,
  },
  millisecondsPerLine: {
    name: 'millisecondsPerLine',
    what: 'inference time a line that W windows vote on',
    value: ({ timing, result }) => timing && timing.millisecondsPerLine * perWindow(result),
    text: (value) => `${value.toFixed(2)} ms`,
    ofMachine: true,
  },
  parameters: {
    name: 'parameters',
    what: 'parameters',
    value: ({ result }) => result.parameters,
    text: count,
  },
};

/**
 * Test lines a test window. A line of the log is in W windows that slide by one line, but tested lines are in fewer: six of sixty under the paper
 * protocol, whose test windows are a tenth of all, most of them under the others. One window a line is what every line of a log costs.
 */
function perWindow({ leak }: DoneTrial['result']): number {
  return leak.sharedLines.of / leak.windows.test;
}

/** A measure over the runs of a cell. */
export function measured({ study }: StudyView, cell: Cell, { value }: Quantity): Summary {
  return summaryOf(study, cell, value);
}

/** Standard deviation over mean above which times say more of what else the machine did than of the method. */
const FAR_APART = 0.4;

/**
 * Whether the runs of a cell took so different times that their mean is no cost of the method: the machine did other work, or several ran them.
 *
 * @example farApart({ n: 3, mean: 2626, sd: 2382, … }) // true
 */
export function farApart({ n, mean, sd }: Pick<Summary, 'n' | 'mean' | 'sd'>): boolean {
  return n > 1 && sd > FAR_APART * mean;
}

/** What is said of such times in the cell itself. */
export const RUNS_APART = 'runs far apart';

/** What is said of them beside the table. */
export const APART_MEANS = `Times of training and of labelling marked “${RUNS_APART}” have a standard deviation above ${100 * FAR_APART} % of their mean: the machine did other work
meanwhile, or several machines ran them, or training ended at other epochs. They are no cost of the method. Where records name several machines,
times and shares of time compare these as well.`;

/** @example plusMinus({ mean: 0.982, sd: 0.0082, … }, (value) => score(value, 4)) // '0.9820 ± 0.0082' */
export function plusMinus(
  { n, mean, sd }: Pick<Summary, 'n' | 'mean' | 'sd'>,
  text: (value: number) => string,
): string {
  if (n === 0) return '–';
  return Number.isFinite(sd) ? `${text(mean)} ± ${text(sd)}` : text(mean);
}

function seconds(value: number): string {
  return value < 100 ? `${value.toFixed(1)} s` : value < 3600 ? `${value.toFixed(0)} s` : duration(value);
}
