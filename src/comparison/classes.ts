import { mean } from '../metrics/moments.js';
import { rankCorrelation } from '../metrics/rank-correlation.js';
import type { Protocol } from '../runs/record.js';
import type { Point } from '../studies/record.js';
import { cellOf, type StudySummary } from './summarize.js';

/** A class over the runs that tested it. */
export interface StudyClass {
  text: string;
  /** Mean share of its test lines that were labelled right. */
  recall: number;
  f1: number;
  /** Mean test lines a run. */
  support: number;
  /** Appearances over all windows. */
  weight: number;
  runs: number;
}

/** The classes of a point under a protocol, means over the runs that have test lines of them. */
export function classesOf(summary: StudySummary, point: Point, protocol: Protocol): StudyClass[] {
  const sums = new Map<string, StudyClass>();
  for (const { result } of cellOf(summary, point, protocol)?.done ?? [])
    for (const { text, recall, f1, support, weight } of result.classes ?? []) {
      if (!(support > 0)) continue;
      const sum = sums.get(text) ?? { text, recall: 0, f1: 0, support: 0, weight: 0, runs: 0 };
      sum.recall += recall;
      sum.f1 += f1;
      sum.support += support;
      sum.weight += weight;
      sum.runs++;
      sums.set(text, sum);
    }
  return [...sums.values()].map(({ text, runs, ...sum }) => ({
    ...{ text, runs, recall: sum.recall / runs, f1: sum.f1 / runs },
    ...{ support: sum.support / runs, weight: sum.weight / runs },
  }));
}

/** How well rare and frequent classes do. */
export interface WeightBand {
  /** Least weight in it; it ends below ten times that. */
  from: number;
  classes: number;
  recall: number;
  /** Share of the classes that are always right. */
  perfect: number;
}

/** Classes by the power of ten of their weight, from rare to frequent. */
export function weightBands(classes: readonly StudyClass[]): WeightBand[] {
  const powers = [...new Set(classes.map(powerOf))].sort((a, b) => a - b);
  return powers.map((power) => {
    const own = classes.filter((one) => powerOf(one) === power);
    return {
      from: 10 ** power,
      classes: own.length,
      recall: meanRecall(own),
      perfect: mean(own.map(({ recall }) => Number(recall === 1))),
    };
  });
}

/** The classes of less weight and those of more: two halves, the rarer one first. */
export function weightHalves(classes: readonly StudyClass[]): [StudyClass[], StudyClass[]] {
  const sorted = classes.toSorted((a, b) => a.weight - b.weight);
  return [sorted.slice(0, sorted.length >> 1), sorted.slice(sorted.length >> 1)];
}

/** Mean accuracy, every class counting the same. */
export function meanRecall(classes: readonly StudyClass[]): number {
  return mean(classes.map(({ recall }) => recall));
}

/** Spearman's rank correlation of weight and accuracy; NaN for fewer than three classes or without any spread. */
export function weightCorrelation(classes: readonly StudyClass[]): number {
  return rankCorrelation(
    classes.map(({ weight }) => weight),
    classes.map(({ recall }) => recall),
  );
}

const powerOf = ({ weight }: StudyClass): number => Math.floor(Math.log10(Math.max(1, weight)));
