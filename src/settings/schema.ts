import { LEVELS } from '../audit/level.js';
import { ENCODINGS, type Encoding } from '../features/encoder-record.js';
import { KINDS } from '../model/kinds.js';
import type { ModelKind, ModelSettings } from '../model/model.js';
import { PROTOCOLS } from './protocols.js';

/** Everything that decides a run's result. Names and defaults: `experiments/paper.config.yaml`. */
export interface Settings extends ModelSettings {
  features: {
    include: 'paper' | 'all' | string[];
    exclude: string[];
    /** Numbers of a column's values: ids by first appearance (the paper's), those divided by their greatest, or standardized. */
    encoding: Encoding;
  };
  split: {
    /** `both` trains under `paper` and under `blocked`. */
    protocol: 'both' | 'paper' | 'blocked' | 'capture';
    test: number;
    validation: number;
    /** For `capture`: name of a fold in the dataset's manifest, or `leave-out-CAPTURE`. */
    fold: string;
    /** k of a contiguous k-fold, whose test share is 1 / k; 0 for none. Not for `capture`. */
    folds: number;
    /** Which of the k parts tests, from 1. */
    part: number;
    /** How many of the captures that train are used, in order; 0: all. Not for `paper`, no more than `trainShare`. */
    trainCaptures: number;
    /** Share of each capture's training lines that is used, from their start. */
    trainShare: number;
    /** Under `blocked`: leaves W lines out beside the test part, and does not score contexts that straddle the cut. */
    purged: boolean;
  };
  evaluation: {
    /** Lines between two windows that vote. */
    stride: number;
    vote: 'equal' | 'central';
    /** Bootstrap resamples of an interval. */
    resamples: number;
  };
}

/** The greatest seed: integers above it are not told apart. */
export const GREATEST_SEED = Number.MAX_SAFE_INTEGER;
/** Above it a learning rate is no float32 any more. */
const GREATEST_FLOAT = 3.4e38;

const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });

const share = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 };

const positive = { type: 'number', exclusiveMinimum: 0 };

const notNegative = { type: 'number', minimum: 0 };

const names = { type: 'array', items: { type: 'string' } };

/** A key without a default has to be there. */
const record = <Properties extends Record<string, object>>(properties: Properties) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !('default' in properties[key]!)),
  additionalProperties: false,
});

/**
 * JSON Schema of `Settings` with a kind of model: its own settings are the properties of `model` beside `name`.
 *
 * @example settingsSchema(kindNamed('bilstm')).properties.model
 */
export function settingsSchema(kind: Pick<ModelKind, 'settings'>) {
  return schemaWith(record({ name: { enum: KINDS.map(({ name }) => name) }, ...kind.settings }));
}

/** JSON Schema of `Settings` with any kind of model; `experiments/config.schema.json` is this, for editors. */
export function anySettingsSchema() {
  const models = KINDS.map(({ name, settings }) => record({ name: { enum: [name] }, ...settings }));
  return schemaWith(models.length === 1 ? models[0]! : { oneOf: models });
}

const schemaWith = <Model extends object>(model: Model) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'auditweave settings',
  ...record({
    seed: integer(0, GREATEST_SEED),
    dataset: { type: 'string', minLength: 1 },
    selection: { type: 'string', minLength: 1, default: 'all' },
    lines: { enum: ['completed', 'all'] },
    filter: { enum: ['paper', 'none'] },
    audit: {
      ...record({ level: { enum: LEVELS, default: 'requestResponse' } }),
      default: { level: 'requestResponse' },
    },
    features: record({
      include: { anyOf: [{ enum: ['paper', 'all'] }, names] },
      exclude: names,
      encoding: { enum: ENCODINGS, default: 'ordinal' },
    }),
    window: record({ size: integer(1, 10_000), stride: integer(1, 1_000_000) }),
    split: record({
      protocol: { enum: ['both', ...PROTOCOLS] },
      test: share,
      validation: share,
      fold: { type: 'string' },
      folds: { ...integer(0, 1000), default: 0 },
      part: { ...integer(1, 1000), default: 1 },
      trainCaptures: { ...integer(0, 1000), default: 0 },
      trainShare: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 1 },
      purged: { type: 'boolean', default: false },
    }),
    model,
    training: record({
      batchSize: integer(1, 65_536),
      epochs: integer(1, 100_000),
      learningRate: { ...positive, maximum: GREATEST_FLOAT },
      optimizer: { enum: ['adam', 'sgd'], default: 'adam' },
      schedule: { enum: ['plateau', 'one-cycle'], default: 'plateau' },
      oneCycle: {
        ...record({
          warmup: share,
          startFactor: positive,
          endFactor: positive,
          descent: { enum: ['cosine', 'linear'], default: 'cosine' },
        }),
        default: { warmup: 0.3, startFactor: 25, endFactor: 10_000, descent: 'cosine' },
      },
      sampling: { enum: ['uniform', 'repeat-factor'], default: 'uniform' },
      repeatFactor: {
        ...record({ threshold: share, power: positive }),
        default: { threshold: 0.001, power: 0.5 },
      },
      crop: {
        ...record({
          batches: { type: 'number', minimum: 0, maximum: 1, default: 0 },
          cut: { ...integer(1, 10_000), default: 2 },
        }),
        default: { batches: 0, cut: 2 },
      },
      classWeight: { enum: ['none', 'balanced'], default: 'none' },
      focal: record({ alpha: positive, gamma: { type: 'number', minimum: 0 } }),
      earlyStopping: record({ patience: integer(1, 100_000), minDelta: notNegative }),
      reduceOnPlateau: record({
        factor: share,
        patience: integer(1, 100_000),
        minDelta: notNegative,
        minLearningRate: notNegative,
      }),
    }),
    evaluation: record({
      stride: integer(1, 1_000_000),
      vote: { enum: ['equal', 'central'] },
      resamples: integer(100, 100_000),
    }),
  }),
});
