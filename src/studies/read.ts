import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import { isNotThere, parseRecord, parseRows } from '../runs/parse-record.js';
import type { Protocol } from '../runs/record.js';
import { pointKey } from './point.js';
import type { Point, StudyFile, StudyRecord, TrialPlan, TrialTiming } from './record.js';
import { STUDY_FILE_SCHEMA, STUDY_RECORD_SCHEMA, TIMING_SCHEMA } from './record-schema.js';

/** What is recorded of a study. */
export interface StudyResults {
  dir: string;
  study: StudyFile;
  /** Of its trials, as far as they are finished or have failed for good. */
  records: StudyRecord[];
  /** By key. */
  timings: Map<string, TrialTiming>;
  /** Rows left out: of trials that the study does not ask for any more, or that are there twice. */
  stale: number;
}

const STUDY = 'study.json';
const RECORDS = 'records.jsonl';
const TIMINGS = 'timings.jsonl';
const HINT = 'The record is broken or from another version; run the same `study` command again.';
const MEASURED = ['seconds', 'totalSeconds', 'millisecondsPerLine', 'windowsPerSecond'];

/**
 * Reads and checks the records of a study. A last row without its line end is left out, as one that was being written.
 *
 * @param dir Folder with `study.json`, and `records.jsonl` and `timings.jsonl` as far as the study got.
 * @throws {MismatchError} No `study.json`, or a record that breaks the contract, with file and line.
 * @example const { study, records, timings } = await readStudy('results/reference/window-size');
 */
export async function readStudy(dir: string): Promise<StudyResults> {
  const [file, records, timings] = await Promise.all(
    [STUDY, RECORDS, TIMINGS].map((name) => readIfThere(join(dir, name))),
  );
  if (file === null || file === undefined)
    throw new MismatchError(
      { folder: 'studies', file: join(dir, STUDY), expected: 'a study record', got: 'no such file' },
      { hint: 'Name a folder that `study` has written, such as results/reference/window-size.' },
    );
  const study = parseRecord<StudyFile>(file, {
    file: join(dir, STUDY),
    schema: STUDY_FILE_SCHEMA,
    measured: [],
    hint: HINT,
  });
  const rows = parseRows<StudyRecord>(records ?? '', {
    file: join(dir, RECORDS),
    schema: STUDY_RECORD_SCHEMA,
    measured: ['result'],
    hint: HINT,
  });
  const times = parseRows<TrialTiming>(timings ?? '', {
    file: join(dir, TIMINGS),
    schema: TIMING_SCHEMA,
    measured: MEASURED,
    hint: HINT,
  });
  const asked = new Set(study.trials.map(identity));
  const current = rows.filter((row) => asked.delete(identity(row)));
  return {
    dir,
    study,
    records: current,
    timings: new Map(times.map((timing) => [timing.key, timing])),
    stale: rows.length - current.length,
  };
}

/** Whether a folder is a study's. */
export async function isStudy(dir: string): Promise<boolean> {
  return (await readIfThere(join(dir, STUDY))) !== null;
}

/** The records of one point under one protocol, by run. */
export function recordsOf({ records }: StudyResults, point: Point, protocol: Protocol): StudyRecord[] {
  const wanted = pointKey(point);
  return records.filter((row) => row.protocol === protocol && pointKey(row.point) === wanted);
}

const identity = ({ key, point, protocol, run }: TrialPlan): string =>
  [key, protocol, run, pointKey(point)].join(' ');

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}
