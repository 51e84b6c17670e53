/**
 * Contexts against the truth: the model of the package, rules, and the paper's methods [K8NTEXT, §5.9] on true labels and on models' labels, each method alone
 * and together, on captures that no model was trained on; and the clustering rate [K8NTEXT, Fig. 10] from what came out.
 *
 *     npx tsx scripts/contexts-scores.ts [--bilstm results/three-node-w60-s7/blocked] > results/reference/contexts/scores.json
 *
 * A run of the BiLSTM is scored on datasets that it was not trained on. On its own test part: `evaluate --contexts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadResourceTable } from '../src/audit/labels.js';
import { type LogLine, readBatches } from '../src/audit/read.js';
import { clusteringRate } from '../src/contexts/score.js';
import { countedLine } from '../src/contexts/stream.js';
import { scoreWays, WAYS_OF_MODEL, WAYS_WITHOUT_MODEL } from '../src/contexts/ways.js';
import { readTruth, type TruthRow } from '../src/dataset/truth.js';
import { openPredictor } from '../src/model/kinds.js';

const PARTS = [
  { dataset: 'first-light', capture: 'pilot' },
  { dataset: 'three-node', capture: 'b2' },
  { dataset: 'three-node', capture: 'c1' },
];
const { values } = parseArgs({ options: { bilstm: { type: 'string' } } });
const trained =
  values.bilstm === undefined
    ? null
    : (JSON.parse(readFileSync(join(values.bilstm, 'run.json'), 'utf8')).settings.dataset as string);

const table = await loadResourceTable();
const results: unknown[] = [];
for (const { dataset, capture } of PARTS) {
  const folder = `datasets/${dataset}`;
  const truth: TruthRow[] = [];
  for await (const row of readTruth(`${folder}/truth.jsonl.gz`)) truth.push(row);
  const groups = new Map<string, { label: TruthRow['label']; lines: number[]; background: boolean }>();
  async function* lines(notes = false): AsyncGenerator<LogLine[]> {
    for await (const batch of readBatches(`${folder}/audit.jsonl.gz`)) {
      const own = batch.filter(({ line, event }) => event !== null && truth[line]!.capture === capture);
      if (notes)
        for (const read of own) {
          if (countedLine(read, false).skipped !== undefined) continue;
          const { context, label, background } = truth[read.line]!;
          const group = groups.get(context) ?? { label, lines: [], background };
          group.lines.push(read.line);
          groups.set(context, group);
        }
      yield own;
    }
  }
  const record = (found: readonly { way: string }[]): void => {
    for (const one of found) results.push({ dataset, capture, ...one });
    process.stderr.write(`${dataset} ${capture}: ${found.map(({ way }) => way).join('; ')}\n`);
  };
  const truthOf = (line: number) => truth[line];
  const predictor = await openPredictor();
  record(
    await scoreWays(lines(true), truthOf, {
      ways: [...WAYS_OF_MODEL, ...WAYS_WITHOUT_MODEL],
      table,
      predictor,
    }),
  );
  await predictor.release();
  if (values.bilstm !== undefined && trained !== folder) {
    const bilstm = await openPredictor(values.bilstm);
    const ways = WAYS_OF_MODEL.filter(({ told }) => told === 'labels').map((way) => ({
      ...way,
      name: way.name.replace('model’s labels', 'BiLSTM’s labels'),
    }));
    record(await scoreWays(lines(), truthOf, { ways, table, predictor: bilstm }));
    await bilstm.release();
  }
  results.push({ dataset, capture, way: 'truth', clusteringRate: clusteringRate(groups.values()) });
}
process.stdout.write(`${JSON.stringify({ made: 'scripts/contexts-scores.ts', results }, null, 1)}\n`);
