import type { PaperResults } from '../../comparison/paper-results.js';
import type { Chart } from '../drawing/chart.js';
import { drawPaperForm } from '../study/charts/all.js';
import { type Clustering, clusteringChart } from './clustering.js';
import { type FoundStudy, studiesOf } from './studies.js';

/** Charts of the paper's results: by key of the result, then by study. */
export interface PaperCharts {
  studies: Map<string, { study: FoundStudy; charts: Chart[] }[]>;
  clustering: Chart | null;
}

/** Draws each figure in the paper's own form, once a study. */
export async function drawPaperCharts(
  { results }: PaperResults,
  studies: readonly FoundStudy[],
  clustering: Clustering | null,
): Promise<PaperCharts> {
  const drawn: PaperCharts['studies'] = new Map();
  for (const [key, result] of Object.entries(results)) {
    const own = [];
    for (const study of studiesOf(studies, key)) {
      const charts = await drawPaperForm(study.view, result);
      own.push({
        study,
        charts: charts.map((chart) => ({ ...chart, name: `${study.folder}-${chart.name}` })),
      });
    }
    drawn.set(key, own);
  }
  return { studies: drawn, clustering: clustering && (await clusteringChart(clustering)) };
}

/** All of them, for their files. */
export function allCharts({ studies, clustering }: PaperCharts): Chart[] {
  const charts = [...studies.values()].flatMap((own) => own.flatMap((one) => one.charts));
  return clustering ? [...charts, clustering] : charts;
}
