import { LEVELS } from '../audit/level.js';
import { PROTOCOLS } from '../settings/protocols.js';

/** A JSON Schema, as far as these records need it. */
export type RecordSchema = { readonly [keyword: string]: unknown };

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const COUNT = { type: 'integer', minimum: 0 };
const OPEN = { type: 'object' };
export const PROTOCOL = { enum: PROTOCOLS };

/** An object that has these keys, may have those, and others that nobody asks for. */
export function record(
  properties: Record<string, RecordSchema>,
  optional: Record<string, RecordSchema> = {},
): RecordSchema {
  return {
    type: 'object',
    required: Object.keys(properties),
    properties: { ...properties, ...optional },
  };
}

export const mapOf = (values: RecordSchema): RecordSchema => ({
  type: 'object',
  additionalProperties: values,
});
export const listOf = (items: RecordSchema): RecordSchema => ({ type: 'array', items });

const INTERVAL = record({ value: NUMBER, low: NUMBER, high: NUMBER, level: NUMBER, n: COUNT, method: TEXT });
export const LEVEL = record({
  n: COUNT,
  exactMatch: INTERVAL,
  macroF1: record({ strict: INTERVAL, paper: INTERVAL }),
  parts: record({ r: NUMBER, s: NUMBER, v: NUMBER, n: NUMBER, u: NUMBER }),
});

export const LEAK = record(
  {
    protocol: PROTOCOL,
    size: COUNT,
    windows: record({ train: COUNT, validation: COUNT, test: COUNT }),
    sharedLines: record({ count: COUNT, share: NUMBER, of: COUNT }),
    nearestOverlap: record({ mean: NUMBER, max: NUMBER, share: NUMBER }),
    duplicateRows: record({ count: COUNT, share: NUMBER }),
    unseenClasses: record({ classes: COUNT, lines: COUNT, share: NUMBER }),
    verdict: { enum: ['leaks', 'leak-free'] },
  },
  { straddling: record({ contexts: COUNT, lines: COUNT, share: NUMBER }) },
);

export const BASELINES = record(
  { majority: LEVEL, previousLine: LEVEL, ownAction: LEVEL },
  { tuple: LEVEL, nearestAction: LEVEL },
);

export const MACHINE = record(
  { cpu: TEXT, cores: COUNT, memoryBytes: NUMBER, device: { enum: ['cpu', 'cuda'] } },
  { gpu: TEXT },
);

/** Schema of `run.json`. Unknown keys are let through: a later minor version may add some. */
export const RUN_SCHEMA: RecordSchema = record(
  {
    schema: { const: 1 },
    name: TEXT,
    created: TEXT,
    command: TEXT,
    settings: OPEN,
    seeds: mapOf({ type: ['number', 'string'] }),
    commit: TEXT,
    dataset: record(
      { name: TEXT, sha256: TEXT, lines: COUNT, counts: mapOf(NUMBER) },
      { replaces: { type: 'array', items: TEXT } },
    ),
    versions: mapOf(TEXT),
    machine: MACHINE,
    leak: LEAK,
    status: { enum: ['running', 'finished', 'interrupted'] },
    seconds: NUMBER,
    epochs: COUNT,
    bestEpoch: COUNT,
    parameters: COUNT,
  },
  { files: mapOf(TEXT) },
);

/** Schema of a row of `history.jsonl`. */
export const EPOCH_SCHEMA: RecordSchema = record({
  epoch: COUNT,
  loss: NUMBER,
  valLoss: NUMBER,
  valExactMatch: NUMBER,
  valMacroF1: NUMBER,
  learningRate: NUMBER,
  seconds: NUMBER,
  windowsPerSecond: NUMBER,
});

const PRF = record({ precision: NUMBER, recall: NUMBER, f1: NUMBER });
export const CAUSE_PARTS = listOf(
  record(
    {
      withheld: { type: 'boolean' },
      scores: record({
        lines: COUNT,
        label: NUMBER,
        trigger: NUMBER,
        macroF1: record({ strict: NUMBER, truth: NUMBER }),
        contexts: record({
          ...{ exact: PRF, bCubed: PRF, ceafE: PRF, ari: NUMBER, oneToOne: NUMBER },
          bySize: listOf(record({ from: COUNT, clusters: COUNT, exact: NUMBER, bCubed: PRF })),
        }),
        risk: listOf(record({ coverage: NUMBER, risk: NUMBER })),
      }),
    },
    { capture: TEXT, people: COUNT, kubernetes: TEXT },
  ),
);

export const PREDICTIONS = record({ lines: COUNT, sha256: TEXT });

/** Schema of `metrics.json`. */
export const METRICS_SCHEMA: RecordSchema = record(
  {
    protocol: PROTOCOL,
    window: COUNT,
    stride: COUNT,
    part: { const: 'test' },
    windows: LEVEL,
    lines: LEVEL,
    baselines: BASELINES,
    classes: listOf(
      record({
        class: COUNT,
        label: { type: 'array', items: COUNT, minItems: 5, maxItems: 5 },
        text: TEXT,
        precision: NUMBER,
        recall: NUMBER,
        f1: NUMBER,
        support: COUNT,
        predicted: COUNT,
        weight: NUMBER,
      }),
    ),
    confusion: listOf(record({ truth: TEXT, predicted: TEXT, count: COUNT })),
    inference: record({ millisecondsPerLine: NUMBER }),
  },
  { predictions: PREDICTIONS, level: { enum: LEVELS }, causes: OPEN, causeParts: CAUSE_PARTS },
);
