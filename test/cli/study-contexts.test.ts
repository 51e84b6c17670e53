import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeLabels } from '../../src/audit/codes.js';
import { loadResourceTable, partIds } from '../../src/audit/labels.js';
import { writeContextFindings } from '../../src/cli/study-contexts.js';
import { CONTEXT_FINDINGS, readContextFindings } from '../../src/comparison/context-findings.js';
import { loadDataset, openDataset } from '../../src/dataset/load.js';
import { writeReport } from '../../src/reports/write-report.js';
import { type Predictions, writePredictions } from '../../src/runs/predictions.js';
import { readStudy } from '../../src/studies/read.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { studyOf, writeStudy } from '../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** A study of a dataset of its own: at W = 10 every label is right, at W = 5 all lines have that of the first. */
async function recorded({ unknown = false } = {}) {
  const home = writeDataset(folders.make(), smallLog());
  const { sha256 } = await openDataset(home);
  const dataset = await loadDataset(home, { lines: 'completed', filter: 'paper', map: () => null });
  const { codes } = encodeLabels(dataset.label, partIds(await loadResourceTable()));
  const study = await studyOf({ protocols: ['capture'], runs: 2, sha256, settings: { dataset: home } });
  const dir = folders.make();
  const ones = Int32Array.from(codes, () => 1);
  for (const record of study.records) {
    const lines: Predictions = {
      line: Int32Array.from(dataset.line),
      capture: dataset.capture,
      context: unknown ? dataset.context.map(() => null) : dataset.context,
      truth: codes,
      predicted: record.point['window.size'] === 10 ? codes : codes.map(() => codes[0]!),
      ...{ own: codes, person: ones, votes: ones, share: Float32Array.from(ones), trained: ones },
    };
    record.result!.predictions = await writePredictions(join(dir, 'trials', record.key), lines);
  }
  writeStudy(dir, study);
  return { dir, home, results: await readStudy(dir) };
}

describe('contexts of a study', () => {
  it('follow from the labels that trials predicted, beside the true ones and rules', async () => {
    const { results, dir } = await recorded();
    const { trials, beside } = (await writeContextFindings(results))!;
    expect(trials).toHaveLength(4);
    expect(beside.map(({ way }) => way)).toEqual([
      ...['rules', 'true labels, all three', 'rules', 'true labels, all three'],
    ]);
    const truth = beside[1]!.scores;
    expect(truth.lines).toBeGreaterThan(50);
    const of = (window: number) =>
      results.records
        .filter(({ point }) => point['window.size'] === window)
        .map(({ key }) => trials.find((trial) => trial.key === key)!.scores);
    for (const scores of of(10)) expect(scores).toEqual(truth);
    for (const scores of of(5)) expect(scores.bCubed.f1).toBeLessThan(truth.bCubed.f1);
    const { html, tables } = await writeReport(dir);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('Contexts of labels');
    expect(tables).toContain(join(dir, 'tables', 'contexts-by-size.csv'));
    const [head, first] = readFileSync(join(dir, 'tables', 'contexts.csv'), 'utf8').split(/\r?\n/);
    expect(head).toContain('B-cubed F1,ARI,V-measure');
    expect(first).toMatch(/^capture protocol,W = 5,the model’s labels,2,/);
    expect(page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')).not.toMatch(
      /NaN|undefined|\[object|Infinity/,
    );
  });

  it('stay when the predicted lines are gone, and are not taken for those of other trials', async () => {
    const { results, dir, home } = await recorded();
    const found = await writeContextFindings(results);
    rmSync(join(dir, 'trials'), { recursive: true });
    rmSync(home, { recursive: true });
    expect(await writeContextFindings(results)).toEqual(JSON.parse(JSON.stringify(found)));
    const file = join(dir, CONTEXT_FINDINGS);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"sha256": "\w/g, '"sha256": "x'));
    expect(await readContextFindings(results)).toBeNull();
  });

  it('are none where contexts are unknown, or the dataset is not the one of the study', async () => {
    const unknown = await recorded({ unknown: true });
    expect(await writeContextFindings(unknown.results)).toBeNull();
    const { results, home } = await recorded();
    writeDataset(home, smallLog({ rounds: 3 }));
    expect(await writeContextFindings(results)).toBeNull();
  });
});
