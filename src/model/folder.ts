import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AuditweaveError, MismatchError } from '../errors.js';
import { syncFolder, writeFileAtomic } from '../files/atomic.js';
import { type ModelConfig, parseModelConfig } from './bilstm/config.js';
import { checkWeights, exportOnnx } from './bilstm/export.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import type { Weights } from './weights.js';

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

const CONFIG = 'config.json';
const FILES = ['weights.safetensors', 'model.onnx', 'encoder.json', 'labels.json', 'card.md'] as const;
type ModelFile = (typeof FILES)[number];
const TRAIN = 'train one: npm run train -- --window 60';
const AGAIN = 'copy the whole model folder again, or train the model again.';

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
  const { epsilon } = config;
  const content: Record<ModelFile, string | Uint8Array> = {
    'weights.safetensors': encodeSafetensors(weights, { auditweave: version, ...metadata }),
    'model.onnx': exportOnnx(weights, config, { version, metadata, epsilon }),
    'encoder.json': json(encoder),
    'labels.json': json(labels),
    'card.md': card,
  };
  const parent = dirname(resolve(dir));
  const fresh = join(parent, `.${basename(resolve(dir))}.new`);
  const old = join(parent, `.${basename(resolve(dir))}.old`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const file of FILES) await writeFileAtomic(join(fresh, file), content[file]);
  const files = Object.fromEntries(FILES.map((file) => [file, sha256(content[file])]));
  await writeFileAtomic(join(fresh, CONFIG), json({ ...config, files }));
  await rm(old, { recursive: true, force: true });
  if (await exists(dir)) await rename(dir, old);
  await rename(fresh, dir);
  await syncFolder(parent);
  await rm(old, { recursive: true, force: true });
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
  const { config, files } = parseModelConfig(await readPart(path(CONFIG)), path(CONFIG), FILES);
  const parts = {} as Record<ModelFile, Uint8Array>;
  for (const file of FILES) {
    parts[file] = await readPart(path(file));
    const got = sha256(parts[file]);
    if (got !== files[file])
      throw new MismatchError(
        { folder: 'model', file: path(file), expected: `sha256 ${files[file]}`, got },
        { hint: AGAIN },
      );
  }
  const { tensors: weights } = decodeSafetensors(parts['weights.safetensors'], path('weights.safetensors'));
  checkWeights(weights, config, path('weights.safetensors'));
  const labels = parseJson(parts['labels.json'], path('labels.json')) as ModelLabels;
  checkParts(config, labels, path('labels.json'));
  return {
    dir: folder,
    weights,
    config,
    labels,
    encoder: parseJson(parts['encoder.json'], path('encoder.json')),
    card: new TextDecoder().decode(parts['card.md']),
    onnx: parts['model.onnx'],
  };
}

async function findModelFolder(dir: string): Promise<string> {
  const places = ['', 'model', 'blocked/model', 'capture/model', 'paper/model'];
  for (const place of places) if (await exists(join(dir, place, CONFIG))) return join(dir, place);
  const got = (await exists(dir))
    ? `no ${CONFIG} there, nor in ${places.slice(1).join(', ')}`
    : 'no such folder';
  throw new AuditweaveError(`model: expected a trained model in ${dir}, got ${got}.`, { hint: TRAIN });
}

/** Checks that there are K part ids, rising, and F columns. */
function checkParts({ classes, features, columns }: ModelConfig, labels: ModelLabels, file?: string): void {
  const check = (holds: boolean, expected: string, got: string): void => {
    const place = file === undefined ? {} : { file };
    if (!holds) throw new MismatchError({ folder: 'model', expected, got, ...place }, { hint: AGAIN });
  };
  const listed: unknown = labels?.partIds;
  const ids: unknown[] = Array.isArray(listed) ? listed : [-1];
  const rising = ids.every((id, i) => Number.isSafeInteger(id) && Number(id) > Number(ids[i - 1] ?? -1));
  check(rising, 'partIds to be a rising list of ids', JSON.stringify(listed) ?? 'none');
  check(ids.length === classes, `${classes} partIds, one a class`, `${ids.length}`);
  check(columns.length === features, `${features} columns, one a feature`, `${columns.length}`);
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AuditweaveError(`model: ${path}: ${(error as Error).message}`, { hint: AGAIN, cause: error });
  }
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const got = (error as Error).message;
    throw new MismatchError({ folder: 'model', file, expected: 'JSON', got }, { hint: AGAIN });
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
