import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atLevel, type Level } from '../../../src/audit/level.js';
import { readAuditLog } from '../../../src/audit/read.js';
import { readTruth, type TruthRow } from '../../../src/dataset/truth.js';
import type { LabelRow } from '../../../src/labeling/labeler.js';
import { DEFAULT_MODEL } from '../../../src/model/kinds.js';
import { readPointer } from '../../../src/model/pointer/pointer-folder.js';
import { runCommand } from '../../fixtures/run-command.js';

const DATASET = 'datasets/first-light';
let dir: string;
const truth: TruthRow[] = [];
const triggers = new Map<string, string>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uncertain-'));
  for await (const row of readTruth(`${DATASET}/truth.jsonl.gz`)) {
    truth.push(row);
    if (row.trigger) triggers.set(row.context, row.auditID);
  }
});
afterAll(() => rm(dir, { recursive: true }));

/** What `label` says of the dataset's log as a level has it, with no flag but where to write. */
async function labelled(level: Level): Promise<{ row: LabelRow; right: boolean }[]> {
  const [log, out] = [join(dir, `${level}.jsonl`), join(dir, `${level}.rows`)];
  const lines: string[] = [];
  for await (const { event } of readAuditLog(`${DATASET}/audit.jsonl.gz`))
    lines.push(`${JSON.stringify(atLevel(event!, level))}\n`);
  await writeFile(log, lines.join(''));
  expect((await runCommand('label', log, '--out', out)).code).toBe(0);
  const rows = (await readFile(out, 'utf8'))
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as LabelRow);
  expect(rows).toHaveLength(truth.length);
  return rows.flatMap((row) => {
    const { label, background, context } = truth[row.line]!;
    if (!row.label || !label) return [];
    const cause = background ? null : (triggers.get(context) ?? context);
    return [{ row, right: (row.trigger?.auditID ?? null) === cause }];
  });
}

describe('uncertain, as label writes it of a cluster that trained nothing', () => {
  it('is said of the lines whose confidence is below the threshold of the log’s level, and of no others', async () => {
    const { thresholds } = await readPointer(DEFAULT_MODEL);
    const said = await labelled('metadata');
    const unsure = said.filter(({ row }) => row.uncertain);
    expect(unsure.length).toBeGreaterThan(10);
    for (const { row } of said) expect(row.uncertain === true).toBe(row.confidence! < thresholds.metadata!);
    const wrong = (some: typeof said) => some.filter(({ right }) => !right).length / some.length;
    // Of what it is unsure of, many times as much is wrong.
    expect(wrong(unsure)).toBeGreaterThan(5 * wrong(said.filter(({ row }) => !row.uncertain)));
  });

  it('is said of no line of a log with bodies, where on validation lines few enough were wrong', async () => {
    expect((await readPointer(DEFAULT_MODEL)).thresholds.requestResponse).toBe(0);
    expect((await labelled('requestResponse')).filter(({ row }) => row.uncertain)).toEqual([]);
  });
});
