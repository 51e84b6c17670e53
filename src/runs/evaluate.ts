import { join } from 'node:path';
import type { Label } from '../audit/labels.js';
import type { Level } from '../audit/level.js';
import { isCited } from '../dataset/manifest.js';
import { AuditweaveError } from '../errors.js';
import { findModelFolder } from '../model/folder.js';
import { kindNamed } from '../model/kinds.js';
import type { ProgressSink } from '../progress.js';
import type { Settings } from '../settings/schema.js';
import { completeSettings } from '../settings/settings.js';
import { checkModelThere } from './missing-model.js';
import { type Prepared, prepare, prepareWhole } from './prepare.js';
import { type LeakReport, type MetricsRecord, type RunRecord, readRun } from './record.js';
import { evaluateTest } from './train.js';

/** The lines that a run was tested on, and what is true of them. */
export interface TestedLines {
  /** Folder of the dataset. */
  dataset: string;
  level: Level;
  /** Lines of the log, from 0, ascending. */
  lines: number[];
  /** Of each its context, where that is known, and its label. */
  context: (string | null)[];
  label: Label[];
}

/**
 * Scores a finished run's model again: on its own test part, or on every line of another dataset.
 *
 * @param options.dir The run folder.
 * @param options.dataset Another dataset. Default: the run's own.
 * @param options.level Lines are read as a log of this level has them. Default: as the run read them.
 * @param options.stride Lines between two windows that vote. Default: the run's.
 * @throws {AuditweaveError} The other dataset is the one that the model was trained on, the run's own is not the same any more, or the
 * model was made by a version that reads lines or labels differently.
 * @example const { metrics } = await scoreModel({ dir: 'results/a/blocked', sink: process.stderr });
 */
export async function scoreModel(options: {
  dir: string;
  dataset?: string;
  level?: Level;
  stride?: number;
  sink: ProgressSink;
}): Promise<{ metrics: MetricsRecord; leak: LeakReport; tested: TestedLines }> {
  const { run } = await readRun(options.dir);
  await checkModelThere(options.dir);
  const { stride, level } = options;
  if (stride !== undefined && !(Number.isInteger(stride) && stride > 0))
    throw new AuditweaveError(`studies: expected a stride of one line or more, got ${stride}.`, {
      hint: 'Use --stride 1 for every window.',
    });
  const recorded = completeSettings(run.settings, join(options.dir, 'run.json'));
  const settings: Settings = {
    ...recorded,
    dataset: options.dataset ?? recorded.dataset,
    ...(level === undefined ? {} : { audit: { level } }),
    evaluation: { ...recorded.evaluation, ...(stride === undefined ? {} : { stride }) },
  };
  const folder = await findModelFolder(join(options.dir, 'model'));
  const kind = kindNamed(settings.model.name);
  const own = settings.dataset === recorded.dataset;
  const alike = settings.audit.level === recorded.audit.level;
  const data = own
    ? await prepare(settings, options.sink, alike ? {} : { encoder: await kind.readEncoder(folder) })
    : await prepareWhole(settings, await kind.readEncoder(folder), options.sink);
  checkDataset(data, own, run, join(options.dir, 'run.json'));
  const model = await kind.open(data, settings, {
    device: 'auto',
    threads: 'auto',
    from: folder,
    sink: options.sink,
  });
  try {
    return {
      metrics: evaluateTest(model, data, settings, options.sink),
      leak: data.leak,
      tested: testedLines(data, settings),
    };
  } finally {
    await model.dispose();
  }
}

function testedLines({ dataset, split, unscored }: Prepared, { audit: { level } }: Settings): TestedLines {
  const rows = split.testRows
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
    .filter((row) => !unscored?.[row])
    .sort((a, b) => dataset.line[a]! - dataset.line[b]!);
  return {
    dataset: dataset.dir,
    level,
    lines: rows.map((row) => dataset.line[row]!),
    context: rows.map((row) => dataset.context[row]!),
    label: rows.map((row) => dataset.label[row]!),
  };
}

function checkDataset({ dataset }: Prepared, own: boolean, run: RunRecord, file: string): void {
  const same = isCited(dataset, run.dataset.sha256);
  if (own && !same)
    throw new AuditweaveError(
      `studies: expected ${dataset.dir} to be what the model was trained on (sha256 ${run.dataset.sha256} in ${file}), got ${dataset.sha256}.`,
      { hint: 'Restore the dataset, or train again with --fresh.' },
    );
  if (!own && same)
    throw new AuditweaveError('studies: expected a dataset that the model was not trained on, got its own.', {
      hint: 'Leave --dataset out to score the test part of the run.',
    });
}
