import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../dataset/load.js';
import { AuditweaveError } from '../errors.js';
import { withLock } from '../files/lock.js';
import { busy, checkFolder, elsewhere, refuseOthers } from '../runs/run-folder.js';
import { expandStudy, type Trial } from './expand.js';
import { StudyFolder } from './folder.js';
import { pointLabel } from './point.js';
import type { StudyFile, StudyRecord, TrialTiming } from './record.js';
import { readStudyFile, type Study, type StudyChanges } from './study.js';

/** A study's rows, which are read whether or not its own record is there. */
const ROWS = ['records.jsonl', 'timings.jsonl'];

/** A study on its dataset, with the trials that it asks for. */
export interface OpenStudy {
  study: Study;
  /** As it is written into the study's folder. */
  file: StudyFile;
  trials: Trial[];
  dir: string;
  /** What is finished already; nothing is written. */
  look(): Promise<{ statusOf(key: string): StudyRecord['status'] | 'missing'; timings: TrialTiming[] }>;
  /** Does work with the study's folder, that no other process works with meanwhile. */
  locked<T>(work: (folder: StudyFolder) => Promise<T>): Promise<T>;
}

/**
 * Reads a study file and finds out which trials it asks for.
 *
 * @param changes.out Folder of the results. Default `results/NAME`.
 * @param changes.say Told what is taken over from other folders, and what cannot be read.
 * @throws {AuditweaveError} The file has faults, or the dataset is not there.
 * @example const { trials } = await openStudy('experiments/window-size.study.yaml');
 */
export async function openStudy(
  path: string,
  changes: StudyChanges & { out?: string; say?: (text: string) => void } = {},
): Promise<OpenStudy> {
  const study = await readStudyFile(path, changes);
  const { settings } = study;
  const { say } = changes;
  const dataset = await openDataset(settings.dataset);
  const trials = expandStudy(study, dataset.sha256);
  const dir = changes.out ?? join('results', study.name);
  const lines =
    settings.selection === 'all'
      ? (dataset.manifest?.counts.counted ??
        dataset.manifest?.counts.completed ??
        dataset.manifest?.counts.lines)
      : dataset.manifest?.selections?.[settings.selection]?.count;
  const file: StudyFile = {
    schema: 1,
    name: study.name,
    question: study.question,
    source: study.source,
    base: study.base,
    settings: settings as unknown as Record<string, unknown>,
    dataset: {
      name: dataset.name,
      sha256: dataset.sha256,
      lines: lines ?? 0,
      selection: settings.selection,
    },
    protocols: study.protocols,
    runs: study.repeat.runs,
    points: study.points.map((point) => ({ point, label: pointLabel(point) })),
    ...(study.adjust.length > 0 ? { adjust: study.adjust } : {}),
    baseline: study.baseline,
    ...(study.controls.length > 0 ? { controls: study.controls } : {}),
    paper: study.paper,
    report: study.report,
    trials: trials.map(({ key, point, protocol, run, seed }) => ({ key, point, protocol, run, seed })),
  };
  return {
    study,
    file,
    trials,
    dir,
    look: async () => {
      const folder = await StudyFolder.read(dir, file, trials, say);
      return { statusOf: (key) => folder.statusOf(key), timings: folder.timings() };
    },
    locked: async (work) => {
      await checkStudyFolder(dir, study.name);
      return await withLock(
        join(dir, 'lock'),
        async () => await work(await StudyFolder.open(dir, file, trials, say)),
        {
          onWait: (owner) => {
            throw busy(dir, owner?.pid);
          },
        },
      );
    },
  };
}

/**
 * Keeps a study from writing among other files.
 *
 * @throws {AuditweaveError} The folder holds another study, or something else.
 */
async function checkStudyFolder(dir: string, name: string): Promise<void> {
  await checkFolder(dir);
  const names = await readdir(dir).catch(() => [] as string[]);
  if (!names.includes('study.json')) {
    // What workers leave may come before the study's first record.
    const others = names.filter((file) => !['trials', 'index.json', 'job.yaml', ...ROWS].includes(file));
    return refuseOthers(dir, others, dir, 'a study');
  }
  const there = await readStudyName(join(dir, 'study.json'));
  if (there === null || there === name) return;
  throw new AuditweaveError(`studies: expected ${dir} to hold the study ${name} or nothing, got ${there}.`, {
    hint: elsewhere(dir),
  });
}

/** The name in a study's record; null where that is damaged, and is made again. */
async function readStudyName(file: string): Promise<string | null> {
  try {
    const { name } = JSON.parse(await readFile(file, 'utf8')) as { name?: unknown };
    return typeof name === 'string' ? name : '“no study”';
  } catch {
    return null;
  }
}
