import {
  BASELINES,
  CAUSE_PARTS,
  LEAK,
  LEVEL,
  listOf,
  MACHINE,
  mapOf,
  PREDICTIONS,
  PROTOCOL,
  type RecordSchema,
  record,
} from '../runs/record-schema.js';

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const COUNT = { type: 'integer', minimum: 0 };
const POINT = { type: 'object' };

const PLAN = { key: TEXT, point: POINT, protocol: PROTOCOL, run: COUNT, seed: COUNT };

/** Schema of `study.json`. Unknown keys are let through: a later minor version may add some. */
export const STUDY_FILE_SCHEMA: RecordSchema = record(
  {
    schema: { const: 1 },
    name: TEXT,
    question: TEXT,
    source: TEXT,
    base: TEXT,
    settings: { type: 'object' },
    dataset: record({ name: TEXT, sha256: TEXT, lines: COUNT, selection: TEXT }),
    protocols: listOf(PROTOCOL),
    runs: COUNT,
    points: listOf(record({ point: POINT, label: TEXT })),
    baseline: { type: ['object', 'null'] },
    paper: { type: ['string', 'null'] },
    report: record({
      metric: { enum: ['macroF1.strict', 'macroF1.paper', 'exactMatch'] },
      level: { enum: ['lines', 'windows'] },
      interval: NUMBER,
      charts: listOf(TEXT),
      classes: { type: 'boolean' },
    }),
    trials: listOf(record(PLAN)),
  },
  { adjust: listOf(record({ at: POINT, set: { type: 'object' } })), controls: listOf(TEXT) },
);

const RESULT = record(
  {
    leak: LEAK,
    windows: LEVEL,
    lines: LEVEL,
    baselines: BASELINES,
    epochs: COUNT,
    bestEpoch: COUNT,
    parameters: COUNT,
    history: TEXT,
  },
  {
    predictions: PREDICTIONS,
    causes: CAUSE_PARTS,
    classes: listOf(record({ text: TEXT, recall: NUMBER, f1: NUMBER, support: COUNT, weight: NUMBER })),
  },
);

/** Schema of a row of `records.jsonl`. */
export const STUDY_RECORD_SCHEMA: RecordSchema = {
  ...record(
    { schema: { const: 1 }, ...PLAN, status: { enum: ['done', 'failed'] } },
    { failure: TEXT, result: RESULT },
  ),
  if: { type: 'object', properties: { status: { const: 'done' } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word.
  then: { type: 'object', required: ['result'] },
};

/** Schema of a row of `timings.jsonl`. */
export const TIMING_SCHEMA: RecordSchema = record({
  key: TEXT,
  seconds: NUMBER,
  totalSeconds: NUMBER,
  millisecondsPerLine: NUMBER,
  windowsPerSecond: NUMBER,
  attempts: COUNT,
  finished: TEXT,
  commit: TEXT,
  machine: MACHINE,
  threads: COUNT,
  versions: mapOf(TEXT),
});
