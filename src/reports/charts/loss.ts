import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import type { EpochRecord } from '../../runs/record.js';
import { logDomain, logTicks } from '../drawing/scale.js';
import { THEME } from '../drawing/theme.js';
import { bestEpochMark, epochAxis } from './epoch.js';

export interface LossOptions {
  /** Epoch whose weights were kept, marked; 0 marks none. Default 0. */
  bestEpoch?: number;
  /** Ends of the loss axis, for charts that stand side by side. Default: the data's. */
  domain?: readonly [number, number];
  title?: string;
  subtitle?: string;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Of the upper plot, px. Default 220. */
  height?: number;
}

/**
 * Loss on training and validation windows by epoch, on a log axis, with the learning rate below. Values that a log axis
 * cannot show (0, NaN) are left out.
 *
 * @param history Rows of `history.jsonl`.
 * @example lossChart(history, { bestEpoch: run.bestEpoch })
 */
export function lossChart(history: readonly EpochRecord[], options: LossOptions = {}): TopLevelSpec {
  const { bestEpoch = 0, title = 'Loss', subtitle, width = 430, height = 220 } = options;
  const rows = history
    .flatMap(({ epoch, loss, valLoss }) => [
      { epoch, part: 'training', loss },
      { epoch, part: 'validation', loss: valLoss },
    ])
    .filter(({ loss }) => loss > 0 && Number.isFinite(loss));
  const domain = options.domain ?? logDomain(rows.map(({ loss }) => loss));
  const rates = history.map(({ epoch, learningRate }) => ({ epoch, learningRate }));
  const rateDomain = logDomain(
    rates.map(({ learningRate }) => learningRate),
    0.15,
  );
  const rateTicks = [...new Set(rates.map(({ learningRate }) => learningRate))].slice(0, 4);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: subtitle === undefined ? title : { text: title, subtitle },
    spacing: 26,
    vconcat: [
      {
        width,
        height,
        layer: [
          {
            data: { values: rows },
            mark: { type: 'line', interpolate: 'linear' },
            encoding: {
              x: epochAxis(history, { title: null }),
              y: {
                field: 'loss',
                type: 'quantitative',
                title: 'focal loss (log)',
                scale: { type: 'log', domain: [...domain] },
                axis: { values: logTicks(...domain), format: '~g' },
              },
              color: {
                field: 'part',
                type: 'nominal',
                title: null,
                scale: { domain: ['training', 'validation'], range: [COLOUR.faint, COLOUR.accent] },
                legend: { symbolType: 'stroke' },
              },
            },
          },
          ...bestEpochMark(bestEpoch, history.length),
        ],
      },
      {
        width,
        height: 46,
        data: { values: rates },
        mark: { type: 'line', interpolate: 'step-after', color: COLOUR.purple },
        encoding: {
          x: epochAxis(history),
          y: {
            field: 'learningRate',
            type: 'quantitative',
            title: 'learning rate (log)',
            scale: { type: 'log', domain: rateDomain },
            axis: { values: rateTicks, format: '~g' },
          },
        },
      },
    ],
  };
}
