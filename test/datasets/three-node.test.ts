import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBytes, splitLines } from '../../src/audit/bytes.js';
import { checkClean } from '../../src/collect/redact.js';
import type { ActionRow } from '../../src/dataset/actions.js';
import { type Dataset, loadDataset } from '../../src/dataset/load.js';
import { type Manifest, readManifest } from '../../src/dataset/manifest.js';
import { PAPER_LINES } from '../../src/dataset/paper-size.js';
import { verifyDataset } from '../../src/dataset/verify.js';
import { selectColumns } from '../../src/features/columns.js';
import { extractFields } from '../../src/features/encoder.js';
import { readRows } from '../../src/files/rows.js';
import { readStudyFile } from '../../src/studies/study.js';

const DIR = 'datasets/three-node';
const FILES = [
  'audit.jsonl.gz',
  'truth.jsonl.gz',
  'actions.jsonl',
  'manifest.json',
  'card.md',
  'review.tsv',
] as const;

interface Capture {
  id: string;
  people: number;
  kubernetes: string;
  mode: string;
  shared: boolean;
  lines: number;
  completed: number;
}

let manifest: Manifest;
let captures: Capture[];
let actions: ActionRow[];
let data: Dataset<(string | null)[]>;
beforeAll(async () => {
  manifest = await readManifest(DIR);
  captures = manifest.captures as unknown as Capture[];
  actions = readRows<ActionRow>(`${DIR}/actions.jsonl`);
  const columns = selectColumns({ include: controls });
  data = await loadDataset(DIR, { map: (event) => extractFields(event, columns) });
}, 120_000);

const { controls } = await readStudyFile('experiments/feature-ablation.study.yaml');

describe('datasets/three-node', () => {
  it('has one value in the columns that are negative controls of an ablation', () => {
    expect(controls.length).toBeGreaterThan(0);
    controls.forEach((_, c) => {
      expect(new Set(data.rows.map((fields) => fields[c])).size).toBe(1);
    });
  });

  it('holds every hash and invariant', async () => {
    expect((await verifyDataset(DIR)).faults).toEqual([]);
  }, 120_000);

  it('counts what the default reading keeps, capture by capture', () => {
    const counted = new Map<string, number>();
    for (const id of data.capture) counted.set(id, (counted.get(id) ?? 0) + 1);
    expect(captures.map(({ id, completed }) => [id, completed])).toEqual([...counted]);
    expect(manifest.counts.counted).toBe(data.line.length);
    expect(data.line.length).toBeGreaterThanOrEqual(40_000);
  });

  it('comes from at least five clusters: two of people in turn, three of people at once, one of another version', () => {
    const inTurn = captures.filter(({ mode }) => mode === 'sequential').map(({ id }) => id);
    const atOnce = captures.filter(({ mode }) => mode === 'concurrent');
    expect(inTurn.length).toBeGreaterThanOrEqual(2);
    expect(atOnce.length).toBeGreaterThanOrEqual(3);
    expect(atOnce.every(({ people }) => people >= 2 && people <= 6)).toBe(true);
    expect(atOnce.some(({ shared }) => shared)).toBe(true);
    expect(new Set(captures.map(({ kubernetes }) => kubernetes.split('.')[1])).size).toBe(2);
    const own = actions.filter(({ capture }) => inTurn.includes(capture));
    expect(own.length).toBeGreaterThanOrEqual(1155);
    expect(new Set(own.map(({ action }) => action)).size).toBeGreaterThanOrEqual(238);
  });

  it('has folds that keep clusters apart, the other version and the busiest capture for tests only', () => {
    const pace = (id: string): number => {
      const own = actions.filter(({ capture }) => capture === id);
      return own.length / (Math.max(...own.map(({ end }) => end)) - own[0]!.start);
    };
    const [busiest] = captures.map(({ id }) => id).sort((a, b) => pace(b) - pace(a));
    const other = captures.find(({ kubernetes }) => kubernetes.startsWith('v1.35'))!.id;
    const concurrent = captures.filter(({ mode }) => mode === 'concurrent').map(({ id }) => id);
    expect(Object.keys(manifest.folds!)).toContain('default');
    for (const { train, validation, test } of Object.values(manifest.folds!)) {
      const all = [...train, ...validation, ...test];
      expect(new Set(all).size).toBe(all.length);
      expect(test).toEqual(expect.arrayContaining([busiest, other]));
      expect(validation.some((id) => concurrent.includes(id))).toBe(true);
    }
  });

  it('selects as many lines as the paper has, from the start of each capture', () => {
    const { count, ranges } = manifest.selections!['paper-size']!;
    const lines = [...data.line];
    const inside = lines.filter((line) => ranges.some(([first, last]) => line >= first && line <= last));
    expect(count).toBe(PAPER_LINES);
    expect(inside.length).toBe(PAPER_LINES);
    expect(ranges.map(([first]) => first)).toEqual(
      captures.map(({ id }) => Math.min(...lines.filter((_, i) => data.capture[i] === id))),
    );
  });

  it('holds no secret, no path and no name of a machine', async () => {
    const named = /"\/(root|home|work|Users)\/|auditweave\/clusters|BEGIN [A-Z ]*PRIVATE KEY/;
    let line = 0;
    for await (const { bytes } of splitLines(openBytes(`${DIR}/audit.jsonl.gz`, DIR), 1 << 24)) {
      const text = Buffer.from(bytes!).toString('latin1');
      checkClean(text, DIR, ++line);
      const found = named.exec(text)?.[0];
      if (found) expect.fail(`line ${line} holds ${found}`);
    }
    for (const name of FILES.slice(2)) {
      const text = readFileSync(`${DIR}/${name}`, 'utf8');
      expect(text).not.toMatch(/\/(root|home|Users|tmp)\/|PRIVATE KEY|eyJ[\w-]{8,}\.eyJ/);
    }
    expect(line).toBe(manifest.counts.lines);
  }, 120_000);

  it('takes at most 25 MB', () => {
    const bytes = FILES.reduce((sum, name) => sum + statSync(`${DIR}/${name}`).size, 0);
    expect(bytes).toBeLessThanOrEqual(25e6);
  });

  it('has 300 lines reviewed, as its card says', () => {
    const rows = readFileSync(`${DIR}/review.tsv`, 'utf8').trimEnd().split('\n').slice(1);
    const verdicts = rows.map((row) => row.split('\t')[3]);
    expect(verdicts).toHaveLength(300);
    const tally = ['right', 'wrong', 'unclear']
      .map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const)
      .filter(([, number]) => number > 0);
    expect(readFileSync(`${DIR}/card.md`, 'utf8')).toContain(
      `verdicts in \`review.tsv\`: ${tally.map(([verdict, number]) => `${verdict} ${number}`).join(', ')}`,
    );
  });
});
