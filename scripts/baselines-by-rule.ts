/**
 * Scores the nearest-change rule by the rule of the truth, and writes results/reference/baselines-by-rule.json. The two use the same names of
 * objects, owners and namespaces, so that high agreement on some rules says nothing of the rule's skill.
 *
 *     npx tsx scripts/baselines-by-rule.ts
 */
import { join } from 'node:path';
import { type BaselinesByRule, BY_RULE, scoresByRule } from '../src/comparison/by-rule.js';
import { readTruth } from '../src/dataset/truth.js';
import { writeFileAtomic } from '../src/files/atomic.js';
import { baselineCodes } from '../src/runs/baselines.js';
import { prepare } from '../src/runs/prepare.js';
import { changeSettings, readSettings } from '../src/settings/settings.js';

const DATASET = 'datasets/three-node';
const base = await readSettings('experiments/fast.config.yaml');
const rules: string[] = [];
for await (const { how } of readTruth(join(DATASET, 'truth.jsonl.gz'))) rules.push(how);

const protocols: BaselinesByRule['protocols'] = [];
let sha256 = '';
for (const protocol of ['blocked', 'capture'] as const) {
  const { settings } = changeSettings(base, {
    ...{ dataset: DATASET, selection: 'paper-size', 'split.protocol': protocol },
  });
  const data = await prepare(settings, process.stderr);
  sha256 = data.dataset.sha256;
  const tested = data.split.testRows.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  const codes = baselineCodes(data);
  const of = (all: ArrayLike<number>): number[] => tested.map((row) => all[row]!);
  protocols.push({
    protocol,
    rules: scoresByRule(
      tested.map((row) => rules[data.dataset.line[row]!]!),
      of(data.codes),
      of(codes.nearestAction),
      of(codes.ownAction),
    ),
  });
}
const record: BaselinesByRule = {
  schema: 1,
  dataset: { name: 'three-node', selection: 'paper-size', sha256 },
  protocols,
};
await writeFileAtomic(join('results/reference', BY_RULE), `${JSON.stringify(record, null, 1)}\n`);
