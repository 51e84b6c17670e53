import type { TopLevelSpec } from 'vega-lite';
import { COLOUR } from '../../page/colours.js';
import type { ClassRecord, MetricsRecord } from '../../runs/record.js';
import { shortNames } from '../drawing/short-names.js';
import { SEQUENTIAL, SIZE, THEME } from '../drawing/theme.js';

export interface ConfusionOptions {
  /** True classes shown, those with the most wrong lines first. Default 10. */
  classes?: number;
  /** Predicted classes shown besides the true ones, most frequent first; the others are added up. Default 6. */
  others?: number;
  title?: string;
  subtitle?: string;
  /** Side of a cell, px. Default 34. */
  cell?: number;
}

const OTHERS = 'all others';

/**
 * What the lines of the worst classes were taken for, as shares of each true class. Its right ones lie on the outlined
 * diagonal. A chart without rows: no line was wrong.
 *
 * @param confusion, classes Of `metrics.json`.
 * @example confusionChart(metrics.confusion, metrics.classes, { classes: 8 })
 */
export function confusionChart(
  confusion: MetricsRecord['confusion'],
  classes: readonly ClassRecord[],
  options: ConfusionOptions = {},
): TopLevelSpec {
  const {
    others = 6,
    cell = 34,
    title = 'Worst classes: what their lines were taken for',
    subtitle,
  } = options;
  const truths = worstClasses(confusion, classes, options.classes ?? 10);
  const columns = [...truths, ...frequentOthers(confusion, truths, others)];
  const names = shortNames(
    confusion.flatMap(({ truth, predicted }) => [truth, predicted]),
    { limit: 210, size: SIZE.label },
  );
  const name = (text: string): string => (text === OTHERS ? text : names.get(text)!);
  const total = new Map<string, number>();
  for (const { truth, count } of confusion) total.set(truth, (total.get(truth) ?? 0) + count);
  const head = (truth: string): string => `${name(truth)}  (${total.get(truth)!})`;
  const cells = new Map<string, { truth: string; predicted: string; lines: number; of: number }>();
  for (const { truth, predicted, count } of confusion) {
    if (!truths.includes(truth)) continue;
    const column = columns.includes(predicted) ? predicted : OTHERS;
    const key = JSON.stringify([truth, column]);
    const known = cells.get(key) ?? { truth, predicted: column, lines: 0, of: total.get(truth)! };
    cells.set(key, { ...known, lines: known.lines + count });
  }
  const heads = [...cells.values()].some(({ predicted }) => predicted === OTHERS)
    ? [...columns, OTHERS]
    : columns;
  const ground = truths.flatMap((truth) =>
    heads.map((predicted) => ({
      truth: head(truth),
      predicted: name(predicted),
      right: truth === predicted,
    })),
  );
  const values = [...cells.values()].map(({ truth, predicted, lines, of }) => ({
    truth: head(truth),
    predicted: name(predicted),
    lines,
    share: lines / of,
  }));
  const rows = truths.map(head);
  const y = { field: 'truth', type: 'nominal' as const, sort: rows, scale: { domain: rows } };
  const x = { field: 'predicted', type: 'nominal' as const, scale: { domain: heads.map(name) } };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: THEME,
    title: {
      text: title,
      subtitle: [subtitle ?? 'share of each true class; in a cell, its lines; outlined: right'].flat(),
      frame: 'bounds',
    },
    width: { step: cell },
    height: { step: cell },
    data: { values },
    encoding: {
      y: {
        ...y,
        title: 'true class (lines)',
        axis: { labelColor: COLOUR.ink, titleX: -8, titleAlign: 'right', grid: false, labelPadding: 8 },
      },
      x: {
        ...x,
        title: null,
        axis: {
          orient: 'bottom',
          labelAngle: -42,
          labelAlign: 'right',
          labelColor: COLOUR.ink,
          domain: false,
          ticks: false,
          grid: false,
        },
      },
    },
    layer: [
      { data: { values: ground }, mark: { type: 'rect', color: COLOUR.blank, cornerRadius: 2 } },
      {
        mark: { type: 'rect', cornerRadius: 2 },
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            title: 'share of the true class',
            scale: { domain: [0, 1], range: [...SEQUENTIAL], interpolate: 'rgb' },
            legend: null,
          },
        },
      },
      {
        data: { values: ground.filter(({ right }) => right) },
        mark: { type: 'rect', fill: null, stroke: COLOUR.green, strokeWidth: 2, cornerRadius: 2 },
      },
      {
        mark: { type: 'text', baseline: 'middle', fontSize: SIZE.label },
        encoding: {
          text: { field: 'lines', type: 'quantitative', format: ',d' },
          color: {
            condition: { test: 'datum.share > 0.65', value: COLOUR.onDark },
            value: COLOUR.onLight,
          },
        },
      },
    ],
  };
}

function worstClasses(
  confusion: MetricsRecord['confusion'],
  classes: readonly ClassRecord[],
  limit: number,
): string[] {
  const wrong = new Map<string, number>();
  for (const { truth, predicted, count } of confusion)
    if (truth !== predicted) wrong.set(truth, (wrong.get(truth) ?? 0) + count);
  const recall = new Map(classes.map((row) => [row.text, row.recall]));
  return [...wrong.keys()]
    .sort(
      (a, b) =>
        wrong.get(b)! - wrong.get(a)! || (recall.get(a) ?? 0) - (recall.get(b) ?? 0) || (a < b ? -1 : 1),
    )
    .slice(0, limit);
}

function frequentOthers(
  confusion: MetricsRecord['confusion'],
  truths: readonly string[],
  limit: number,
): string[] {
  const taken = new Map<string, number>();
  for (const { truth, predicted, count } of confusion)
    if (truths.includes(truth) && !truths.includes(predicted))
      taken.set(predicted, (taken.get(predicted) ?? 0) + count);
  return [...taken.keys()].sort((a, b) => taken.get(b)! - taken.get(a)! || (a < b ? -1 : 1)).slice(0, limit);
}
