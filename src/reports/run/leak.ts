import type { Table, TableCell } from '../../page/table.js';
import type { LeakReport } from '../../runs/record.js';
import { leakWord } from '../../windows/leak-word.js';
import type { ReportedRun } from '../drawing/series.js';
import { count, percent } from '../format.js';

type Fact = readonly [string, (leak: LeakReport) => TableCell];

const share = (value: number, note: string): TableCell => ({ text: percent(value, 2), value, note });

const FACTS: readonly Fact[] = [
  ['verdict', (leak) => ({ text: leakWord(leak) })],
  ['windows: training', ({ windows }) => ({ text: count(windows.train), value: windows.train })],
  ['windows: validation', ({ windows }) => ({ text: count(windows.validation), value: windows.validation })],
  ['windows: test', ({ windows }) => ({ text: count(windows.test), value: windows.test })],
  [
    'test lines inside a training window',
    ({ sharedLines }) =>
      share(sharedLines.share, `${count(sharedLines.count)} of ${count(sharedLines.of)} lines`),
  ],
  [
    'test windows overlapping a training window',
    ({ nearestOverlap, windows }) =>
      share(
        nearestOverlap.share,
        `${count(nearestOverlap.share * windows.test)} of ${count(windows.test)} windows`,
      ),
  ],
  [
    'lines shared with the nearest training window, mean',
    ({ nearestOverlap, size }) => ({
      text: Number.isFinite(nearestOverlap.mean) ? nearestOverlap.mean.toFixed(1) : '–',
      value: nearestOverlap.mean,
      note: `of ${size}; at most ${nearestOverlap.max}`,
    }),
  ],
  [
    'test lines with an equal row in training',
    ({ duplicateRows }) =>
      share(duplicateRows.share, `${count(duplicateRows.count)} lines; logs repeat, no leak by itself`),
  ],
  [
    'test lines of contexts that straddle the cut',
    ({ straddling }) =>
      straddling
        ? share(
            straddling.share,
            `${count(straddling.lines)} lines of ${count(straddling.contexts)} contexts`,
          )
        : { text: 'not counted' },
  ],
  [
    'test lines of classes never trained on',
    ({ unseenClasses }) =>
      share(
        unseenClasses.share,
        `${count(unseenClasses.lines)} lines of ${count(unseenClasses.classes)} classes`,
      ),
  ],
];

/** The leak report of each run, a column a run. */
export function leakTable(runs: readonly ReportedRun[]): Table {
  return {
    caption: 'Leak report: what the test part shares with training',
    columns: [
      { name: 'what' },
      ...runs.map(({ series }) => ({ name: series.name, kind: 'number' as const })),
    ],
    rows: FACTS.map(([name, cell]) => [name, ...runs.map(({ run }) => cell(run.leak))]),
  };
}
