import { classesOf, weightBands } from '../../../comparison/classes.js';
import type { Table } from '../../../page/table.js';
import type { Protocol } from '../../../runs/record.js';
import { count, score } from '../../format.js';
import type { StudyView } from '../view.js';

/** Classes by weight: rare ones beside frequent ones, under each protocol and value. */
export function bandsTable(view: StudyView): Table {
  const rows = view.series.flatMap(({ protocol, name: series }) =>
    view.points.flatMap(({ point, name }) =>
      weightBands(classesOf(view, point, protocol)).map((band) => [
        `${series}, ${name}`,
        `${count(band.from)}–${count(10 * band.from - 1)}`,
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
