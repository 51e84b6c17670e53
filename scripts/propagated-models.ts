/**
 * How well the model of the package, and what learns nothing, name causes where the cluster itself carried them along. Lines whose causes go back
 * to several requests are told apart: there any of these is an answer.
 *
 *     npx tsx scripts/propagated-models.ts datasets/propagated metadata,requestResponse > results/reference/propagated/models.json
 *     npx tsx scripts/propagated-models.ts datasets/automated requestResponse > results/reference/propagated/automated.json
 *     npx tsx scripts/propagated-models.ts datasets/automated requestResponse results/a/capture/model      # of that model alone
 */
import { join } from 'node:path';
import { encodeLabel } from '../src/audit/labels.js';
import { atLevel, type Level } from '../src/audit/level.js';
import { loadResourceTable } from '../src/audit/table.js';
import { loadDataset } from '../src/dataset/load.js';
import { readTruth, type TruthRow } from '../src/dataset/truth.js';
import { causeScores, rightShare } from '../src/metrics/causes.js';
import { DEFAULT_MODEL, openPredictor } from '../src/model/kinds.js';
import type { ModelData, Prediction } from '../src/model/model.js';
import { followCapture, type PointerTraining } from '../src/model/pointer/captured.js';
import { loadPointerData } from '../src/model/pointer/data.js';
import { readPointer } from '../src/model/pointer/pointer-folder.js';
import { UNLEARNED } from '../src/model/pointer/ranker.js';
import type { PointerSettings } from '../src/model/pointer/settings.js';
import { readSettings } from '../src/settings/settings.js';

const [dir = 'datasets/propagated', said = 'metadata,requestResponse', model] = process.argv.slice(2);
const levels = said.split(',') as Level[];
const table = await loadResourceTable();
const dataset = await loadDataset(dir, { map: (event) => event, lines: 'completed', filter: 'paper' });
const truth: TruthRow[] = [];
for await (const row of readTruth(join(dir, 'truth.jsonl.gz'))) truth.push(row);
const rowAt = (row: number): TruthRow => truth[dataset.line[row]!]!;

const settingsOf = async (rules: 'off' | 'weigh') =>
  await readSettings('paper', {
    dataset: dir,
    'model.name': 'pointer',
    'window.size': 1,
    'model.rules': rules,
  });
const lines = await loadPointerData(
  { dataset: dataset as unknown as ModelData['dataset'] },
  await settingsOf('off'),
  levels,
);
const { words } = await readPointer(DEFAULT_MODEL);

/** Cause (a row, or −1) and label of each row of a capture. */
interface Answers {
  cause: Map<number, number>;
  label: Map<number, number>;
}
type Way = (capture: string, level: Level) => Promise<Answers>;

const unlearned =
  (name: keyof typeof UNLEARNED): Way =>
  async (capture, level) => {
    const settings = (await settingsOf(name === 'rules' ? 'weigh' : 'off'))
      .model as unknown as PointerSettings;
    const data = { dataset, table } as unknown as ModelData;
    const of = { data, lines, settings, words, level } as PointerTraining;
    const { cause, label } = followCapture(of, UNLEARNED[name], { name: capture, level });
    return { cause, label: new Map([...label].map(([row, one]) => [row, encodeLabel(one)])) };
  };

const asModel: Way = async (capture, level) => {
  const predictor = await openPredictor(model);
  const { first, last } = lines.captures.get(capture)!;
  const found: Prediction[] = [];
  for (let row = first; row <= last; row++)
    found.push(...(await predictor.push([predictor.read(atLevel(dataset.rows[row]!, level), row)])));
  found.push(...(await predictor.end()));
  await predictor.release();
  const cause = new Map(
    found.map(({ trigger }, i) => [first + i, trigger ? (lines.rowOf.get(trigger.auditID ?? '') ?? -2) : -1]),
  );
  return { cause, label: new Map(found.map(({ label }, i) => [first + i, encodeLabel(label)])) };
};

const WAYS: Record<string, Way> =
  model === undefined
    ? {
        'model of the package': asModel,
        'rules of identity': unlearned('rules'),
        'last change in the namespace': unlearned('namespace'),
        'relations in a fixed order': unlearned('generic'),
        'owners, as tracing tools': unlearned('owner'),
      }
    : { model: asModel };

const results = [];
for (const capture of lines.captures.keys())
  for (const level of levels)
    for (const [way, answer] of Object.entries(WAYS)) {
      const { first, last } = lines.captures.get(capture)!;
      const rows = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      const answers = await answer(capture, level);
      results.push({ capture, level, way, ...scored(rows, answers) });
      process.stderr.write(`${capture} ${level} ${way}\n`);
    }
process.stdout.write(
  `${JSON.stringify({ schema: 1, dataset: { name: dataset.name, sha256: dataset.sha256 }, results }, null, 1)}\n`,
);

/** Scores of all rows whose one cause is known, and shares of right causes by how that is known. */
function scored(rows: readonly number[], { cause, label }: Answers) {
  const triggerRow = (row: number): number | null => {
    const trigger = lines.trigger[row]!;
    return trigger === null ? null : (lines.rowOf.get(trigger) ?? -3);
  };
  const one = rows.filter((row) => !rowAt(row).disputed);
  const given = (row: number): number | null => {
    const at = cause.get(row) ?? -1;
    return at === -1 ? null : at;
  };
  const labelOf = (row: number): number => label.get(row) ?? encodeLabel(dataset.own[row]!);
  const { contexts, macroF1, ...shares } = causeScores({
    truth: one.map(triggerRow),
    said: one.map(given),
    labels: {
      truth: one.map((row) => encodeLabel(dataset.label[row]!)),
      said: one.map(labelOf),
    },
  });
  const clusters = one.map((row) => dataset.context[row]!);
  const right = one.map((row) => triggerRow(row) === given(row));
  const byHow: Record<string, { lines: number; right: number }> = {};
  for (const row of rows) {
    const { how, roots = [] } = rowAt(row);
    byHow[how] ??= { lines: 0, right: 0 };
    byHow[how].lines++;
    const at = given(row);
    const known = at === null || at < 0 ? null : dataset.auditID[at]!;
    const isRight =
      how === 'several' ? roots.some((line) => truth[line]!.auditID === known) : triggerRow(row) === at;
    if (isRight) byHow[how].right++;
  }
  const { lines: n, label: labels, trigger } = shares;
  const { exact, bCubed, ceafE, ari, oneToOne } = contexts;
  return {
    ...{ lines: n, label: labels, trigger, macroF1 },
    contexts: { exact: exact.f1, bCubed: bCubed.f1, ceafE: ceafE.f1, ari, oneToOne },
    interval: rightShare(right, clusters, { seed: 7 }),
    byHow: Object.fromEntries(
      Object.entries(byHow).map(([how, { lines: count, right: good }]) => [
        how,
        { lines: count, right: good / count },
      ]),
    ),
  };
}
