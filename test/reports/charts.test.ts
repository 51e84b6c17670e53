import { describe, expect, it } from 'vitest';
import { barChart } from '../../src/reports/charts/bar.js';
import { classAccuracyChart } from '../../src/reports/charts/class-accuracy.js';
import { comparisonChart } from '../../src/reports/charts/comparison.js';
import { confusionChart } from '../../src/reports/charts/confusion.js';
import { histogram } from '../../src/reports/charts/histogram.js';
import { leakChart } from '../../src/reports/charts/leak.js';
import { lossChart } from '../../src/reports/charts/loss.js';
import { scoreChart } from '../../src/reports/charts/score.js';
import { toSvg } from '../../src/reports/drawing/render.js';
import { classes, classRecord, confusion, history, leak, metrics } from './records.js';

const blocked = { name: 'blocked protocol', colour: '#0072b2' };
const paper = { name: 'paper protocol (leaks)', colour: '#d55e00' };

const CHARTS = {
  loss: () => lossChart(history, { bestEpoch: 2 }),
  score: () => scoreChart(history, { bestEpoch: 2, subtitle: 'blocked' }),
  'class-accuracy': () => classAccuracyChart(classes),
  confusion: () => confusionChart(confusion, classes, { others: 1 }),
  comparison: () =>
    comparisonChart([
      { series: paper, metrics },
      { series: blocked, metrics },
    ]),
  leak: () =>
    leakChart([
      { series: paper, leak },
      { series: blocked, leak: { ...leak, sharedLines: { count: 0, share: 0, of: 90 } } },
    ]),
  bar: () =>
    barChart(
      [
        { name: 'patch', value: 2210 },
        { name: 'create', value: 812 },
      ],
      { title: 'Verbs', unit: 'lines' },
    ),
  histogram: () =>
    histogram([1, 2, 4, 8, 1000, Number.NaN], { title: 'Size', unit: 'bytes', scale: 'log', bins: 4 }),
};

describe.each(Object.entries(CHARTS))('the %s chart', (name, chart) => {
  it('has the spec that was reviewed', async () => {
    await expect(`${JSON.stringify(chart(), null, 2)}\n`).toMatchFileSnapshot(
      `../golden/charts/${name}.json`,
    );
  });

  it('is drawn to the same bytes every time', async () => {
    const svg = await toSvg(chart(), { label: name });
    expect(svg).toMatch(/^<svg role="img" aria-label=/);
    expect((await toSvg(chart(), { label: name })) === svg).toBe(true);
    expect(svg).not.toMatch(/ (id|style)="/);
  });
});

describe('charts of little data', () => {
  it.each([
    ['loss', lossChart([])],
    ['loss of one epoch', lossChart(history.slice(0, 1), { bestEpoch: 1 })],
    [
      'loss that is no number',
      lossChart([{ ...history[0]!, loss: Number.NaN, valLoss: 0, learningRate: 0 }]),
    ],
    ['scores', scoreChart([])],
    ['scores that are no numbers', scoreChart([{ ...history[0]!, valMacroF1: Number.NaN }])],
    ['class accuracy', classAccuracyChart([])],
    ['class accuracy of one class', classAccuracyChart([classRecord('get pods', 0.5, 2, 60)])],
    ['confusion', confusionChart([], [])],
    ['comparison', comparisonChart([])],
    ['leak', leakChart([])],
    ['bars', barChart([], { title: 'none' })],
    ['a bar of zero', barChart([{ name: '', value: 0 }], { title: 'zero', scale: 'log' })],
    ['histogram', histogram([], { title: 'none', unit: 'bytes' })],
    ['log histogram', histogram([0], { title: 'none', unit: 'bytes', scale: 'log' })],
    ['histogram of one value', histogram([3, 3, 3], { title: 'one', unit: 'bytes' })],
  ])('%s: are drawn all the same', async (label, spec) => {
    const svg = await toSvg(spec, { label });
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('undefined');
  });
});

describe('the class accuracy chart', () => {
  it('names the class that loses the most lines, and leaves out classes without test lines', () => {
    const text = JSON.stringify(classAccuracyChart(classes, { named: 2 }));
    expect(text).toContain('create pods 0.90');
    expect(text).not.toContain('update secrets');
  });
});

describe('the confusion chart', () => {
  it('keeps two classes apart whose short names are the same', () => {
    const long = 'x'.repeat(90);
    const chart = confusionChart(
      [
        { truth: `get a${long}b`, predicted: `get a${long}c`, count: 2 },
        { truth: `get a${long}c`, predicted: `get a${long}b`, count: 1 },
      ],
      [],
    );
    const domain = (chart as { encoding: { x: { scale: { domain: string[] } } } }).encoding.x.scale.domain;
    expect(new Set(domain).size).toBe(2);
  });
});

describe('the histogram', () => {
  it('counts every finite value once', () => {
    const values = Array.from({ length: 500 }, (_, i) => (i * i) % 977);
    const chart = histogram(values, { title: 'squares', unit: 'none', bins: 7 });
    const { values: bins } = chart.data as { values: { count: number }[] };
    expect(bins).toHaveLength(7);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(500);
  });
});
