import type { PaperResult, PaperValue } from '../../comparison/paper-results.js';
import type { Table, TableCell } from '../../page/table.js';
import { barChart } from '../charts/bar.js';
import { type Chart, drawChart } from '../drawing/chart.js';
import { count, percent } from '../format.js';
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

/** What the paper says of Fig. 10, beside the dataset. */
export function clusteringTable(result: PaperResult, { name, bins }: Clustering): Table {
  const rows = result.measures.flatMap(({ name: measure, values }) =>
    values.map((value) => {
      const inside = insideOf(bins, value);
      const share = measure === 'labelShare';
      const own = inside.reduce((sum, bin) => sum + (share ? bin.share : bin.labels), 0);
      const text = share ? (x: number) => percent(x, 0) : count;
      const ours: TableCell = { text: share ? percent(own) : count(own), value: own };
      return [
        `${share ? 'share of the labels' : 'labels'} with ${spanName(value)} lines`,
        { text: paperText(value, text), value: value.mean ?? value.low ?? '' },
        ours,
      ];
    }),
  );
  return {
    caption: `Clustering rate [${result.source}]; ours from the truth, not from predictions`,
    columns: [{ name: 'what' }, number('K8NTEXT'), number(name)],
    rows,
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
