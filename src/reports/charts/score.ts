import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import type { EpochRecord } from '../../runs/record.js';
import { scoreDomain } from '../drawing/scale.js';
import { THEME } from '../drawing/theme.js';
import { bestEpochMark, epochAxis } from './epoch.js';

export interface ScoreOptions {
  /** Epoch whose weights were kept, marked; 0 marks none. Default 0. */
  bestEpoch?: number;
  /** Ends of the score axis, for charts that stand side by side. Default: from the tenth below the data up to 1. */
  domain?: readonly [number, number];
  title?: string;
  subtitle?: string;
  /** Of the plot, px. Default 430. */
  width?: number;
  /** Of the plot, px. Default 220. */
  height?: number;
}

/**
 * Macro F1 and exact match on the validation windows, by epoch. A value that is NaN leaves a gap.
 *
 * @param history Rows of `history.jsonl`.
 * @example scoreChart(history, { bestEpoch: run.bestEpoch })
 */
export function scoreChart(history: readonly EpochRecord[], options: ScoreOptions = {}): TopLevelSpec {
  const { bestEpoch = 0, title = 'Validation scores', subtitle, width = 430, height = 220 } = options;
  const rows = history
    .flatMap(({ epoch, valMacroF1, valExactMatch }) => [
      { epoch, score: 'exact match', value: valExactMatch },
      { epoch, score: 'macro F1', value: valMacroF1 },
    ])
    .filter(({ value }) => Number.isFinite(value));
  const domain = options.domain ?? scoreDomain(rows.map(({ value }) => value));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: subtitle === undefined ? title : { text: title, subtitle },
    width,
    height,
    layer: [
      {
        data: { values: rows },
        mark: { type: 'line' },
        encoding: {
          x: epochAxis(history),
          y: {
            field: 'value',
            type: 'quantitative',
            title: null,
            scale: { domain: [...domain] },
            axis: { format: '.2~f', tickCount: 6 },
          },
          color: {
            field: 'score',
            type: 'nominal',
            title: null,
            scale: { domain: ['exact match', 'macro F1'], range: [COLOUR.green, COLOUR.accent] },
            legend: { symbolType: 'stroke' },
          },
        },
      },
      ...bestEpochMark(bestEpoch, history.length, height),
    ],
  };
}
