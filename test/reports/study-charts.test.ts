import { describe, expect, it } from 'vitest';
import { ablationChart } from '../../src/reports/charts/ablation.js';
import { classAccuracyChart } from '../../src/reports/charts/class-accuracy.js';
import { classGainChart } from '../../src/reports/charts/class-gain.js';
import { dotsChart } from '../../src/reports/charts/dots.js';
import { foldsChart } from '../../src/reports/charts/folds.js';
import { heatmapChart } from '../../src/reports/charts/heatmap.js';
import { valueChart } from '../../src/reports/charts/value.js';
import { toSvg } from '../../src/reports/drawing/render.js';
import { classes } from './records.js';

const blocked = { name: 'blocked protocol', colour: '#0072b2' };
const paper = { name: 'paper protocol (leaks)', colour: '#d55e00' };
const none = Number.NaN;

const feature = (name: string, change: number) => ({
  name,
  score: 0.7 + change,
  change,
  low: change - 0.01,
  high: change + 0.01,
});

const CHARTS = {
  value: () =>
    valueChart(
      [
        {
          series: blocked,
          rows: [
            { value: 5, mean: 0.5, low: 0.45, high: 0.55, runs: [0.48, 0.52] },
            { value: 60, mean: 0.7, low: none, high: none, runs: [0.7] },
          ],
        },
        {
          series: { name: 'K8NTEXT (mean ± sd)', colour: '#5b6675' },
          rows: [{ value: 60, mean: 0.982, low: 0.9738, high: 0.9902, runs: [] }],
          foreign: true,
        },
      ],
      { title: 'Strict macro F1 by line: by W', axis: 'W, lines a window' },
    ),
  'value-log': () =>
    valueChart([{ series: blocked, rows: [{ value: 5, mean: 30, low: 20, high: 40, runs: [] }] }], {
      ...{
        title: 'Training time',
        subtitle: 'seconds, log',
        axis: 'W, lines a window',
        scale: 'log' as const,
      },
    }),
  ablation: () =>
    ablationChart(
      [
        feature('verb', -0.2),
        feature('objectRef.namespace', -0.1),
        feature('user.groups[0]', 0),
        feature('userAgent.tool', 0.001),
        feature('volumeBindingMode', 0.02),
      ],
      { all: 0.7, shown: 1 },
    ),
  heatmap: () =>
    heatmapChart(
      [
        {
          name: 'K8NTEXT',
          cells: [
            { x: '0.1', y: '0.1', value: 0.9839 },
            { x: '0.1', y: '0.3', value: none },
          ],
        },
        {
          name: blocked.name,
          cells: [
            { x: '0.1', y: '0.1', value: 0.72, note: '± 0.01' },
            { x: '0.1', y: '0.3', value: 0.63 },
          ],
        },
      ],
      { title: 'By split', x: 'validation share of the rest', y: 'test share', unit: 'macro F1' },
    ),
  folds: () =>
    foldsChart(
      [
        {
          name: blocked.name,
          cells: [
            { folds: 2, part: 1, value: 0.9 },
            { folds: 2, part: 2, value: 0.675, text: '0.65–0.70' },
            { folds: 10, part: 10, value: none },
          ],
        },
      ],
      { unit: 'exact match by line' },
    ),
  dots: () =>
    dotsChart(
      [
        { row: 'W = 5', series: paper.name, value: 0.9, low: 0.88, high: 0.92 },
        { row: 'W = 5', series: blocked.name, value: 0.5, low: none, high: none, hollow: true },
      ],
      [paper, blocked],
      { title: 'Protocols', joined: true },
    ),
  'dots-change': () =>
    dotsChart(
      [
        { row: 'batch 16', series: paper.name, value: -0.01, low: -0.02, high: 0 },
        { row: 'batch 16', series: blocked.name, value: 0.02, low: 0.01, high: 0.03 },
      ],
      [paper, blocked],
      { title: 'Change', zero: true, domain: [-0.05, 0.05] },
    ),
  'class-gain': () =>
    classGainChart(
      [
        { text: 'list limitranges (many, namespaced)', weight: 300, change: 0.2 },
        { text: 'create pods (one, namespaced)', weight: 12_000, change: -0.01 },
      ],
      { title: 'What it changes', named: 1 },
    ),
  'class-accuracy-marked': () => classAccuracyChart(classes, { marked: [classes[0]!.text] }),
};

describe.each(Object.entries(CHARTS))('the %s chart', (name, chart) => {
  it('has the spec that was reviewed', async () => {
    await expect(`${JSON.stringify(chart(), null, 2)}\n`).toMatchFileSnapshot(
      `../golden/charts/${name}.json`,
    );
  });

  it('is drawn to the same bytes every time, without ids', async () => {
    const svg = await toSvg(chart(), { label: name });
    expect((await toSvg(chart(), { label: name })) === svg).toBe(true);
    expect(svg).not.toMatch(/ (id|style)="/);
  });
});

describe('study charts of little data', () => {
  const scaled = { title: 'none', axis: 'W' };
  const wide = { title: 'none', x: 'x', y: 'y', unit: 'F1' };
  it.each([
    ['value', valueChart([], scaled)],
    ['value without bounds', valueChart([{ series: blocked, rows: [] }], { ...scaled, scale: 'log' })],
    ['ablation', ablationChart([], { all: none })],
    ['ablation of one feature', ablationChart([feature('verb', 0)], { all: 0.7 })],
    ['heat map', heatmapChart([], wide)],
    [
      'heat map of nothing known',
      heatmapChart([{ name: 'a', cells: [{ x: '1', y: '1', value: none }] }], wide),
    ],
    ['folds', foldsChart([], { unit: 'F1' })],
    [
      'folds of one score',
      foldsChart([{ name: 'a', cells: [{ folds: 2, part: 1, value: 1 }] }], { unit: 'F1' }),
    ],
    ['dots', dotsChart([], [], { title: 'none' })],
    ['gain', classGainChart([], { title: 'none' })],
  ])('%s: are drawn all the same', async (label, spec) => {
    const svg = await toSvg(spec, { label });
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('undefined');
  });
});

describe('the ablation chart', () => {
  it('averages the features between the ends, and leaves out those without a score', () => {
    const names = (spec: object) =>
      (spec as { data: { values: { name: string }[] } }).data.values.map(({ name }) => name);
    expect(names(CHARTS.ablation())).toEqual([
      'all features',
      'volumeBindingMode',
      'average of the other 3',
      'verb',
    ]);
    const two = [feature('verb', -0.2), { ...feature('count', 0), change: none }];
    expect(names(ablationChart(two, { all: 0.7 }))).toEqual(['all features', 'verb']);
  });
});
