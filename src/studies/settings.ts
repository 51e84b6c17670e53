import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject } from 'ajv';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import { AuditweaveError } from '../errors.js';
import { nearestName } from './nearest.js';

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
    /** Numbers of a column's values: ids by first appearance (the paper's), or those divided by their greatest. */
    encoding: 'ordinal' | 'scaled';
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
    /** Share of the steps that go up; first and last learning rate as divisors of the greatest. */
    oneCycle: { warmup: number; startFactor: number; endFactor: number };
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
const record = (properties: Record<string, object>) => ({
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
      encoding: { enum: ['ordinal', 'scaled'], default: 'ordinal' },
    }),
    window: record({ size: integer(1), stride: integer(1) }),
    split: record({
      protocol: { enum: ['both', 'paper', 'blocked', 'capture'] },
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
        ...record({ warmup: share, startFactor: positive, endFactor: positive }),
        default: { warmup: 0.3, startFactor: 25, endFactor: 10_000 },
      },
      classWeight: { enum: ['none', 'balanced'], default: 'none' },
      focal: record({ alpha: positive, gamma: { type: 'number', minimum: 1 } }),
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

/** Says whether a value is whole settings, and fills in what has a default. */
const isSettings = new Ajv({ allErrors: true, allowUnionTypes: true, useDefaults: true }).compile<Settings>(
  SETTINGS_SCHEMA,
);

/**
 * Settings of a record that may be older than some of the keys: those get their defaults, which mean what was done before.
 *
 * @throws {AuditweaveError} The value is no settings.
 */
export function completeSettings(recorded: unknown): Settings {
  const settings = structuredClone(recorded);
  if (isSettings(settings)) return settings;
  const [fault] = isSettings.errors ?? [];
  throw new AuditweaveError(
    `studies: expected recorded settings, got a fault at ${fault?.instancePath.slice(1).replaceAll('/', '.') || 'the top'}: ${fault ? demand(fault) : 'none'}.`,
    { hint: 'The record is broken or from another version; run the same command again.' },
  );
}

/**
 * Reads a settings file and changes some of its values.
 *
 * @param file YAML.
 * @param changes Values by path, as in `{ 'window.size': 10 }`.
 * @throws {AuditweaveError} All faults at once, each with its line or path, unknown keys with the nearest known one.
 * @example await readSettings('experiments/paper.config.yaml', { 'window.size': 10, seed: 3 })
 */
export async function readSettings(file: string, changes: Record<string, unknown> = {}): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditweaveError(`studies: expected a settings file, got no readable ${file}.`, {
      hint: 'Use --config experiments/paper.config.yaml.',
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken)
    throw new AuditweaveError(
      `studies: ${file}:${lines.linePos(broken.pos[0]).line}: expected YAML, got: ${broken.message.split('\n')[0]}`,
    );
  const faults: string[] = [];
  const settings = plainValue(document, file) ?? {};
  if (typeof settings !== 'object' || Array.isArray(settings))
    throw new AuditweaveError(
      `studies: ${file}: expected settings by name, got ${JSON.stringify(settings)}.`,
      {
        hint: 'Names, types and defaults are in experiments/paper.config.yaml.',
      },
    );
  for (const [path, value] of Object.entries(changes))
    faults.push(...setPath(settings as Record<string, unknown>, path, value));
  if (!isSettings(settings))
    faults.push(...describeFaults(isSettings.errors ?? [], file, changes, document, lines));
  if (faults.length === 0) return settings as unknown as Settings;
  throw new AuditweaveError(
    `studies: expected valid settings, got ${faults.length} fault${faults.length > 1 ? 's' : ''}:\n  ${faults.join('\n  ')}`,
    {
      hint: 'Names, types and defaults are in experiments/paper.config.yaml.',
    },
  );
}

/**
 * A value as given to `--set path=value`: YAML, so that numbers, booleans and lists are what they look like.
 *
 * @example parseChange('window.size=10') // ['window.size', 10]
 */
export function parseChange(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new AuditweaveError(`studies: expected --set path=value, got “${text}”.`, {
      hint: 'As in --set training.batchSize=128.',
    });
  const value = parseDocument(text.slice(at + 1));
  const broken = value.errors[0];
  if (broken)
    throw new AuditweaveError(
      `studies: --set ${text}: expected a YAML value, got: ${broken.message.split('\n')[0]}`,
    );
  return [text.slice(0, at), plainValue(value, `--set ${text}`)];
}

/** A document's value; an alias of nothing, or one that grows without bound, is an error of whoever wrote it. */
function plainValue(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new AuditweaveError(`studies: ${place}: expected YAML, got: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Known paths of the schema below a path, as in `window.size`. */
function knownKeys(path: readonly string[]): string[] {
  let node: unknown = SETTINGS_SCHEMA;
  for (const key of path) node = (node as { properties?: Record<string, unknown> }).properties?.[key];
  return Object.keys((node as { properties?: object } | undefined)?.properties ?? {});
}

function setPath(settings: Record<string, unknown>, path: string, value: unknown): string[] {
  const keys = path.split('.');
  let node = settings;
  for (let i = 0; i < keys.length; i++) {
    const known = knownKeys(keys.slice(0, i));
    if (!known.includes(keys[i]!)) return [`--set ${path}: ${unknownKey(keys[i]!, known)}`];
    if (i === keys.length - 1) node[keys[i]!] = value;
    else {
      const inner = node[keys[i]!] ?? {};
      if (typeof inner !== 'object') return [`--set ${path}: ${keys.slice(0, i + 1).join('.')} has no keys`];
      node[keys[i]!] = inner;
      node = inner as Record<string, unknown>;
    }
  }
  return [];
}

function unknownKey(key: string, known: readonly string[]): string {
  if (known.length === 0) return `unknown key “${key}”; nothing is below`;
  const near = nearestName(key, known);
  return near
    ? `unknown key “${key}”; did you mean “${near}”?`
    : `unknown key “${key}”; known: ${known.join(', ')}`;
}

function describeFaults(
  errors: readonly ErrorObject[],
  file: string,
  changes: Record<string, unknown>,
  document: Document,
  lines: LineCounter,
): string[] {
  const faults = new Set<string>();
  for (const error of errors) {
    if (error.keyword === 'anyOf') continue;
    const path = error.instancePath.split('/').slice(1);
    const extra = (error.params as { additionalProperty?: string }).additionalProperty;
    const shown = [...path, ...(extra === undefined ? [] : [extra])];
    const node = isMap(document.contents) ? document.getIn(shown, true) : undefined;
    const offset = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    const changed = Object.keys(changes).some((change) => `${shown.join('.')}.`.startsWith(`${change}.`));
    const line = offset === undefined || changed ? '' : `:${lines.linePos(offset).line}`;
    const place = changed ? `--set ${shown.join('.')}` : `${file}${line}: ${shown.join('.') || 'settings'}`;
    if (extra !== undefined) faults.add(`${place}: ${unknownKey(extra, knownKeys(path))}`);
    else faults.add(`${place}: ${demand(error)}`);
  }
  return [...faults];
}

function demand({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum')
    return `must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`;
  return message ?? keyword;
}
