import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import { isNotThere } from '../runs/parse-record.js';
import { referenceFolders } from '../runs/reference.js';
import type { Trial } from './expand.js';
import type { StudyFile, StudyRecord, TrialTiming } from './record.js';
import { keepOutput, readOutput, type TrialOutput } from './trial-folder.js';

const STUDY = 'study.json';
const RECORDS = 'records.jsonl';
const TIMINGS = 'timings.jsonl';

/**
 * What is known of a study's trials, in its folder: `study.json`, and a row a finished trial in `records.jsonl` and `timings.jsonl`, in
 * the order of the trials. Both are written anew, at once, whenever a trial ends; `trials/KEY/` is where workers leave theirs.
 */
export class StudyFolder {
  readonly dir: string;
  readonly #trials: readonly Trial[];
  readonly #outputs = new Map<string, TrialOutput>();
  /** Its own finished rows of trials that the study does not have. */
  readonly #others: TrialOutput[] = [];
  /** Ends when what was added last is written: of two writes at once the older could end last. */
  #written: Promise<void> = Promise.resolve();

  private constructor(dir: string, trials: readonly Trial[]) {
    this.dir = dir;
    this.#trials = trials;
  }

  /**
   * Opens a study's folder and takes over what is finished: its own rows, what workers left in it, and trials of the same key of the
   * studies beside it and of the reference records. A finished row of no trial of the study goes to `trials/KEY/`, where the study as it was finds it again.
   */
  static async open(dir: string, study: StudyFile, trials: readonly Trial[]): Promise<StudyFolder> {
    const folder = await StudyFolder.read(dir, study, trials);
    await mkdir(dir, { recursive: true });
    for (const output of folder.#others) await keepOutput(folder.trialFolder(output.record.key), output);
    await writeFileAtomic(join(dir, STUDY), `${JSON.stringify(study, null, 1)}\n`);
    await folder.#write();
    return folder;
  }

  /** The same, but nothing is written. */
  static async read(dir: string, study: StudyFile, trials: readonly Trial[]): Promise<StudyFolder> {
    const folder = new StudyFolder(dir, trials);
    const wanted = new Set(trials.map(({ key }) => key));
    const take = (output: TrialOutput): void => {
      const { key, status, result } = output.record;
      if (!wanted.has(key) || folder.#outputs.get(key)?.record.status === 'done') return;
      if (status === 'done' && study.report.classes && !result?.classes) return;
      folder.#outputs.set(key, output);
    };
    for (const output of await readRows(dir)) {
      const { key, status } = output.record;
      if (wanted.has(key)) take(output);
      else if (status === 'done') folder.#others.push(output);
    }
    for (const key of wanted) {
      const output = folder.#outputs.has(key) ? null : await readOutput(folder.trialFolder(key));
      if (output?.record.key === key) take(output);
    }
    const beside = (await names(dirname(dir))).map((name) => join(dirname(dir), name));
    for (const other of [...beside, ...referenceFolders()])
      for (const output of await readRows(other)) if (output.record.status === 'done') take(output);
    return folder;
  }

  trialFolder(key: string): string {
    return join(this.dir, 'trials', key);
  }

  statusOf(key: string): StudyRecord['status'] | 'missing' {
    return this.#outputs.get(key)?.record.status ?? 'missing';
  }

  timings(): TrialTiming[] {
    return [...this.#outputs.values()].flatMap(({ timing }) => timing ?? []);
  }

  async add(output: TrialOutput): Promise<void> {
    this.#outputs.set(output.record.key, output);
    this.#written = this.#written.then(() => this.#write());
    await this.#written;
  }

  async #write(): Promise<void> {
    const records = this.#trials.flatMap(({ key, point, protocol, run, seed }) => {
      const output = this.#outputs.get(key);
      if (!output) return [];
      const { status, failure, result } = output.record;
      const row: StudyRecord = {
        schema: 1,
        key,
        point,
        protocol,
        run,
        seed,
        status,
        ...(failure === undefined ? {} : { failure }),
        ...(result === undefined ? {} : { result }),
      };
      return [row];
    });
    const keys = new Set(this.#trials.map(({ key }) => key));
    const timings = [...keys].flatMap((key) => this.#outputs.get(key)?.timing ?? []);
    await writeFileAtomic(join(this.dir, TIMINGS), rows(timings));
    await writeFileAtomic(join(this.dir, RECORDS), rows(records));
  }
}

/** The rows of a study's folder; none where there are none. A row that cannot be read was being written: the trial is run again. */
async function readRows(dir: string): Promise<TrialOutput[]> {
  const timings = new Map(
    (await parse<TrialTiming>(join(dir, TIMINGS))).map((timing) => [timing.key, timing]),
  );
  return (await parse<StudyRecord>(join(dir, RECORDS))).map((record) => ({
    record,
    timing: timings.get(record.key) ?? null,
  }));
}

async function parse<T>(file: string): Promise<T[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line ? [JSON.parse(line) as T] : [];
    } catch {
      return [];
    }
  });
}

async function names(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir, { withFileTypes: true })).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

const rows = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
