import { compareStudies } from '../../comparison/compare.js';
import { type Measure, measureName, PAPER_MEASURE } from '../../comparison/run-set.js';
import { cellOf, type Summary, scoreOf } from '../../comparison/summarize.js';
import type { Table, TableCell } from '../../page/table.js';
import { percent, signed } from '../format.js';
import { farApart, measured, QUANTITIES, RUNS_APART } from '../study/quantity.js';
import { number, summaryCell, summaryText } from '../study/tables/scores.js';
import type { StudyView } from '../study/view.js';
import type { FoundStudy } from './studies.js';

type Row = (string | TableCell)[];

/** The paper's own first. */
const SHOWN: readonly Measure[] = [
  PAPER_MEASURE,
  { metric: 'macroF1.strict', level: 'lines' },
  { metric: 'macroF1.paper', level: 'lines' },
  { metric: 'exactMatch', level: 'lines' },
];

/**
 * The fast configuration beside the paper's: does it reach the same score, and in which share of the time?
 *
 * @returns Null where no value was run under both.
 */
export function configurationsTable(studies: readonly FoundStudy[]): Table | null {
  const pairs = studies.flatMap(({ view: fast }) =>
    studies.flatMap(({ view: paper }) =>
      fast.study.base === 'fast' && paper.study.base === 'paper' && fast.study.paper === paper.study.paper
        ? [{ fast, paper }]
        : [],
    ),
  );
  const rows = pairs.flatMap(({ fast, paper }) => SHOWN.flatMap((measure) => rowsOf(fast, paper, measure)));
  if (rows.length === 0) return null;
  return {
    caption:
      'The fast configuration beside the paper’s: scores, and the time of one training on the machines that ran them',
    grouped: true,
    columns: [
      { name: 'score' },
      { name: 'protocol' },
      { name: 'value' },
      number('fast'),
      number('paper configuration'),
      { name: 'fast lies' },
      number('difference, paired'),
      number('time, fast'),
      number('time, paper configuration'),
      number('share of the time'),
    ],
    rows,
  };
}

function rowsOf(fast: StudyView, paper: StudyView, measure: Measure): Row[] {
  const { interval } = fast.study.report;
  const compared = compareStudies(fast, paper, { ...measure, confidence: interval });
  const shared = fast.points.filter(({ point }) => cellOf(paper, point, paper.series[0]!.protocol) !== null);
  return fast.series.flatMap(({ protocol, name: series }): Row[] => {
    const family = compared.filter((one) => one.protocol === protocol);
    return shared.flatMap(({ point, name }, i): Row[] => {
      const [own, other] = [cellOf(fast, point, protocol), cellOf(paper, point, protocol)];
      if (!own?.done.length || !other?.done.length) return [];
      const [score, reached] = [scoreOf(fast, own, measure), scoreOf(paper, other, measure)];
      const seconds = QUANTITIES.trainingSeconds!;
      const [quick, slow] = [measured(fast, own, seconds), measured(paper, other, seconds)];
      const result = family[i]?.result;
      const bounds = result && (result.corrected ?? result.difference);
      const share = quick.mean / slow.mean;
      const apart = farApart(quick) || farApart(slow);
      return [
        [
          measureName(measure),
          series,
          name,
          summaryCell(score),
          summaryCell(reached),
          whereabouts(score.mean, reached),
          bounds
            ? {
                text: signed(bounds.value),
                value: bounds.value,
                ...(Number.isFinite(bounds.low)
                  ? { note: `${signed(bounds.low)}\u00a0to\u00a0${signed(bounds.high)}` }
                  : {}),
              }
            : { text: '–', value: '' },
          timeCell(quick),
          timeCell(slow),
          apart ? { text: '–', value: '' } : { text: percent(share), value: share },
        ],
      ];
    });
  });
}

function timeCell(summary: Summary): TableCell {
  const shown = summaryText(summary, QUANTITIES.trainingSeconds!.text);
  return farApart(summary) ? { ...shown, note: RUNS_APART } : shown;
}

function whereabouts(mean: number, { low, high }: { low: number; high: number }): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return 'no interval';
  if (mean > high) return 'above its interval';
  return mean < low ? 'below its interval' : 'inside its interval';
}
