import type { Table } from '../../../page/table.js';
import type { Protocol } from '../../../runs/record.js';
import type { Point } from '../../../studies/record.js';
import { count, score } from '../../format.js';
import { cellOf, type StudyView } from '../view.js';

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
export function classesOf(view: StudyView, point: Point, protocol: Protocol): StudyClass[] {
  const sums = new Map<string, StudyClass>();
  for (const { result } of cellOf(view, point, protocol)?.done ?? [])
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
  name: string;
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
    const mean = (of: (one: StudyClass) => number): number =>
      own.reduce((sum, one) => sum + of(one), 0) / own.length;
    return {
      name: `${count(10 ** power)}–${count(10 ** (power + 1) - 1)}`,
      classes: own.length,
      recall: mean(({ recall }) => recall),
      perfect: mean(({ recall }) => Number(recall === 1)),
    };
  });
}

/** Spearman's rank correlation of weight and accuracy; NaN for fewer than three classes or without any spread. */
export function weightCorrelation(classes: readonly StudyClass[]): number {
  if (classes.length < 3) return Number.NaN;
  const x = ranks(classes.map(({ weight }) => weight));
  const y = ranks(classes.map(({ recall }) => recall));
  const middle = (classes.length + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - middle) * (b[i]! - middle), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** Classes by weight: rare ones beside frequent ones, under each protocol and value. */
export function bandsTable(view: StudyView): Table {
  const rows = view.series.flatMap(({ protocol, name: series }) =>
    view.points.flatMap(({ point, name }) =>
      weightBands(classesOf(view, point, protocol)).map((band) => [
        `${series}, ${name}`,
        band.name,
        { text: count(band.classes), value: band.classes },
        { text: score(band.recall), value: band.recall },
        { text: `${(100 * band.perfect).toFixed(0)} %`, value: band.perfect },
      ]),
    ),
  );
  return {
    caption: 'Classes by weight, their appearances over all windows',
    grouped: true,
    columns: [
      { name: 'trials' },
      { name: 'weight', kind: 'code' },
      { name: 'classes', kind: 'number' },
      { name: 'mean accuracy', kind: 'number' },
      { name: 'always right', kind: 'number' },
    ],
    rows,
  };
}

/** Every class under each value of one protocol, the least accurate first. */
export function studyClassTable(view: StudyView, protocol: Protocol): Table {
  const columns = view.points.map(({ point }) => classesOf(view, point, protocol));
  const all = new Map(columns.flat().map((one) => [one.text, one]));
  const accuracy = (i: number, text: string): number =>
    columns[i]!.find((one) => one.text === text)?.recall ?? Number.NaN;
  const rows = [...all.values()].sort(
    (a, b) =>
      (accuracy(0, a.text) || 0) - (accuracy(0, b.text) || 0) ||
      b.weight - a.weight ||
      (a.text < b.text ? -1 : 1),
  );
  const series = view.series.find((one) => one.protocol === protocol)!;
  return {
    caption: `Accuracy of each class, ${series.name}: means over runs`,
    columns: [
      { name: 'class' },
      ...view.points.map(({ name }) => ({ name, kind: 'number' as const })),
      { name: 'test lines', kind: 'number' },
      { name: 'weight', kind: 'number' },
    ],
    rows: rows.map(({ text, support, weight }) => [
      text,
      ...columns.map((_, i) => {
        const value = accuracy(i, text);
        return { text: score(value), value };
      }),
      { text: count(support), value: support },
      { text: count(weight), value: weight },
    ]),
  };
}

const powerOf = ({ weight }: StudyClass): number => Math.floor(Math.log10(Math.max(1, weight)));

/** Ranks from 1; equal values share their mean rank. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]!.value === order[from]!.value) to++;
    for (let k = from; k <= to; k++) out[order[k]!.i] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return out;
}
