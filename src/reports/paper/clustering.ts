import type { ContextScores } from '../../comparison/context-records.js';
import type { PaperResult, PaperValue } from '../../comparison/paper-results.js';
import type { Table, TableCell } from '../../page/table.js';
import { barChart } from '../charts/bar.js';
import { type Chart, drawChart } from '../drawing/chart.js';
import { count, percent, score } from '../format.js';
import { paperText } from '../study/tables/beside-paper.js';
import { number } from '../study/tables/scores.js';

/** Labels by the mean number of lines that a context of theirs has; `to` is the first that is not in the bin. */
export interface Clustering {
  /** Of the dataset. */
  name: string;
  bins: readonly { from: number; to: number | null; labels: number; share: number }[];
}

/** How many labels cluster how many lines [K8NTEXT, Fig. 10]. */
export async function clusteringChart({ name, bins }: Clustering): Promise<Chart> {
  const rows = bins.map(({ from, to, labels }) => ({ name: `${binName(from, to)} lines`, value: labels }));
  return await drawChart(
    'clustering',
    (screen) =>
      barChart(rows, {
        title: 'Labels by mean lines of a context',
        subtitle: `${name}, from the truth`,
        unit: 'labels',
        width: screen === 'phone' ? 200 : 760,
      }),
    `Bars: labels by the mean lines of their contexts, ${name}. ${rows.map((row) => `${row.name}: ${row.value}`).join('; ')}.`,
  );
}

/**
 * What the paper says of Fig. 10, beside the dataset.
 *
 * @param found Contexts as they come out, of captures that no model was trained on, and the truth of the same.
 */
export function clusteringTable(
  result: PaperResult,
  { name, bins }: Clustering,
  found: readonly Clustering[] = [],
): Table {
  const all = [{ name: `${name}, truth`, bins }, ...found];
  const rows = result.measures.flatMap(({ name: measure, values }) =>
    values.map((value) => {
      const share = measure === 'labelShare';
      const text = share ? (x: number) => percent(x, 0) : count;
      const ours = all.map((one): TableCell => {
        const own = insideOf(one.bins, value).reduce((sum, bin) => sum + (share ? bin.share : bin.labels), 0);
        return { text: share ? percent(own) : count(own), value: own };
      });
      return [
        `${share ? 'share of the labels' : 'labels'} with ${spanName(value)} lines a context`,
        { text: paperText(value, text), value: value.mean ?? value.low ?? '' },
        ...ours,
      ];
    }),
  );
  return {
    caption: `Clustering rate [${result.source}]; ours from the truth${found.length > 0 ? ', and from contexts as they come out' : ', not from predictions'}`,
    columns: [{ name: 'what' }, number('K8NTEXT'), ...all.map((one) => number(one.name))],
    rows,
  };
}

/** Ways whose clustering rate stands beside the paper’s, on the capture that no part of training or validation is of. */
const SHOWN = { dataset: 'three-node', capture: 'c1', ways: ['truth', 'model', 'rules'] };

/** The clustering rates of contexts as they come out. */
export function clusteringOf({ results }: ContextScores): Clustering[] {
  return SHOWN.ways.flatMap((way) =>
    results
      .filter((one) => one.way === way && one.dataset === SHOWN.dataset && one.capture === SHOWN.capture)
      .map(({ clusteringRate: { bins } }) => ({ name: `${SHOWN.capture}, ${way}`, bins })),
  );
}

/** How right contexts are against the truth, by way and capture. */
export function contextScoresTable({ results }: ContextScores): Table {
  const cell = (value: number): TableCell => ({ text: score(value), value });
  return {
    caption:
      'Contexts against the truth, on captures that no model was trained on; exact: of contexts of two lines or more, those found line for line',
    columns: [
      { name: 'capture' },
      { name: 'found by' },
      number('lines'),
      number('exact, F1'),
      number('B-cubed, F1'),
      number('ARI'),
      number('V-measure'),
    ],
    grouped: true,
    rows: results.flatMap(({ dataset, capture, way, scores }) =>
      scores
        ? [
            [
              `${dataset}, ${capture}`,
              way,
              { text: count(scores.lines), value: scores.lines },
              cell(scores.exact.f1),
              cell(scores.bCubed.f1),
              cell(scores.ari),
              cell(scores.vMeasure.v),
            ],
          ]
        : [],
    ),
  };
}

function insideOf(bins: Clustering['bins'], { point }: PaperValue): Clustering['bins'] {
  const from = Number(point['lines.from']);
  const to = Number(point['lines.to'] ?? Number.POSITIVE_INFINITY);
  return bins.filter((bin) => bin.from >= from && bin.from <= to);
}

function spanName({ point }: PaperValue): string {
  const to = point['lines.to'];
  return binName(Number(point['lines.from']), to === undefined ? null : Number(to) + 1);
}

const binName = (from: number, to: number | null): string =>
  to === null ? `${from} and more` : `${from}–${to - 1}`;
