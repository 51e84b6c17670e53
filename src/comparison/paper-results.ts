import { fileURLToPath } from 'node:url';
import { schemaCompiler } from '../settings/schema-compiler.js';
import { describeFaults, readYamlFile, throwFaults } from '../settings/yaml-file.js';
import type { Point } from '../studies/record.js';

/** A number of the paper: a mean with its standard deviation where given, or bounds. */
export interface PaperValue {
  /** For which settings. */
  point: Record<string, string | number>;
  mean?: number;
  sd?: number;
  low?: number;
  high?: number;
  /** What the paper itself calls approximate. */
  about?: boolean;
}

export interface PaperMeasure {
  /** `macroF1`, `exactMatch`, `trainingSeconds`, `millisecondsPerLine`, … */
  name: string;
  what: string;
  unit?: string;
  source: string;
  values: PaperValue[];
}

/** A class that the paper names in Fig. 9. */
export interface PaperClass {
  /** As in `list limitranges`. */
  class: string;
  /** Whether one object is meant; both when it is not said. */
  single?: boolean;
  accuracy: number;
  /** Appearances over all windows. */
  weight?: number;
  about?: boolean;
}

/** A table or figure of the paper. */
export interface PaperResult {
  title: string;
  source: string;
  /** How the paper shows it. */
  form: 'table' | 'ablation' | 'heatmap' | 'folds' | 'classes' | 'bins';
  /** The number that stands for all of them in a summary. */
  headline?: { measure: string; point: Record<string, string | number> };
  /** Runs that its numbers are means of. */
  runs?: number;
  /** How it split the lines, when not as in the setup. */
  protocol?: string;
  /** What its text says without a number. */
  claims: string[];
  measures: PaperMeasure[];
  /** Fig. 6: the columns that cost most, and those that it did better without. */
  worst?: string[];
  better?: string[];
  /** Fig. 9. */
  classes?: PaperClass[];
}

/** `experiments/paper-results.yaml`: all numbers of the paper's evaluation. */
export interface PaperResults {
  title: string;
  setup: { dataset: string; machine: string; runs: number; protocol: string };
  results: Record<string, PaperResult>;
}

const text = { type: 'string', minLength: 1 };
const number = { type: 'number' };
const texts = { type: 'array', items: text };
const record = (properties: Record<string, object>, required: string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const value = record(
  {
    point: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    ...{ mean: number, sd: number, low: number, high: number, about: { type: 'boolean' } },
  },
  ['point'],
);
const measure = record(
  { name: text, what: text, unit: text, source: text, values: { type: 'array', items: value } },
  ['name', 'what', 'source', 'values'],
);
const result = record(
  {
    title: text,
    source: text,
    form: { enum: ['table', 'ablation', 'heatmap', 'folds', 'classes', 'bins'] },
    headline: record({ measure: text, point: value.properties.point! }, ['measure', 'point']),
    runs: { type: 'integer', minimum: 1 },
    protocol: text,
    claims: { ...texts, default: [] },
    measures: { type: 'array', items: measure, default: [] },
    worst: texts,
    better: texts,
    classes: {
      type: 'array',
      items: record(
        {
          class: text,
          single: { type: 'boolean' },
          accuracy: number,
          weight: number,
          about: { type: 'boolean' },
        },
        ['class', 'accuracy'],
      ),
    },
  },
  ['title', 'source', 'form'],
);

export const PAPER_SCHEMA = record(
  {
    title: text,
    setup: record({ dataset: text, machine: text, runs: { type: 'integer' }, protocol: text }, [
      'dataset',
      'machine',
      'runs',
      'protocol',
    ]),
    results: { type: 'object', additionalProperties: result },
  },
  ['title', 'setup', 'results'],
);

const HINT = 'experiments/paper-results.yaml says at its top what a value has.';
const OWN = new URL('../../experiments/paper-results.yaml', import.meta.url);
const isPaper = schemaCompiler({ allErrors: true, useDefaults: true }).compile<PaperResults>(PAPER_SCHEMA);

/**
 * Reads what the paper found.
 *
 * @param file Default `experiments/paper-results.yaml`.
 * @throws {AuditweaveError} All faults of the file at once, each with its place.
 * @example (await readPaperResults()).results['window-size'].measures[0].values[0].mean // 0.8103
 */
export async function readPaperResults(file = fileURLToPath(OWN)): Promise<PaperResults> {
  const yaml = await readYamlFile(file, {
    what: 'the results of the paper',
    missing: 'They are in experiments/paper-results.yaml.',
    root: 'keys of the paper’s results',
    hint: HINT,
  });
  const { value } = yaml;
  if (!isPaper(value))
    throwFaults('results of the paper', describeFaults(isPaper.errors ?? [], yaml, PAPER_SCHEMA), HINT);
  return value as unknown as PaperResults;
}

/**
 * What the paper has of a measure at a point. A value holds for every point that sets what it names, and `last` for the last part of
 * a k-fold; the one that names most wins.
 *
 * @returns Null where the paper gives no number.
 * @example paperValue(results['window-size'], 'macroF1', { 'window.size': 60 }) // { mean: 0.982, sd: 0.0082, … }
 */
export function paperValue(result: PaperResult, measure: string, point: Point): PaperValue | null {
  const values = result.measures.find(({ name }) => name === measure)?.values ?? [];
  const holds = (value: PaperValue): boolean =>
    Object.entries(value.point).every(
      ([path, wanted]) =>
        point[path] === wanted || (wanted === 'last' && point['split.part'] === point['split.folds']),
    );
  const size = (value: PaperValue): number => Object.keys(value.point).length;
  return values.filter(holds).sort((a, b) => size(b) - size(a))[0] ?? null;
}
