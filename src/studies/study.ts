import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { PAPER_COLUMNS } from '../features/columns.js';
import { findPath } from '../files/program.js';
import { findExperiment } from '../settings/find-file.js';
import { PROTOCOLS, type Protocol } from '../settings/protocols.js';
import type { Settings } from '../settings/schema.js';
import { GREATEST_SEED } from '../settings/schema.js';
import { schemaCompiler } from '../settings/schema-compiler.js';
import { changeSettings, readSettings } from '../settings/settings.js';
import { describeFaults, placeOf, readYamlFile, throwFaults, type YamlFile } from '../settings/yaml-file.js';
import { nameOfChanges } from './name-of-changes.js';
import { type Adjustment, pointKey, pointLabel, samePoint, settingsOf } from './point.js';
import type { Point, StudyReport } from './record.js';

/** A question, and the trials that answer it: a file in `experiments/`. */
export interface Study {
  name: string;
  question: string;
  source: string;
  /** Name of the base settings. */
  base: string;
  settings: Settings;
  protocols: Protocol[];
  /** Repetitions of each point, and the seed of the first; trial i has seed + i. Points with the values of one of `once` have one. */
  repeat: { runs: number; seed: number; once: Point[] };
  points: Point[];
  /** Settings that go with a value and are no part of the question: those of every rule whose values a point has. */
  adjust: Adjustment[];
  baseline: Point | null;
  /** Columns that hold nothing: what leaving one out does to a score is noise. */
  controls: string[];
  paper: string | null;
  report: StudyReport;
}

export interface StudyChanges {
  /** Name of other base settings, as in `paper`. */
  base?: string;
  /** More runs of each point than the file has. */
  runs?: number;
  /** Values by path, for every trial: they win over the file's, and name another study. */
  set?: Record<string, unknown>;
}

/** The file as it is written. */
interface StudyYaml {
  study: string;
  question: string;
  source: string;
  base: string;
  protocols: Protocol[];
  fix: Record<string, unknown>;
  vary: Record<string, unknown[] | { each: 'paper' | string[] }>;
  points: Point[];
  adjust: Adjustment[];
  baseline: Point | null;
  controls: string[];
  repeat: { runs: number; seed: number; once: Point[] };
  paper: string | null;
  report: StudyReport;
}

const text = { type: 'string', minLength: 1 };
const byPath = { type: 'object', additionalProperties: true };
/** Points of a study, and runs of each, that are asked for at once. */
const MOST_POINTS = 20_000;
const MOST_RUNS = 1000;
/** Points times protocols times runs. */
const MOST_TRIALS = 100_000;
const CHARTS = [
  'metric-by-value',
  'time-by-value',
  'metric-heatmap',
  'fold-heatmap',
  'ablation-bars',
  'class-scatter',
  'protocols',
];

/** JSON Schema of a study file; `experiments/study.schema.json` is this, for editors. */
export const STUDY_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'auditweave study',
  type: 'object',
  required: ['study', 'question', 'protocols', 'repeat', 'report'],
  additionalProperties: false,
  properties: {
    study: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'Its name, and its folder’s' },
    question: text,
    source: { ...text, default: 'ours', description: 'What it reproduces' },
    base: { ...text, default: 'fast', description: 'experiments/NAME.config.yaml' },
    protocols: { type: 'array', items: { enum: PROTOCOLS }, minItems: 1, uniqueItems: true },
    fix: { ...byPath, default: {}, description: 'Settings by path, for every trial' },
    vary: {
      type: 'object',
      default: {},
      description: 'Values by path; every combination is a point',
      additionalProperties: {
        anyOf: [
          { type: 'array', minItems: 1 },
          {
            type: 'object',
            required: ['each'],
            additionalProperties: false,
            properties: {
              each: { anyOf: [{ enum: ['paper'] }, { type: 'array', items: { type: 'string' } }] },
            },
          },
        ],
      },
    },
    points: { type: 'array', items: byPath, default: [], description: 'Points one by one' },
    adjust: {
      type: 'array',
      default: [],
      description:
        'Settings that go with a value of a point (`at: {}`: with every point) under the study’s own base, such as more epochs for a short window; a point’s own value wins',
      items: {
        type: 'object',
        required: ['at', 'set'],
        additionalProperties: false,
        properties: { at: byPath, set: byPath },
      },
    },
    baseline: { anyOf: [byPath, { type: 'null' }], default: null, description: 'Compared with' },
    controls: {
      type: 'array',
      items: text,
      uniqueItems: true,
      default: [],
      description: 'Negative controls of an ablation: columns with one value in every line of the dataset',
    },
    repeat: {
      type: 'object',
      required: ['runs'],
      additionalProperties: false,
      properties: {
        runs: { type: 'integer', minimum: 1, maximum: MOST_RUNS },
        seed: { type: 'integer', minimum: 0, maximum: GREATEST_SEED - MOST_RUNS, default: 1 },
        once: {
          type: 'array',
          items: byPath,
          default: [],
          description: 'Points with these values draw nothing at random: they are run once',
        },
      },
    },
    paper: { anyOf: [text, { type: 'null' }], default: null, description: 'Key in paper-results.yaml' },
    report: {
      type: 'object',
      required: ['charts'],
      additionalProperties: false,
      properties: {
        metric: { enum: ['macroF1.strict', 'macroF1.paper', 'exactMatch'], default: 'macroF1.strict' },
        level: { enum: ['lines', 'windows'], default: 'lines' },
        interval: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1, default: 0.95 },
        charts: { type: 'array', items: { enum: CHARTS }, minItems: 1, uniqueItems: true },
        classes: { type: 'boolean', default: false, description: 'Whether records keep every class' },
      },
    },
  },
} as const;

const HINT = 'experiments/window-size.study.yaml is an example; experiments/study.schema.json has every key.';
const isStudy = schemaCompiler({ allErrors: true, useDefaults: true }).compile<StudyYaml>(STUDY_SCHEMA);

/**
 * Reads a study file, resolves its base settings and checks every trial that it asks for. A dataset that is not found from where one
 * stands, nor in this program, is looked for beside the file.
 *
 * @param said `experiments/NAME.study.yaml`, or its name alone; base settings lie beside it or in `experiments/`.
 * @throws {AuditweaveError} All faults at once, each with its place, unknown keys with the nearest known one.
 * @example const { points } = await readStudy('experiments/window-size.study.yaml');
 */
export async function readStudyFile(said: string, changes: StudyChanges = {}): Promise<Study> {
  const file = findExperiment(said, 'study');
  const yaml = await readYamlFile(file, {
    what: 'a study file',
    missing: 'Is it a file that you may read?',
    root: 'keys of a study',
    hint: HINT,
  });
  const { value } = yaml;
  if (!isStudy(value)) throwFaults('study', describeFaults(isStudy.errors ?? [], yaml, STUDY_SCHEMA), HINT);
  const given = value as unknown as StudyYaml;
  const base = changes.base ?? given.base;
  const set = changes.set ?? {};
  checkChanges(set, given);
  const adjust = (base === given.base ? given.adjust : []).map((rule) => withoutSet(rule, set));
  const loaded = await readSettings(base, {}, { beside: dirname(file) });
  const faults: string[] = [];
  const runs = Math.max(given.repeat.runs, changes.runs ?? 0);
  if (
    changes.runs !== undefined &&
    !(Number.isInteger(changes.runs) && changes.runs > 0 && runs <= MOST_RUNS)
  )
    faults.push(`--runs: must be an integer from 1 to ${MOST_RUNS}, got ${changes.runs}`);
  const fixed = changeSettings(loaded, { ...given.fix, ...set });
  faults.push(...fixed.faults.map((fault) => `${placeOf(yaml, ['fix'])}: fix: ${fault}`));
  const points = pointsOf(given, yaml, faults);
  const { dataset } = fixed.settings;
  const beside = join(dirname(file), dataset);
  if (!existsSync(findPath(dataset)) && existsSync(beside)) fixed.settings.dataset = beside;
  const place = placeOf(yaml, [given.points.length ? 'points' : 'vary']);
  for (const point of [...points, ...(given.baseline ? [given.baseline] : [])])
    for (const fault of changeSettings(fixed.settings, settingsOf(point, adjust)).faults)
      faults.push(`${place}: ${fault}`);
  if (given.baseline && !points.some((point) => samePoint(point, given.baseline!)))
    faults.push(`${placeOf(yaml, ['baseline'])}: baseline: must be one of the points`);
  for (const name of given.controls)
    if (!points.some((point) => pointKey(point) === pointKey({ 'features.exclude': [name] })))
      faults.push(
        `${placeOf(yaml, ['controls'])}: controls: must be columns that a point leaves out, got ${name}`,
      );
  const trials = points.length * given.protocols.length * runs;
  if (trials > MOST_TRIALS)
    faults.push(`${file}: must make at most ${MOST_TRIALS} trials, makes ${trials.toLocaleString('en')}`);
  throwFaults('study', [...new Set(faults)], HINT);
  return {
    name: [given.study, ...(base === given.base ? [] : [base]), ...nameOfChanges(set)].join('-'),
    question: given.question,
    source: given.source,
    base,
    settings: fixed.settings,
    protocols: given.protocols,
    repeat: { ...given.repeat, runs },
    points,
    adjust,
    baseline: given.baseline,
    controls: given.controls,
    paper: given.paper,
    report: given.report,
  };
}

/** @throws {AuditweaveError} A value is set that would not hold, since the study itself sets it. */
function checkChanges(set: Record<string, unknown>, { vary, points, adjust }: StudyYaml): void {
  const varied = new Set([...Object.keys(vary), ...points.flatMap((point) => Object.keys(point))]);
  for (const path of Object.keys(set)) {
    const other = [...varied].find((own) => overlap(own, path));
    const whole = adjust.flatMap((rule) => Object.keys(rule.set)).find((own) => path.startsWith(`${own}.`));
    const refusal =
      other !== undefined
        ? [`${other} is what the study varies`, `Name one of its points with --only ${other}=VALUE.`]
        : path === 'seed'
          ? ['each run has a seed of its own', 'The first one is in the study’s file: repeat.seed.']
          : path.startsWith('split.protocol')
            ? ['the study has protocols of its own', 'Choose among them with --protocol.']
            : whole !== undefined
              ? [`the study’s file adjusts ${whole} as a whole`, `Set ${whole} as a whole too.`]
              : null;
    if (refusal)
      throw new AuditweaveError(
        `studies: expected --set of what the study leaves open, got ${path}: ${refusal[0]}.`,
        { hint: refusal[1]! },
      );
  }
}

/** A rule without what is set from outside. */
function withoutSet({ at, set }: Adjustment, changes: Record<string, unknown>): Adjustment {
  const kept = Object.entries(set).filter(
    ([path]) => !Object.keys(changes).some((own) => overlap(own, path)),
  );
  return { at, set: Object.fromEntries(kept) };
}

/** Whether two paths are one, or one lies below the other. */
const overlap = (a: string, b: string): boolean => `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);

function pointsOf({ vary, points }: StudyYaml, yaml: YamlFile, faults: string[]): Point[] {
  const varied = Object.values(vary).map((values) =>
    Array.isArray(values) ? values : onePerName(values.each),
  );
  const size = varied.reduce((product, values) => product * values.length, 1);
  if (size + points.length > MOST_POINTS) {
    const got = (size + points.length).toLocaleString('en');
    faults.push(`${placeOf(yaml, ['vary'])}: vary: must make at most ${MOST_POINTS} points, makes ${got}`);
    return [];
  }
  let grid: Point[] = [{}];
  for (const [i, path] of Object.keys(vary).entries())
    grid = grid.flatMap((point) => varied[i]!.map((value) => ({ ...point, [path]: value })));
  const all = [...(Object.keys(vary).length ? grid : []), ...points];
  if (all.length === 0) all.push({});
  const seen = new Set<string>();
  const twice = all.find((point) => seen.size === seen.add(pointKey(point)).size);
  if (twice) faults.push(`${placeOf(yaml, ['vary'])}: the point ${pointLabel(twice)} is there twice`);
  return all;
}

/** Nothing left out, and then each name alone. */
function onePerName(names: 'paper' | readonly string[]): string[][] {
  return [[], ...(names === 'paper' ? PAPER_COLUMNS : names).map((name) => [name])];
}
