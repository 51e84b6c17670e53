import type { FoundContexts } from '../../../comparison/context-findings.js';
import { type Cell, type Summary, summaryOf } from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import { samePoint } from '../../../studies/point.js';
import { count, rangeText, score } from '../../format.js';
import type { StudyView } from '../view.js';
import { number, rowsByCell, summaryCell } from './scores.js';

/** Which labels the contexts follow from: those of the trials, or what stands beside them. */
const OWN = 'the model’s labels';

/** How right the contexts are that follow from the labels of the trials, as tables; none where they were not looked at. */
export function contextTables(view: StudyView): { name: string; table: Table }[] {
  if (!view.contexts) return [];
  return [
    { name: 'contexts', table: scoresTable(view) },
    { name: 'contexts-by-size', table: sizesTable(view) },
  ];
}

const SCORES: readonly [string, (scores: FoundContexts) => number][] = [
  ['exact, precision', ({ exact }) => exact.precision],
  ['exact, recall', ({ exact }) => exact.recall],
  ['exact, F1', ({ exact }) => exact.f1],
  ['B-cubed F1', ({ bCubed }) => bCubed.f1],
  ['ARI', ({ ari }) => ari],
  ['V-measure', ({ vMeasure }) => vMeasure.v],
];

function scoresTable(view: StudyView): Table {
  return {
    caption: `Contexts by the paper’s methods on labels, mean ± standard deviation over runs; below ${100 * view.study.report.interval} % intervals (Student’s t over runs)`,
    grouped: true,
    columns: [...HEADS, number('runs'), ...SCORES.map(([name]) => number(name))],
    rows: rowsByCell(view, (cell) =>
      waysOf(view, cell).map(({ way, of, first }) => {
        const runs = of(() => 1).n;
        return [
          way,
          { text: count(runs), value: runs },
          ...SCORES.map(([, value]) => (way === OWN ? summaryCell(of(value)) : oneCell(value(first)))),
        ];
      }),
    ),
  };
}

function sizesTable(view: StudyView): Table {
  return {
    caption: 'The same by the lines of the true context, mean ± standard deviation over runs',
    grouped: true,
    columns: [...HEADS, { name: 'lines' }, number('contexts'), number('found exactly'), number('B-cubed F1')],
    rows: rowsByCell(view, (cell) =>
      waysOf(view, cell).flatMap(({ way, of, first }) =>
        first.bySize.map(({ from, to, clusters, exact, bCubed }) => {
          const sized = (value: (size: FoundContexts['bySize'][number]) => number) =>
            of(({ bySize }) => {
              const own = bySize.find((one) => one.from === from);
              return own ? value(own) : null;
            });
          return [
            way,
            rangeText(from, to),
            { text: count(clusters), value: clusters },
            way === OWN ? summaryCell(sized((size) => size.exact)) : oneCell(exact),
            way === OWN ? summaryCell(sized((size) => size.bCubed.f1)) : oneCell(bCubed.f1),
          ];
        }),
      ),
    ),
  };
}

const HEADS = [{ name: 'protocol' }, { name: 'value' }, { name: 'contexts by' }];

const oneCell = (value: number): TableCell => ({ text: score(value), value });

interface Way {
  way: string;
  /** Something of the scores over the runs. */
  of: (value: (scores: FoundContexts) => number | null) => Summary;
  first: FoundContexts;
}

/** The trials of a cell that were looked at, together, and what stands beside them. */
function waysOf({ contexts, study }: StudyView, cell: Cell): Way[] {
  const known = new Map(contexts?.trials.map(({ key, scores }) => [key, scores]));
  const first = cell.done.flatMap(({ plan }) => known.get(plan.key) ?? []).at(0);
  if (!first) return [];
  const of: Way['of'] = (value) =>
    summaryOf(study, cell, ({ plan }) => {
      const scores = known.get(plan.key);
      return scores ? value(scores) : null;
    });
  const beside = contexts!.beside.filter(
    (one) => one.protocol === cell.protocol && samePoint(one.point, cell.point),
  );
  return [
    { way: OWN, of, first },
    ...beside.map(({ way, scores }) => ({
      way: way.replace(/, all three$/, ''),
      of: (value: (of: FoundContexts) => number | null) =>
        summaryOf(study, { ...cell, done: cell.done.slice(0, 1) }, () => value(scores)),
      first: scores,
    })),
  ];
}
