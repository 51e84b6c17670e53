import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadResourceTable, partIds } from '../../src/audit/labels.js';
import { readPaperDifferences } from '../../src/comparison/paper-differences.js';
import { selectColumns } from '../../src/features/columns.js';
import { biLstmConfig, parameterCount } from '../../src/model/bilstm/shape.js';
import { readSettings } from '../../src/settings/settings.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const settings = await readSettings('experiments/paper.config.yaml');
const rows = await readPaperDifferences();
const ours = (what: string): string => rows.find((row) => row.what === what)!.ours;
const paper = (what: string): string => rows.find((row) => row.what === what)!.paper;
const parameters = (classes: number): string =>
  parameterCount(biLstmConfig({ window: 60, features: 39, classes })).toLocaleString('en-US');

describe('the differences from the paper', () => {
  it('have each step once, and every verdict', () => {
    expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['same', 'different', 'unstated']));
  });

  it('count values and parameters as the code does', async () => {
    const classes = partIds(await loadResourceTable()).length;
    expect(ours('values a label part can take')).toMatch(new RegExp(`^${classes} `));
    expect(ours('parameters')).toBe(`${parameters(classes)} (for ${classes} values)`);
    expect(paper('parameters')).toContain(`${parameters(59)} for 59 values`);
    expect(ours('classes that are scored')).toContain(`base ${classes}`);
  });

  it('say of the columns, the loss and the lines what the settings say', () => {
    expect(ours('columns')).toMatch(new RegExp(`^${selectColumns(settings.features).length},`));
    const { focal, learningRate, earlyStopping, reduceOnPlateau, epochs, batchSize } = settings.training;
    expect(paper('loss, optimizer, schedule')).toBe(
      `focal cross-entropy (${focal.alpha}, ${focal.gamma}), Adam at ${learningRate}, early stopping ${earlyStopping.patience}, ` +
        `plateau ${reduceOnPlateau.patience} by ${reduceOnPlateau.factor}, ${epochs} epochs, batches of ${batchSize}`,
    );
    expect(settings.lines).toBe('completed');
    expect(settings.evaluation.vote).toBe('equal');
    expect(settings.split).toMatchObject({ test: 0.1, validation: 0.1 });
  });

  it('name records that are there', () => {
    const [row] = readFileSync('results/reference/paper-configuration/records.jsonl', 'utf8').split('\n');
    const { result } = JSON.parse(row!) as { result: { parameters: number } };
    expect(ours('parameters')).toContain(result.parameters.toLocaleString('en-US'));
  });

  it('refuse a verdict that is none, with its place', async () => {
    const folders = temporaryFolders();
    const file = join(folders.make(), 'differences.yaml');
    writeFileSync(file, 'differences: [{ what: a, paper: b, ours: c, verdict: maybe, source: d }]\n');
    await expect(readPaperDifferences(file)).rejects.toThrow('verdict');
    folders.clear();
  });
});
