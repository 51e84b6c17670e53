import { AuditweaveError } from '../../errors.js';
import type { EncoderRecord } from '../../features/encoder-record.js';
import { loadTensorFlow, tensorFlowInfo } from '../../native/load.js';
import { BATCH_NORM_EPSILON } from '../kernels/batch-norm.js';
import { Native } from '../kernels/ops.js';
import type { ModelData, ModelSettings, OpenOptions, TrainedOn } from '../model.js';
import { createEngine } from './create-engine.js';
import { dropoutSeed } from './engine.js';
import { windowExamples } from './examples.js';
import { type ModelFolder, readModelFolder, writeModelFolder } from './folder.js';
import { lineWeights } from './sampling.js';
import { type BiLstmConfig, biLstmConfig, initialWeights, parameterCount } from './shape.js';

/** The settings of `model` that are this kind's own. */
export interface BiLstmSettings {
  /** Units of the two layers, each direction, as multiples of the number of columns: F, where each gives one feature. */
  units: [number, number];
  dropout: number;
}

/**
 * Makes a BiLSTM to be trained, or to be scored.
 *
 * @throws {AuditweaveError} A folder's model reads lines or labels in another way.
 */
export async function openBiLstm(
  data: ModelData,
  settings: ModelSettings,
  { device, threads, from }: OpenOptions,
): Promise<TrainedOn> {
  const folder = from === undefined ? null : await readModelFolder(from);
  if (folder) checkReads(data, folder);
  const examples = windowExamples(data, settings);
  const tf = await loadTensorFlow({ device });
  const { version, gpu, device: used } = tensorFlowInfo();
  const config = folder?.config ?? configOf(data, settings);
  const weights = lineWeights(settings, data);
  const engine = await createEngine(
    new Native(tf),
    {
      config,
      focal: settings.training.focal,
      optimizer: settings.training.optimizer,
      dropoutSeed: dropoutSeed(settings.seed),
    },
    folder?.weights ?? initialWeights(config, settings.seed),
    { matrix: data.matrix, targets: data.targets, ...(weights ? { weights } : {}) },
    { threads },
  );
  return {
    engine,
    examples,
    parameters: parameterCount(config),
    runtime: { device: used, ...(gpu ? { gpu } : {}), versions: { tensorflow: version } },
    logger(to) {
      const writer = tf.node.summaryFileWriter(to);
      return {
        write(epoch, values) {
          for (const [name, value] of Object.entries(values)) writer.scalar(name, value, epoch);
          writer.flush();
        },
      };
    },
    export: (to, { version: by, card, metadata, salt }) =>
      writeModelFolder(
        to,
        {
          weights: engine.state().weights,
          config: {
            ...config,
            columns: data.columns.map(({ name }) => name),
            lines: settings.lines,
            filter: settings.filter,
            epsilon: BATCH_NORM_EPSILON,
          },
          encoder: (salt === undefined ? data.encoder : data.encoder.hashed(salt)).toJSON(),
          labels: { partIds: [...data.partIds] },
          card,
        },
        { version: by, metadata },
      ),
    dispose: () => engine.dispose(),
  };
}

function configOf({ columns, encoder, partIds }: ModelData, { window, model }: ModelSettings): BiLstmConfig {
  const { units, dropout } = model as unknown as BiLstmSettings;
  return biLstmConfig({
    window: window.size,
    features: encoder.width,
    classes: partIds.length,
    units: units.map((multiple) => Math.round(multiple * columns.length)) as [number, number],
    dropout,
  });
}

/** Numbers mean the same to the model and to this version. */
function checkReads({ partIds, encoder }: ModelData, { dir, labels, encoder: known }: ModelFolder): void {
  const { salt } = known as EncoderRecord;
  const own = salt === undefined ? encoder : encoder.hashed(salt);
  const equal =
    String(labels.partIds) === String(partIds) && JSON.stringify(own.toJSON()) === JSON.stringify(known);
  if (!equal)
    throw new AuditweaveError(
      `model: expected ${dir} to read lines and labels as this version does, got other numbers for them.`,
      {
        hint: 'Use the version that trained the model (run.json names its commit), or train again.',
      },
    );
}
