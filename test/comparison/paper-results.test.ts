import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { paperValue, readPaperResults } from '../../src/comparison/paper-results.js';
import { PAPER_COLUMNS } from '../../src/features/columns.js';
import { readStudyFile } from '../../src/studies/study.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const { results } = await readPaperResults();

describe('the paper’s results', () => {
  it('are all tables and figures of its evaluation', () => {
    expect(Object.values(results).map(({ source }) => source)).toEqual([
      'K8NTEXT, Tables 5 and 6',
      'K8NTEXT, Figure 6',
      'K8NTEXT, Figure 7',
      'K8NTEXT, Figure 8',
      'K8NTEXT, Figure 9',
      'K8NTEXT, Figure 10',
      'K8NTEXT, Table 7',
      'K8NTEXT, §7.3',
    ]);
  });

  it.each([
    [5, 0.8103, 0.024, 177.5, 27.45, 0.2],
    [10, 0.9267, 0.0173, 195.15, 42.63, 0.3],
    [20, 0.9681, 0.0093, 240.1, 41.85, 0.4],
    [30, 0.9791, 0.0099, 238.35, 36.24, 0.5],
    [40, 0.9808, 0.0068, 261.55, 51.51, 0.7],
    [50, 0.9866, 0.0047, 300.7, 43.77, 0.8],
    [60, 0.982, 0.0082, 319.6, 43.94, 1],
  ])('have Tables 5 and 6 at W = %d', (size, f1, f1Deviation, seconds, secondsDeviation, milliseconds) => {
    const point = { 'window.size': size };
    const window = results['window-size']!;
    expect(paperValue(window, 'macroF1', point)).toMatchObject({ mean: f1, sd: f1Deviation });
    expect(paperValue(window, 'trainingSeconds', point)).toMatchObject({
      mean: seconds,
      sd: secondsDeviation,
    });
    expect(paperValue(window, 'millisecondsPerLine', point)?.mean).toBe(milliseconds);
  });

  it('know the last part of any k-fold, and no part that the text leaves to the figure', () => {
    const at = (folds: number, part: number) =>
      paperValue(results['k-fold']!, 'exactMatch', { 'split.folds': folds, 'split.part': part });
    expect(at(5, 5)).toMatchObject({ low: 0.65, high: 0.7 });
    expect(at(10, 3)?.mean).toBe(0.97);
    expect(at(10, 4)).toBeNull();
  });

  it('name columns that there are', () => {
    const { worst = [], better = [] } = results['feature-ablation']!;
    for (const name of [...worst, ...better])
      expect(
        PAPER_COLUMNS.some(
          (column) => column === name || column.startsWith(`${name}.`) || column.endsWith(`.${name}`),
        ),
      ).toBe(true);
  });

  it('have the headline that each names', () => {
    for (const result of Object.values(results))
      if (result.headline)
        expect(paperValue(result, result.headline.measure, result.headline.point)).not.toBeNull();
  });

  it('are there for every study that names one', async () => {
    const files = readdirSync('experiments').filter((name) => name.endsWith('.study.yaml'));
    for (const file of files) {
      const { paper } = await readStudyFile(join('experiments', file));
      if (paper !== null) expect(Object.keys(results)).toContain(paper);
    }
  });
});

describe('a file of results with faults', () => {
  it('is refused with all of them and their places', async () => {
    const file = join(folders.make(), 'paper-results.yaml');
    writeFileSync(
      file,
      'title: T\nsetup: { dataset: d, machine: m, runs: 20, protocol: paper }\nresults:\n  a:\n    title: A\n    source: S\n    form: pie\n',
    );
    await expect(readPaperResults(file)).rejects.toThrow(
      `studies: expected valid results of the paper, got 1 fault:\n  ${file}:7: results.a.form: must be one of table, ablation, heatmap, folds, classes, bins`,
    );
  });
});
