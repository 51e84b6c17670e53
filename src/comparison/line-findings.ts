import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAmbiguous } from '../dataset/ambiguous.js';
import { openDataset } from '../dataset/load.js';
import { readTruth } from '../dataset/truth.js';
import { AuditweaveError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import type { Interval } from '../metrics/interval.js';
import { type PairedRun, pairedBootstrap } from '../metrics/paired-bootstrap.js';
import { randomStream } from '../random.js';
import { joinPredictions, type Predictions, readPredictions } from '../runs/predictions.js';
import type { Protocol } from '../runs/record.js';
import { pointKey, samePoint } from '../studies/point.js';
import type { StudyResults } from '../studies/read.js';
import type { Point } from '../studies/record.js';
import { type LineScores, lineScores } from './line-scores.js';

/** What is drawn anew: a whole context, or a whole capture. */
export const UNITS = ['contexts', 'captures'] as const;
export type Unit = (typeof UNITS)[number];

/** A point less another, or less the own action of each line, with an interval over contexts or captures. */
export interface UnitDifference {
  point: Point;
  protocol: Protocol;
  /** The point that is taken away; null: each line's own action. */
  less: Point | null;
  unit: Unit;
  seeds: number[];
  /** Units drawn from. */
  groups: number;
  /** By line. */
  exactMatch: Interval;
  strict: Interval;
}

/** `lines.json` of a study: what its trials' predicted lines say. The lines themselves are not in git. */
export interface LineFindings {
  schema: 1;
  /** The trials whose lines these are, with the hash of their predictions. */
  trials: { key: string; sha256: string }[];
  points: { point: Point; protocol: Protocol; seeds: number[]; scores: LineScores }[];
  differences: UnitDifference[];
}

/** Its name in a study's folder. */
export const LINE_FINDINGS = 'lines.json';
const RESAMPLES = 1000;

/** What the runs of one point said under a protocol, by seed. */
type Runs = Map<number, Predictions>;

/**
 * Looks at the predicted lines of a study's trials, as far as their files are there, and writes `lines.json`. Where none are, what was written
 * before stays.
 *
 * @returns Null where nothing was written.
 * @example await writeLineFindings(await readStudy('results/learning-curve'))
 */
export async function writeLineFindings(results: StudyResults): Promise<LineFindings | null> {
  const { study, dir } = results;
  const runs = new Map<string, Runs>();
  const trials: LineFindings['trials'] = [];
  const nameOf = (point: Point, protocol: Protocol) => `${protocol} ${pointKey(point)}`;
  for (const { key, point, protocol, seed, result } of results.records) {
    const recorded = result?.predictions;
    const said = recorded && (await readPredictions(join(dir, 'trials', key), recorded));
    if (!recorded || !said) continue;
    trials.push({ key, sha256: recorded.sha256 });
    const name = nameOf(point, protocol);
    runs.set(name, (runs.get(name) ?? (new Map() as Runs)).set(seed, said));
  }
  if (trials.length === 0) return null;
  const { disputed, ambiguous } = await doubtfulLines(results);
  const of = (point: Point, protocol: Protocol): Runs => runs.get(nameOf(point, protocol)) ?? new Map();
  const cells = study.points.flatMap(({ point }) =>
    study.protocols.flatMap((protocol) => {
      const own = of(point, protocol);
      return own.size > 0 ? [{ point, protocol, own }] : [];
    }),
  );
  const pooled = leftOutInTurn(study.points.map(({ point }) => point))
    ? study.protocols.map((protocol) => {
        const own = pool(cells.filter((cell) => cell.protocol === protocol).map((cell) => cell.own));
        return { point: IN_TURN, protocol, own };
      })
    : [];
  cells.push(...pooled.filter(({ own }) => own.size > 0));
  const findings: LineFindings = {
    schema: 1,
    trials,
    points: cells.map(({ point, protocol, own }) => ({
      point,
      protocol,
      seeds: [...own.keys()],
      scores: lineScores([...own.values()], disputed, ambiguous),
    })),
    differences: cells.flatMap(({ point, protocol, own }) => [
      ...differences(own, null).map((one) => ({ point, protocol, less: null, ...one })),
      ...(study.baseline && !samePoint(point, study.baseline)
        ? differences(own, of(study.baseline, protocol)).map((one) => ({
            ...{ point, protocol, less: study.baseline },
            ...one,
          }))
        : []),
    ]),
  };
  await writeFileAtomic(join(dir, LINE_FINDINGS), `${JSON.stringify(findings, null, 1)}\n`);
  return findings;
}

/** Lines of the study's dataset whose truth is in doubt; null where it is not here as it was, or says nothing of lines. */
async function doubtfulLines({
  study,
}: StudyResults): Promise<Record<'disputed' | 'ambiguous', Set<number> | null>> {
  const none = { disputed: null, ambiguous: null };
  try {
    const source = await openDataset(String(study.settings.dataset));
    if (source.kind !== 'contract' || source.sha256 !== study.dataset.sha256) return none;
    const disputed = new Set<number>();
    for await (const row of readTruth(join(source.dir, 'truth.jsonl.gz')))
      if (row.disputed) disputed.add(row.line);
    return { disputed, ambiguous: await readAmbiguous(source) };
  } catch (error) {
    if (error instanceof AuditweaveError) return none;
    throw error;
  }
}

/** The point that stands for all folds of a study that leaves each capture out in turn. */
const IN_TURN: Point = { 'split.fold': 'each capture left out in turn' };

/** Whether points differ in nothing but which capture is left out. */
function leftOutInTurn(points: readonly Point[]): boolean {
  return (
    points.length > 1 &&
    points.every(
      (point) => Object.keys(point).length === 1 && /^leave-out-/.test(String(point['split.fold'] ?? '')),
    )
  );
}

/** The lines of all folds together, of the seeds that every fold has. */
function pool(folds: readonly Runs[]): Runs {
  const seeds = [...(folds[0]?.keys() ?? [])].filter((seed) => folds.every((own) => own.has(seed)));
  return new Map(seeds.map((seed) => [seed, joinPredictions(folds.map((own) => own.get(seed)!))]));
}

/**
 * What was found in the predicted lines of a study's trials.
 *
 * @returns Null where that was not done, or for other trials than those of the records.
 */
export async function readLineFindings({ dir, records }: StudyResults): Promise<LineFindings | null> {
  const file = join(dir, LINE_FINDINGS);
  if (!existsSync(file)) return null;
  const found = JSON.parse(await readFile(file, 'utf8')) as LineFindings;
  const hashes = new Map(records.map(({ key, result }) => [key, result?.predictions?.sha256]));
  return found.trials.every(({ key, sha256 }) => hashes.get(key) === sha256) ? found : null;
}

/** A less B, over contexts and over captures; none without a seed in common. */
function differences(a: Runs, b: Runs | null): Omit<UnitDifference, 'point' | 'protocol' | 'less'>[] {
  const seeds = [...a.keys()].filter((seed) => b === null || b.has(seed));
  if (seeds.length === 0) return [];
  return UNITS.flatMap((unit) => {
    const groups = new Map<string, number>();
    const pairs = seeds.map((seed) => pairOf(a.get(seed)!, b?.get(seed) ?? null, unit, groups));
    if (groups.size < 2) return [];
    const found = pairedBootstrap(pairs, {
      ...{ groups: groups.size, unit, resamples: RESAMPLES },
      random: randomStream('lines', unit),
    });
    const { exactMatch, macroF1 } = found;
    return [{ unit, seeds, groups: groups.size, exactMatch, strict: macroF1.strict }];
  });
}

/** The lines that both have, with their units numbered. */
function pairOf(a: Predictions, b: Predictions | null, unit: Unit, groups: Map<string, number>): PairedRun {
  const there = b && new Map(Array.from(b.line, (line, i) => [line, b.predicted[i]!]));
  const kept = Int32Array.from(a.line.keys()).filter((i) => !there || there.has(a.line[i]!));
  const groupOf = (i: number): number => {
    const name = (unit === 'captures' ? a.capture[i] : a.context[i]) ?? `line ${a.line[i]}`;
    const known = groups.get(name) ?? groups.size;
    groups.set(name, known);
    return known;
  };
  return {
    truth: kept.map((i) => a.truth[i]!),
    a: kept.map((i) => a.predicted[i]!),
    b: kept.map((i) => (there ? there.get(a.line[i]!)! : a.own[i]!)),
    group: kept.map(groupOf),
  };
}
