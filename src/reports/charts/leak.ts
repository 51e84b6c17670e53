import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import type { LeakReport } from '../../runs/record.js';
import type { Series } from '../drawing/series.js';
import { THEME } from '../drawing/theme.js';

/** Leak report of one run, under its name and colour. */
export interface LeakOfRun {
  series: Series;
  leak: LeakReport;
}

export interface LeakOptions {
  title?: string;
  /** Of the plot, px. Default 640. */
  width?: number;
  /** Height of a bar, px. Default 17. */
  bar?: number;
}

const QUANTITIES: readonly [string, (leak: LeakReport) => number][] = [
  ['test lines inside a training window', ({ sharedLines }) => sharedLines.share],
  ['test windows overlapping a training window', ({ nearestOverlap }) => nearestOverlap.share],
  ['test lines with an equal row in training', ({ duplicateRows }) => duplicateRows.share],
  ['test lines of classes never trained on', ({ unseenClasses }) => unseenClasses.share],
];

/**
 * What of the test part training had seen, as shares: the first two are the leak, the last two say how far the test lines
 * resemble or exceed the training lines.
 *
 * @param runs Runs under different names.
 * @example leakChart([{ series: { name: 'paper protocol (leaks)', colour: '#d55e00' }, leak: run.leak }])
 */
export function leakChart(runs: readonly LeakOfRun[], options: LeakOptions = {}): TopLevelSpec {
  const { title = 'What training had seen of the test part', width = 640, bar = 17 } = options;
  const values = runs.flatMap(({ series, leak }) =>
    QUANTITIES.map(([what, share]) => ({
      run: series.name,
      what,
      share: share(leak),
      text: inWords(share(leak)),
    })),
  );
  const names = runs.map(({ series }) => series.name);
  const finite = values.filter(({ share }) => Number.isFinite(share));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: { text: title, frame: 'bounds' },
    width,
    height: { step: bar, for: 'offset' },
    data: { values: finite },
    encoding: {
      y: {
        field: 'what',
        type: 'nominal',
        title: null,
        sort: QUANTITIES.map(([what]) => what),
        axis: { labelColor: COLOUR.ink, grid: false },
        scale: { paddingInner: 0.35 },
      },
      yOffset: { field: 'run', type: 'nominal', sort: names },
      x: {
        field: 'share',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1] },
        axis: { format: '.0%', values: [0, 0.25, 0.5, 0.75, 1], domain: false, ticks: false },
      },
      color: {
        field: 'run',
        type: 'nominal',
        title: null,
        scale: { domain: names, range: runs.map(({ series }) => series.colour) },
        legend: names.length > 1 ? { symbolType: 'square' } : null,
      },
    },
    layer: [
      { mark: { type: 'bar', height: { band: 0.86 } } },
      {
        mark: { type: 'text', align: 'left', dx: 5, baseline: 'middle' },
        encoding: {
          text: { field: 'text', type: 'nominal' },
          color: { value: COLOUR.ink },
        },
      },
    ],
  };
}

/** All and none are exact; what only rounds to them says so. */
function inWords(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`;
  if (share > 0.999) return '> 99.9 %';
  return share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`;
}
