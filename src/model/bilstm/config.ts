import { LABEL_PARTS } from '../../audit/codes.js';
import { MismatchError, printable } from '../../errors.js';
import { COLUMNS } from '../../features/columns.js';
import { ONE_HOT_VALUES } from '../../features/encoder.js';
import { type BiLstmConfig, biLstmConfig, MOST_WINDOW, windowCost } from './shape.js';

/** What a model needs beside its weights to label a line: written as `config.json`. */
export interface ModelConfig extends BiLstmConfig {
  /** Names of the columns, in order. One gives a feature, or with encoding `one-hot` as many as it has values. */
  columns: string[];
  /** Which stages count as lines. */
  lines: 'completed' | 'all';
  /** Which lines were left out. */
  filter: 'paper' | 'none';
  /** ε of both batch normalizations. */
  epsilon: number;
}

/** Sizes above which no model can be meant: what is read is bounded before memory is taken for it. */
const MOST = {
  window: 10_000,
  features: COLUMNS.length * (ONE_HOT_VALUES + 1),
  classes: 100_000,
  units: 10_000,
} as const;

/**
 * Reads a model's `config.json`: its settings, and the SHA-256 of every other file of the folder.
 *
 * @param names The files that must have a hash.
 * @param file Named in errors.
 * @throws {MismatchError} It is not JSON, or a setting is missing or cannot be.
 * @example const { config, files } = parseModelConfig(bytes, 'model/config.json', ['model.onnx']);
 */
export function parseModelConfig<Name extends string>(
  bytes: Uint8Array,
  file: string,
  names: readonly Name[],
): { config: ModelConfig; files: Record<Name, string> } {
  const fail = (expected: string, got: string): never => {
    throw new MismatchError({ folder: 'model', file, expected, got }, { hint: 'train the model again.' });
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    fail('JSON', printable((error as Error).message));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('an object', JSON.stringify(value));
  const fields = value as Record<string, unknown>;
  const field = <T>(name: string, expected: string, accepts: (value: unknown) => boolean): T =>
    accepts(fields[name])
      ? (fields[name] as T)
      : fail(`${name} to be ${expected}`, JSON.stringify(fields[name]) ?? 'nothing');
  const size = (name: string, most: number): number =>
    field(name, `an integer from 1 to ${most}`, (value) => isSize(value) && Number(value) <= most);
  field('model', '"bilstm"', (model) => model === 'bilstm');
  const base = biLstmConfig({
    window: size('window', MOST.window),
    features: size('features', MOST.features),
    classes: size('classes', MOST.classes),
    heads: size('heads', LABEL_PARTS),
    units: field(
      'units',
      `two integers from 1 to ${MOST.units}`,
      (units) =>
        isList(units, (one) => isSize(one) && Number(one) <= MOST.units) && (units as unknown[]).length === 2,
    ),
    dropout: field('dropout', 'a number in [0, 1)', (share) => isNumber(share) && share >= 0 && share < 1),
  });
  const config: ModelConfig = {
    ...base,
    columns: field('columns', 'a list of names', (columns) => isList(columns, isText)),
    lines: field('lines', '"completed" or "all"', (lines) => lines === 'completed' || lines === 'all'),
    filter: field('filter', '"paper" or "none"', (filter) => filter === 'paper' || filter === 'none'),
    epsilon: field('epsilon', 'a positive number', (epsilon) => isNumber(epsilon) && epsilon > 0),
  };
  if (config.columns.length > config.features)
    fail(`at most ${config.features} columns, a feature or more each`, `${config.columns.length}`);
  const { numbers, products } = windowCost(config);
  if (numbers > MOST_WINDOW.numbers || products > MOST_WINDOW.products)
    fail(
      `a window of at most ${MOST_WINDOW.numbers} numbers and ${MOST_WINDOW.products} products`,
      `${numbers} and ${products}`,
    );
  const files = field<Record<Name, string>>('files', `the sha256 of ${names.join(', ')}`, (hashes) =>
    names.every((name) => isText((hashes as Partial<Record<Name, unknown>> | undefined)?.[name])),
  );
  return { config, files };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isList = (value: unknown, item: (value: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.every(item);
