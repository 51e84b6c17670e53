import { compareStudies } from '../../comparison/compare.js';
import { metricName } from '../../comparison/run-set.js';
import { cellOf, scoreOf } from '../../comparison/summarize.js';
import type { Table, TableCell } from '../../page/table.js';
import { percent, signed } from '../format.js';
import { MEASURES, measured } from '../study/measure.js';
import { number, summaryCell, summaryText } from '../study/tables/scores.js';
import type { StudyView } from '../study/view.js';
import type { FoundStudy } from './studies.js';

type Row = (string | TableCell)[];

/** What the paper counts, and the stricter one. */
const METRICS = ['macroF1.paper', 'macroF1.strict'] as const;

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
  const rows = pairs.flatMap(({ fast, paper }) => METRICS.flatMap((metric) => rowsOf(fast, paper, metric)));
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

function rowsOf(fast: StudyView, paper: StudyView, metric: (typeof METRICS)[number]): Row[] {
  const { level, interval } = fast.study.report;
  const compared = compareStudies(fast, paper, { metric, level, confidence: interval });
  const shared = fast.points.filter(({ point }) => cellOf(paper, point, paper.series[0]!.protocol) !== null);
  return fast.series.flatMap(({ protocol, name: series }): Row[] => {
    const family = compared.filter((one) => one.protocol === protocol);
    return shared.flatMap(({ point, name }, i): Row[] => {
      const [own, other] = [cellOf(fast, point, protocol), cellOf(paper, point, protocol)];
      if (!own?.done.length || !other?.done.length) return [];
      const [score, reached] = [
        scoreOf(fast, own, { metric, level }),
        scoreOf(paper, other, { metric, level }),
      ];
      const seconds = MEASURES.trainingSeconds!;
      const [quick, slow] = [measured(fast, own, seconds), measured(paper, other, seconds)];
      const result = family[i]?.result;
      const bounds = result && (result.corrected ?? result.difference);
      const share = quick.mean / slow.mean;
      return [
        [
          metricName({ ...fast.study.report, metric }),
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
          summaryText(quick, seconds.text),
          summaryText(slow, seconds.text),
          { text: percent(share), value: share },
        ],
      ];
    });
  });
}

function whereabouts(mean: number, { low, high }: { low: number; high: number }): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return 'no interval';
  if (mean > high) return 'above its interval';
  return mean < low ? 'below its interval' : 'inside its interval';
}
