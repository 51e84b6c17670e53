import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderStats } from '../../src/cli/stats-text.js';
import { type DatasetStats, datasetStats, spreadOf } from '../../src/dataset/stats.js';
import { jsonLines, smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
let stats: DatasetStats;
beforeAll(async () => {
  const dir = writeDataset(folders.make(), smallLog({ captures: ['a', 'b'], rounds: 2 }), {
    folds: { default: { train: ['a'], validation: [], test: ['b'] } },
  });
  const command = (action: string, ...contexts: string[]) => ({ id: action, action, argv: [], contexts });
  writeFileSync(
    join(dir, 'actions.jsonl'),
    jsonLines([
      command('deployments/create', 'a-000001'),
      command('pods/delete', 'a-000002', 'a-000006'),
      command('deployments/create', 'b-000001'),
    ]),
  );
  stats = await datasetStats(dir);
});
afterAll(folders.clear);

it('counts lines that are completed, contexts and classes, and the share of background', () => {
  expect(stats).toMatchObject({ lines: 32, contexts: 16, classes: 4, background: 4 / 32 });
  expect(stats.captures.map(({ id, lines }) => [id, lines])).toEqual([
    ['a', 16],
    ['b', 16],
  ]);
});

it('tells lines of a context and of a command, by action too', () => {
  expect(stats.linesPerContext).toEqual({ count: 12, mean: 7 / 3, median: 3, p90: 3, max: 3 });
  expect(stats.commandLines).toEqual([3, 6, 3]);
  expect(stats.actionSizes).toEqual([
    { action: 'pods/delete', commands: 1, mean: 6, max: 6 },
    { action: 'deployments/create', commands: 2, mean: 3, max: 3 },
  ]);
});

it('puts labels into the bins of Fig. 10 by the mean lines of their contexts', () => {
  expect(stats.clustering[0]).toEqual({ from: 1, to: 5, labels: 3, share: 1 });
  expect(stats.clustering.slice(1).every(({ labels }) => labels === 0)).toBe(true);
});

it('tells what of a fold’s test lines training has not seen', () => {
  expect(stats.folds.default).toEqual({
    train: 16,
    validation: 0,
    test: 16,
    unseen: { classes: 0, lines: 0, share: 0 },
  });
});

it('sets sizes beside the paper’s', () => {
  expect(stats.paper.map(({ what, paper, here }) => [what, paper, here.median])).toEqual([
    ['further lines of a Deployment create', 16, 2],
    ['lines of a Namespace delete', 136, 0],
    ['lines of a command', 16, 3],
  ]);
});

it('is written in columns', () => {
  const text = renderStats(stats);
  expect(text).toContain('32 lines that count');
  expect(text).toMatch(/^default +16 +0 +16 +0 +0 \(0\.0 %\)$/m);
});

it('spreads nothing as zeros', () => {
  expect(spreadOf([])).toEqual({ count: 0, mean: 0, median: 0, p90: 0, max: 0 });
});
