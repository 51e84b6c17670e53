import type { LineFindings } from '../../../comparison/line-findings.js';
import type { LineScores, PartScore } from '../../../comparison/line-scores.js';
import { pointName } from '../../../comparison/setting-names.js';
import { cellOf } from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import type { Interval } from '../../../runs/record.js';
import { count, percent, score, signed } from '../../format.js';
import { type StudyView, seriesName } from '../view.js';
import { number } from './scores.js';

/** What the predicted lines of a study's trials say, as tables. */
export function lineTables(view: StudyView): { name: string; table: Table }[] {
  const { lines } = view;
  if (!lines) return [];
  return [
    { name: 'units', table: unitsTable(view, lines) },
    { name: 'captures', table: capturesTable(view, lines) },
    { name: 'training-lines', table: bandsTable(view, lines) },
    { name: 'own-action', table: ownActionTable(view, lines) },
    { name: 'votes', table: votesTable(view, lines) },
  ];
}

type Row = (string | TableCell)[];

function unitsTable(view: StudyView, { differences }: LineFindings): Table {
  return {
    caption:
      'Differences by line, mean over runs; below the 95 % interval of a paired bootstrap over contexts or captures',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      { name: 'less' },
      number('runs'),
      { name: 'drawn anew' },
      number('exact match'),
      number('strict macro F1'),
    ],
    rows: differences.map(({ point, protocol, less, seeds, groups, unit, ...found }) => [
      seriesName(view, protocol),
      pointName(point),
      less ? pointName(less) : 'own action',
      whole(seeds.length),
      `${count(groups)} ${unit}`,
      differenceCell(found.exactMatch),
      differenceCell(found.strict),
    ]),
  };
}

function capturesTable(view: StudyView, findings: LineFindings): Table {
  return {
    caption: 'Scores of each capture by itself, by line, mean over runs',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      { name: 'capture' },
      number('lines'),
      number('exact match'),
      number('strict macro F1'),
    ],
    rows: rowsOf(view, findings, ({ captures, overCaptures, all, undisputed, unambiguous }) => [
      ...captures.map(({ capture, ...own }) => [capture, ...partCells(own)]),
      ...(captures.length > 1 ? [['all', ...partCells(all)]] : []),
      ...(undisputed ? [['all but disputed lines', ...partCells(undisputed)]] : []),
      ...(unambiguous ? [['all but ambiguous lines', ...partCells(unambiguous)]] : []),
      ...(overCaptures
        ? [
            [
              { text: 'mean of the captures', note: '95 % interval, Student’s t' },
              '',
              meanCell(overCaptures.exactMatch),
              meanCell(overCaptures.strict),
            ],
          ]
        : []),
    ]),
  };
}

function bandsTable(view: StudyView, findings: LineFindings): Table {
  return {
    caption: 'By how many training lines have the true label, mean over runs',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      { name: 'training lines of the label' },
      number('test lines'),
      number('right'),
      number('labels'),
      number('mean recall of a label'),
    ],
    rows: rowsOf(view, findings, ({ bands }) =>
      bands.map(({ from, to, lines, exactMatch, classes, recall }) => [
        to === 0
          ? 'never trained on'
          : to === null
            ? `${count(from)} and more`
            : `${count(from)} to ${count(to)}`,
        whole(lines),
        scoreCell(exactMatch),
        whole(classes),
        scoreCell(recall),
      ]),
    ),
  };
}

function ownActionTable(view: StudyView, findings: LineFindings): Table {
  return {
    caption: 'A person’s request labelled by its own action, every other line by the model',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      number('lines of persons'),
      number('exact match: the model'),
      number('with own action'),
      number('strict macro F1: the model'),
      number('with own action'),
    ],
    rows: rowsOf(view, findings, ({ all, withOwnAction }) => [
      [
        { text: percent(withOwnAction.persons), value: withOwnAction.persons },
        scoreCell(all.exactMatch),
        scoreCell(withOwnAction.exactMatch),
        scoreCell(all.strict),
        scoreCell(withOwnAction.strict),
      ],
    ]),
  };
}

function votesTable(view: StudyView, findings: LineFindings): Table {
  const coverages = [1, 0.9, 0.7, 0.5];
  return {
    caption:
      'The winner’s share of the votes as confidence: calibration, and what is right of the lines that one is surest of',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      number('ECE'),
      number('Brier'),
      ...coverages.map((share) => number(share === 1 ? 'right of all' : `of ${percent(share, 0)} or more`)),
    ],
    rows: rowsOf(view, findings, ({ votes: { ece, brier, abstention } }) => [
      [
        scoreCell(ece),
        scoreCell(brier),
        ...coverages.map((asked): TableCell => {
          const kept = abstention.filter(({ coverage }) => coverage >= asked).at(-1);
          if (!kept) return scoreCell(null);
          return { ...scoreCell(kept.right), note: `of ${percent(kept.coverage)}` };
        }),
      ],
    ]),
  };
}

function rowsOf(view: StudyView, { points }: LineFindings, rows: (scores: LineScores) => Row[]): Row[] {
  return points.flatMap(({ point, protocol, seeds, scores }) => {
    const done = cellOf(view, point, protocol)?.done.length ?? seeds.length;
    const name = pointName(point);
    const value = seeds.length < done ? { text: name, note: `${seeds.length} of ${done} runs` } : name;
    return rows(scores).map((row) => [seriesName(view, protocol), value, ...row]);
  });
}

const partCells = ({ lines, exactMatch, strict }: PartScore): TableCell[] => [
  whole(lines),
  scoreCell(exactMatch),
  scoreCell(strict),
];

const whole = (value: number): TableCell => ({ text: count(value), value });

const scoreCell = (value: number | null): TableCell =>
  value === null ? { text: '–', value: '' } : { text: score(value), value };

function meanCell({ value, low, high }: Interval): TableCell {
  return { text: score(value), value, note: `${score(Math.max(0, low))}–${score(Math.min(1, high))}` };
}

function differenceCell({ value, low, high }: Interval): TableCell {
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  return {
    text: signed(value),
    value,
    ...(bounded ? { note: `${signed(low)}\u00a0to\u00a0${signed(high)}` } : {}),
  };
}
