import { ENCODINGS, type Encoding } from '../features/encoder.js';
import { PROTOCOLS } from './protocols.js';
/** Everything that decides a run's result. Names and defaults: `experiments/paper.config.yaml`. */
export interface Settings {
  /** Root seed of every random choice. */
  seed: number;
  /** Folder of a dataset, or a file in the paper's public format. */
  dataset: string;
  /** Name of a selection in the dataset's manifest, or `all`. */
  selection: string;
  /** Which stages count as lines. */
  lines: 'completed' | 'all';
  /** Which lines are left out. */
  filter: 'paper' | 'none';
  features: {
    include: 'paper' | 'all' | string[];
    exclude: string[];
    /** Numbers of a column's values: ids by first appearance (the paper's), those divided by their greatest, or standardized. */
    encoding: Encoding;
  };
  /** W, lines a window, and lines between two window starts. */
  window: { size: number; stride: number };
  split: {
    /** `both` trains under `paper` and under `blocked`. */
    protocol: 'both' | 'paper' | 'blocked' | 'capture';
    test: number;
    validation: number;
    /** Name of a fold in the dataset's manifest, for `capture`. */
    fold: string;
    /** k of a contiguous k-fold, whose test share is 1 / k; 0 for none. Not for `capture`. */
    folds: number;
    /** Which of the k parts tests, from 1. */
    part: number;
  };
  model: {
    name: 'bilstm';
    /** Units of the two layers, each direction, as multiples of F. */
    units: [number, number];
    dropout: number;
  };
  training: {
    batchSize: number;
    epochs: number;
    /** At the start with `plateau`, the greatest with `one-cycle`. */
    learningRate: number;
    optimizer: 'adam' | 'sgd';
    /** How the learning rate moves: lowered when validation stops improving, or up and down once over all steps. */
    schedule: 'plateau' | 'one-cycle';
    /** Share of the steps that go up; first and last learning rate as divisors of the greatest; how it comes down. */
    oneCycle: { warmup: number; startFactor: number; endFactor: number; descent: 'cosine' | 'linear' };
    /** Which windows an epoch holds: each once, or as many, those with rare classes more often (`repeatFactor`). */
    sampling: 'uniform' | 'repeat-factor';
    /** Share of lines below which a class is rare, and how steeply rarity counts. */
    repeatFactor: { threshold: number; power: number };
    /** Share of the batches whose windows are cut shorter, and the lines that such a window loses. */
    crop: { batches: number; cut: number };
    /** Whether every class counts the same in the loss. */
    classWeight: 'none' | 'balanced';
    focal: { alpha: number; gamma: number };
    earlyStopping: { patience: number; minDelta: number };
    reduceOnPlateau: { factor: number; patience: number; minDelta: number; minLearningRate: number };
  };
  evaluation: {
    /** Lines between two windows that vote. */
    stride: number;
    vote: 'equal' | 'central';
    /** Bootstrap resamples of an interval. */
    resamples: number;
  };
}

const integer = (minimum: number) => ({ type: 'integer', minimum });

const share = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 };

const positive = { type: 'number', exclusiveMinimum: 0 };

const notNegative = { type: 'number', minimum: 0 };

const names = { type: 'array', items: { type: 'string' } };

/** A key without a default has to be there. */
export const record = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !('default' in properties[key]!)),
  additionalProperties: false,
});

/** JSON Schema of `Settings`; `experiments/config.schema.json` is this, for editors. */
export const SETTINGS_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'auditweave settings',
  ...record({
    seed: integer(0),
    dataset: { type: 'string', minLength: 1 },
    selection: { type: 'string', minLength: 1, default: 'all' },
    lines: { enum: ['completed', 'all'] },
    filter: { enum: ['paper', 'none'] },
    features: record({
      include: { anyOf: [{ enum: ['paper', 'all'] }, names] },
      exclude: names,
      encoding: { enum: ENCODINGS, default: 'ordinal' },
    }),
    window: record({ size: integer(1), stride: integer(1) }),
    split: record({
      protocol: { enum: ['both', ...PROTOCOLS] },
      test: share,
      validation: share,
      fold: { type: 'string' },
      folds: { ...integer(0), default: 0 },
      part: { ...integer(1), default: 1 },
    }),
    model: record({
      name: { enum: ['bilstm'] },
      units: { type: 'array', items: positive, minItems: 2, maxItems: 2 },
      dropout: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
    }),
    training: record({
      batchSize: integer(1),
      epochs: integer(1),
      learningRate: positive,
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
          cut: { ...integer(1), default: 2 },
        }),
        default: { batches: 0, cut: 2 },
      },
      classWeight: { enum: ['none', 'balanced'], default: 'none' },
      focal: record({ alpha: positive, gamma: { type: 'number', minimum: 0 } }),
      earlyStopping: record({ patience: integer(1), minDelta: notNegative }),
      reduceOnPlateau: record({
        factor: share,
        patience: integer(1),
        minDelta: notNegative,
        minLearningRate: notNegative,
      }),
    }),
    evaluation: record({ stride: integer(1), vote: { enum: ['equal', 'central'] }, resamples: integer(100) }),
  }),
} as const;
