import type { Compared } from '../../../comparison/against-baseline.js';
import { type Measure, measureName, secondMeasure } from '../../../comparison/run-set.js';
import type { Table, TableCell } from '../../../page/table.js';
import { capital, count, signed } from '../../format.js';
import { pointNameOf, type StudyView } from '../view.js';
import { number } from './scores.js';

/** What each value changes against the study's baseline, paired by seed: by the study's own measure, then by the second. */
export function differencesTables(view: StudyView): { name: string; table: Table }[] {
  const { report } = view.study;
  return [report, secondMeasure(report)].flatMap((measure, i) => {
    const table = differencesTable(view, measure);
    return table ? [{ name: i === 0 ? 'differences' : 'differences-second', table }] : [];
  });
}

function differencesTable(view: StudyView, measure: Measure): Table | null {
  const rows = view.series.flatMap(({ protocol, name }) =>
    view.compared(protocol, measure).map((one) => [name, one.cell.name, ...cells(one)]),
  );
  if (rows.length === 0) return null;
  return {
    caption: `${capital(measureName(measure))}: each value less ${pointNameOf(view)}, runs of one seed paired`,
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      number('pairs'),
      number('difference'),
      number('p'),
      number('p, Holm'),
      number('P(better)'),
      { name: 'that is' },
    ],
    rows,
  };
}

/** What to bear in mind of the comparisons, each once. */
export function reservationsOf(view: StudyView): string[] {
  const compared = view.series.flatMap(({ protocol }) => view.compared(protocol));
  return [...new Set(compared.flatMap(({ comparison }) => comparison.reservations))];
}

function cells({ comparison, pairs, mean, low, high, verdict, control }: Compared): (string | TableCell)[] {
  const { result, obstacles } = comparison;
  if (result === null) {
    const none = { text: '–', value: '' };
    return [{ text: '0', value: 0 }, none, none, none, none, { text: verdict, note: obstacles.join('; ') }];
  }
  const { p, holm, superiority } = result;
  return [
    { text: count(pairs), value: pairs },
    {
      text: signed(mean),
      value: mean,
      ...(Number.isFinite(low) ? { note: `${signed(low)}\u00a0to\u00a0${signed(high)}` } : {}),
    },
    { text: probability(p), value: p },
    { text: probability(holm ?? Number.NaN), value: holm ?? '' },
    {
      text: superiority.value.toFixed(2),
      value: superiority.value,
      ...(pairs > 1 ? { note: `${superiority.low.toFixed(2)}–${superiority.high.toFixed(2)}` } : {}),
    },
    control ? { text: verdict, note: 'negative control: a constant column' } : verdict,
  ];
}

/** @example probability(0.0312) // '.031' */
function probability(p: number): string {
  if (!Number.isFinite(p)) return '–';
  return p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '');
}
