import type { BiLstmConfig } from '../model/bilstm/shape.js';
import { writeModelFolder } from '../model/folder.js';
import { BATCH_NORM_EPSILON } from '../model/kernels/batch-norm.js';
import type { Weights } from '../model/weights.js';
import type { Settings } from '../settings/schema.js';

import type { Prepared } from './prepare.js';
import type { Interval, MetricsRecord, RunRecord } from './record.js';

export interface ExportedRun {
  weights: Weights;
  config: BiLstmConfig;
  data: Pick<Prepared, 'columns' | 'encoder' | 'partIds' | 'table'>;
  settings: Settings;
  run: RunRecord;
  metrics: MetricsRecord;
}

/** Writes the model folder of a run: weights, ONNX, encoder, labels, config and a card made of the run's records. */
export async function exportModel(
  dir: string,
  { weights, config, data, settings, run, metrics }: ExportedRun,
): Promise<void> {
  await writeModelFolder(
    dir,
    {
      weights,
      config: {
        ...config,
        columns: data.columns.map(({ name }) => name),
        lines: settings.lines,
        filter: settings.filter,
        epsilon: BATCH_NORM_EPSILON,
      },
      encoder: data.encoder.toJSON(),
      labels: { partIds: [...data.partIds] },
      card: modelCard(run, metrics),
    },
    {
      version: run.versions.auditweave ?? 'unknown',
      metadata: { dataset: run.dataset.name, datasetSha256: run.dataset.sha256 },
    },
  );
}

/** The model card: what it is, what it was trained on, how good it was on what it had not seen. */
export function modelCard(run: RunRecord, metrics: MetricsRecord): string {
  const { leak, dataset } = run;
  const rows: [string, Interval][] = [
    ['macro F1, strict', metrics.lines.macroF1.strict],
    ['exact match', metrics.lines.exactMatch],
    ['exact match of the line’s own action (no learning)', metrics.baselines.ownAction.exactMatch],
    ['exact match of the previous line’s true label', metrics.baselines.previousLine.exactMatch],
    ['exact match of the majority label', metrics.baselines.majority.exactMatch],
  ];
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const digits = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');
  return `# Model card: ${run.name}

Labels each line of a Kubernetes audit log with the action that caused it: resource, subresource, verb, namespaced, single.
A bidirectional LSTM over windows of ${metrics.window} lines, ${run.parameters.toLocaleString('en')} parameters.

## Trained on

Dataset ${dataset.name}, ${dataset.lines} lines (sha256 ${dataset.sha256}), split by the \`${metrics.protocol}\` protocol, which
${leak.verdict === 'leaks' ? `**leaks**: ${share(leak.sharedLines.share)} of the test lines are in training windows too, so the scores below measure memory as well` : 'is leak-free: no test line is in a training window'}.

## Scores on the test part, by line

| score | value | 95 % interval | lines |
|---|---|---|---|
${rows.map(([name, i]) => `| ${name} | ${digits(i.value)} | ${digits(i.low)} – ${digits(i.high)} | ${i.n} |`).join('\n')}

Classes of the test part that were never trained on: ${leak.unseenClasses.classes} (${share(leak.unseenClasses.share)} of its lines).

## Use

\`npm run label -- audit.log --model DIR\`. Meant for clusters like the dataset's own: one trained on a single capture knows that
capture's habits, and other clusters, versions or policies need other training data. Not meant to prove who did what.

Made by auditweave ${run.versions.auditweave} at commit ${run.commit}, seed ${run.seeds.root}, TensorFlow ${run.versions.tensorflow} on ${run.machine.device}.
`;
}
