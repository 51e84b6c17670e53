/**
 * Contexts against the truth: the model of the package, rules, and the paper's methods [K8NTEXT, §5.9] on true labels, each method alone and together, on captures
 * that no model was trained on; and the clustering rate [K8NTEXT, Fig. 10] from what came out.
 *
 *     npx tsx scripts/contexts-scores.ts > results/reference/contexts/scores.json
 */
import { basename } from 'node:path';
import { loadResourceTable } from '../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../src/audit/read.js';
import type { Attributor } from '../src/contexts/attribution.js';
import type { Context } from '../src/contexts/context.js';
import { FromModel } from '../src/contexts/from-model.js';
import { METHODS, type Method } from '../src/contexts/labels/methods.js';
import { contextsOfLog } from '../src/contexts/of-log.js';
import { Rules } from '../src/contexts/rules/rules.js';
import { clusteringRate, scoreContexts } from '../src/contexts/score.js';
import { ContextStream, countedLine } from '../src/contexts/stream.js';
import { WithRules } from '../src/contexts/with-rules.js';
import { readTruth, type TruthRow } from '../src/dataset/truth.js';
import { type LabelRow, labelBatches } from '../src/labeling/labeler.js';
import { openPredictor } from '../src/model/kinds.js';

const PARTS = [
  { dataset: 'first-light', capture: 'pilot' },
  { dataset: 'three-node', capture: 'b2' },
  { dataset: 'three-node', capture: 'c1' },
];

const table = await loadResourceTable();
const fromLabels = (...methods: Method[]): Attributor => new FromModel(table, methods);
const WAYS: { name: string; make: () => Attributor; labels: boolean }[] = [
  { name: 'rules', make: () => new Rules(), labels: false },
  ...METHODS.map((method) => ({
    name: `true labels, ${method}`,
    make: () => fromLabels(method),
    labels: true,
  })),
  { name: 'true labels, object and related', make: () => fromLabels('object', 'related'), labels: true },
  { name: 'true labels, all three', make: () => fromLabels(...METHODS), labels: true },
];

/** Contexts by the model of the package, as `contexts` finds them. */
async function byModel(
  folder: string,
  capture: string,
  truth: readonly TruthRow[],
  trueContexts: readonly (string | null)[],
) {
  const predictor = await openPredictor();
  const byLine = new Map<number, number>();
  const assigned = (line: number, context: number): void => void byLine.set(line, context);
  const stream = new ContextStream({ attributor: new WithRules(new FromModel(table)), table, assigned });
  const lines = (async function* (): AsyncGenerator<LogLine> {
    for await (const line of readAuditLog(`${folder}/audit.jsonl.gz`))
      if (truth[line.line]!.capture === capture) yield line;
  })();
  const contexts: Context[] = [];
  const predict = (all: AsyncIterable<readonly LogLine[]>) => labelBatches(all, { predictor, table });
  for await (const context of contextsOfLog(lines, stream, { predict })) contexts.push(context);
  return {
    ...{ dataset: basename(folder), capture, way: 'model' },
    scores: scoreContexts(trueContexts, byLine),
    clusteringRate: clusteringRate(contexts),
  };
}

const results: unknown[] = [];
for (const { dataset, capture } of PARTS) {
  const folder = `datasets/${dataset}`;
  const truth: TruthRow[] = [];
  for await (const row of readTruth(`${folder}/truth.jsonl.gz`)) truth.push(row);
  const streams = WAYS.map(({ make }) => {
    const byLine = new Map<number, number>();
    const assigned = (line: number, context: number): void => void byLine.set(line, context);
    return {
      stream: new ContextStream({ attributor: make(), table, assigned }),
      byLine,
      contexts: [] as Context[],
    };
  });
  const trueContexts: (string | null)[] = [];
  for await (const read of readAuditLog(`${folder}/audit.jsonl.gz`)) {
    const { line, event } = read;
    const row = truth[line]!;
    const counts = row.capture === capture && event !== null && countedLine(read).skipped === undefined;
    trueContexts.push(counts ? row.context : null);
    if (row.capture !== capture || !event) continue;
    const said: LabelRow = { line, auditID: event.auditID, label: row.label, confidence: 1 };
    streams.forEach(({ stream, contexts }, i) => {
      contexts.push(...stream.push({ line, text: '', event }, WAYS[i]!.labels ? said : undefined));
    });
  }
  results.push(await byModel(folder, capture, truth, trueContexts));
  process.stderr.write(`${dataset} ${capture}: model\n`);
  streams.forEach(({ stream, byLine, contexts }, i) => {
    contexts.push(...stream.end());
    const { name } = WAYS[i]!;
    results.push({
      dataset,
      capture,
      way: name,
      scores: scoreContexts(trueContexts, byLine),
      clusteringRate: clusteringRate(contexts),
    });
    process.stderr.write(`${dataset} ${capture}: ${name}\n`);
  });
  const counted = truth.filter((_, line) => trueContexts[line] !== null);
  const groups = new Map<string, { label: TruthRow['label']; lines: number[]; background: boolean }>();
  for (const { context, label, line, background } of counted) {
    const group = groups.get(context) ?? { label, lines: [], background };
    group.lines.push(line);
    groups.set(context, group);
  }
  results.push({ dataset, capture, way: 'truth', clusteringRate: clusteringRate(groups.values()) });
}
process.stdout.write(`${JSON.stringify({ made: 'scripts/contexts-scores.ts', results }, null, 1)}\n`);
