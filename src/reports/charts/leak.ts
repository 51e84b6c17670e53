import type { TopLevelSpec } from 'vega-lite';
import type { LeakReport } from '../../studies/record.js';
import { COLOUR, PROTOCOL_COLOUR, THEME } from '../theme.js';
import { PROTOCOL_NAME } from './comparison.js';

export interface LeakOptions {
  title?: string;
  /** Of the plot, px. Default 460. */
  width?: number;
  /** Height of a bar, px. Default 17. */
  bar?: number;
}

/**
 * What of the test part training had seen, as shares: the first two are the leak, the last two say how far the test lines
 * resemble or exceed the training lines.
 *
 * @param reports Leak reports, each of another protocol.
 * @example leakChart([paper.run.leak, blocked.run.leak])
 */
export function leakChart(reports: readonly LeakReport[], options: LeakOptions = {}): TopLevelSpec {
  const { title = 'What training had seen of the test part', width = 460, bar = 17 } = options;
  const values = reports.flatMap(({ protocol, sharedLines, nearestOverlap, duplicateRows, unseenClasses }) =>
    [
      ['test lines inside a training window', sharedLines.share],
      ['test windows overlapping a training window', nearestOverlap.share],
      ['test lines with an equal row in training', duplicateRows.share],
      ['test lines of classes never trained on', unseenClasses.share],
    ].map(([what, share]) => ({
      protocol: PROTOCOL_NAME[protocol],
      what: what as string,
      share: share as number,
    })),
  );
  const protocols = [...new Set(reports.map(({ protocol }) => protocol))];
  const names = protocols.map((protocol) => PROTOCOL_NAME[protocol]);
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
        sort: [...new Set(values.map(({ what }) => what))],
        axis: { labelColor: COLOUR.ink, grid: false },
        scale: { paddingInner: 0.35 },
      },
      yOffset: { field: 'protocol', type: 'nominal', sort: names },
      x: {
        field: 'share',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1] },
        axis: { format: '.0%', values: [0, 0.25, 0.5, 0.75, 1], domain: false, ticks: false },
      },
      color: {
        field: 'protocol',
        type: 'nominal',
        title: null,
        scale: { domain: names, range: protocols.map((protocol) => PROTOCOL_COLOUR[protocol]) },
        legend: protocols.length > 1 ? { symbolType: 'square' } : null,
      },
    },
    layer: [
      { mark: { type: 'bar', height: { band: 0.86 }, cornerRadiusEnd: 2 } },
      {
        mark: { type: 'text', align: 'left', dx: 5, baseline: 'middle' },
        encoding: {
          text: { field: 'share', type: 'quantitative', format: '.1%' },
          color: { value: COLOUR.ink },
        },
      },
    ],
  };
}
