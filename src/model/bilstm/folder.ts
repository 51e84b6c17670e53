import { join } from 'node:path';
import { MismatchError } from '../../errors.js';
import { selectColumns } from '../../features/columns.js';
import { OrdinalEncoder } from '../../features/encoder.js';
import {
  AGAIN,
  CONFIG,
  checkSeal,
  findModelFolder,
  json,
  MOST_CONFIG_BYTES,
  parseJson,
  readModelParts,
  readPart,
  writeModelParts,
} from '../folder.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from '../safetensors.js';
import type { Weights } from '../weights.js';
import { type ModelConfig, parseModelConfig } from './config.js';
import { checkWeights, exportOnnx } from './export.js';

/** The label parts of a model: written as `labels.json`. */
export interface ModelLabels {
  /** The K ids that a label part can take, in the order of the model's classes. */
  partIds: number[];
  /** Resources and verbs by id, as the label table writes itself. */
  table?: unknown;
}

export interface TrainedModel {
  weights: Weights;
  config: ModelConfig;
  /** The encoder, as it writes itself. */
  encoder: unknown;
  labels: ModelLabels;
  /** The model card, Markdown. */
  card: string;
}

export interface ModelFolder extends TrainedModel {
  /** Where it was read from. */
  dir: string;
  /** `model.onnx`. */
  onnx: Uint8Array;
}

const FILES = ['weights.safetensors', 'model.onnx', 'encoder.json', 'labels.json', 'card.md'] as const;
type ModelFile = (typeof FILES)[number];

/**
 * Writes a model folder: weights, ONNX, encoder, labels, card, and a config that holds the hash of each. The folder appears as a
 * whole or not at all; one that was there is replaced.
 *
 * @param dir The model folder, as in `results/a/blocked/model`.
 * @param options.version Version of auditweave.
 * @param options.metadata Texts kept in the weights and in the ONNX file, as in `{ dataset: 'sha256:…' }`.
 * @throws {MismatchError} Weights, columns or label parts do not fit the config.
 * @example await writeModelFolder('results/a/blocked/model', trained, { version: '0.1.0', metadata: {} });
 */
export async function writeModelFolder(
  dir: string,
  { weights, config, encoder, labels, card }: TrainedModel,
  { version, metadata = {} }: { version: string; metadata?: Record<string, string> },
): Promise<void> {
  checkParts(config, labels);
  checkEncoder(config, encoder);
  const { epsilon } = config;
  const parts: Record<ModelFile, string | Uint8Array> = {
    'weights.safetensors': encodeSafetensors(weights, { auditweave: version, ...metadata }),
    'model.onnx': exportOnnx(weights, config, { version, metadata, epsilon }),
    'encoder.json': json(encoder),
    'labels.json': json(labels),
    'card.md': card,
  };
  await writeModelParts(dir, config, parts);
}

/**
 * Reads a model folder and checks all of it.
 *
 * @param dir A model folder; or a run, which holds it as `model`; or the runs of one `train`, of which `blocked` is preferred
 *   to `capture` and `paper`.
 * @throws {AuditweaveError} There is no model at `dir`.
 * @throws {MismatchError} A file is missing, was changed, or does not fit the others.
 * @example const { config, onnx } = await readModelFolder('results/a');
 */
export async function readModelFolder(dir: string): Promise<ModelFolder> {
  const folder = await findModelFolder(dir);
  const path = (file: string): string => join(folder, file);
  const bytes = await readPart(path(CONFIG), MOST_CONFIG_BYTES);
  const { config, files } = parseModelConfig(bytes, path(CONFIG), FILES);
  const parts = await readModelParts(folder, files);
  const content = decodeSafetensors(parts['weights.safetensors'], path('weights.safetensors'));
  const { tensors: weights } = content;
  checkWeights(weights, config, path('weights.safetensors'));
  checkOnnx(parts['model.onnx'], content, config, path('model.onnx'));
  const labels = parseJson(parts['labels.json'], path('labels.json')) as ModelLabels;
  checkParts(config, labels, path('labels.json'));
  const encoder = parseJson(parts['encoder.json'], path('encoder.json'));
  checkEncoder(config, encoder, path('encoder.json'));
  checkSeal(parseJson(bytes, path(CONFIG)), path(CONFIG));
  return {
    dir: folder,
    weights,
    config,
    labels,
    encoder,
    card: new TextDecoder().decode(parts['card.md']),
    onnx: parts['model.onnx'],
  };
}

/**
 * Checks that the graph is the export of the weights, bit by bit: no other graph is run, so none can take time, memory or a shape that
 * the config does not tell.
 */
function checkOnnx(
  onnx: Uint8Array,
  { tensors, metadata: { auditweave: version = 'unknown', ...metadata } }: SafetensorsContent,
  config: ModelConfig,
  file: string,
): void {
  const own = exportOnnx(tensors, config, { version, metadata, epsilon: config.epsilon });
  if (Buffer.compare(own, onnx) === 0) return;
  throw new MismatchError(
    { folder: 'model', file, expected: 'the graph that weights.safetensors gives', got: 'another one' },
    { hint: AGAIN },
  );
}

/** Checks that the encoder can be read and numbers the model's columns, in their order, as F features. */
function checkEncoder({ columns, features }: ModelConfig, encoder: unknown, file?: string): void {
  const refuse = (expected: string, got: string): never => {
    const place = file === undefined ? {} : { file };
    throw new MismatchError({ folder: 'model', ...place, expected, got }, { hint: AGAIN });
  };
  let names: readonly string[] = [];
  let width = 0;
  try {
    ({ columns: names, width } = OrdinalEncoder.fromJSON(encoder));
    selectColumns({ include: columns });
  } catch (error) {
    refuse('an encoder of known columns', (error as Error).message.replace(/\.$/, ''));
  }
  if (names.join() !== columns.join())
    refuse(
      `columns ${columns.slice(0, 3).join(', ')}, … as in ${CONFIG}`,
      names.slice(0, 3).join(', ') || 'none',
    );
  if (width !== features) refuse(`an encoder that gives ${features} numbers a line`, `${width}`);
}

/** Checks that there are K part ids, rising. */
function checkParts({ classes }: ModelConfig, labels: ModelLabels, file?: string): void {
  const check = (holds: boolean, expected: string, got: string): void => {
    const place = file === undefined ? {} : { file };
    if (!holds) throw new MismatchError({ folder: 'model', expected, got, ...place }, { hint: AGAIN });
  };
  const listed: unknown = labels?.partIds;
  const ids: unknown[] = Array.isArray(listed) ? listed : [-1];
  const rising = ids.every((id, i) => Number.isSafeInteger(id) && Number(id) > Number(ids[i - 1] ?? -1));
  check(rising, 'partIds to be a rising list of ids', JSON.stringify(listed) ?? 'none');
  check(ids.length === classes, `${classes} partIds, one a class`, `${ids.length}`);
}
