import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import { isNotThere, type Row, readRowsOf } from '../runs/parse-record.js';
import { referenceFolders } from '../runs/reference.js';
import type { Trial } from './expand.js';
import type { StudyFile, StudyRecord, TrialTiming } from './record.js';
import { STUDY_RECORD_SCHEMA, TIMING_SCHEMA } from './record-schema.js';
import { readOutput, type TrialOutput } from './trial-folder.js';

const STUDY = 'study.json';
const RECORDS = 'records.jsonl';
const TIMINGS = 'timings.jsonl';
/** Faults of one file that are told one by one. */
const TOLD = 3;

/**
 * What is known of a study's trials, in its folder: `study.json`, and a row a finished trial in `records.jsonl` and `timings.jsonl`, in
 * the order of the trials. Both are written anew, at once, whenever a trial ends; `trials/KEY/` is where workers leave theirs.
 *
 * Rows of trials that the study does not ask for (any more) stay behind the others as they are, so that asking for less, or for something
 * else, loses nothing.
 */
export class StudyFolder {
  readonly dir: string;
  readonly #trials: readonly Trial[];
  readonly #outputs = new Map<string, TrialOutput>();
  /** Its own rows of trials that the study does not have, as they are written. */
  readonly #others: { records: string[]; timings: string[] } = { records: [], timings: [] };
  /** Rows of its own that cannot be read, as they are written. */
  readonly #broken: string[] = [];
  /** How many trials were taken over from which folder. */
  readonly #adopted = new Map<string, number>();
  readonly #faults: string[] = [];
  /** Ends when what was added last is written: of two writes at once the older could end last. */
  #written: Promise<void> = Promise.resolve();

  private constructor(dir: string, trials: readonly Trial[]) {
    this.dir = dir;
    this.#trials = trials;
  }

  /**
   * Opens a study's folder and takes over what is finished: its own rows, what workers left in it, and trials of the same key of the
   * studies beside it and of the reference records.
   *
   * @param say Told what was taken over from elsewhere, and which rows cannot be read and are left out.
   */
  static async open(
    dir: string,
    study: StudyFile,
    trials: readonly Trial[],
    say: (text: string) => void = () => {},
  ): Promise<StudyFolder> {
    const folder = await StudyFolder.read(dir, study, trials, say);
    for (const [from, count] of folder.#adopted)
      say(`${study.name}: ${count} trials taken over from ${from}, not trained again.\n`);
    await mkdir(dir, { recursive: true });
    if (folder.#broken.length > 0)
      await writeFileAtomic(
        join(dir, `${RECORDS}.broken`),
        folder.#broken.map((line) => `${line}\n`).join(''),
      );
    await writeFileAtomic(join(dir, STUDY), `${JSON.stringify(study, null, 1)}\n`);
    await folder.#write();
    return folder;
  }

  /** The same, but nothing is written, and only faults are told. */
  static async read(
    dir: string,
    study: StudyFile,
    trials: readonly Trial[],
    say: (text: string) => void = () => {},
  ): Promise<StudyFolder> {
    const folder = new StudyFolder(dir, trials);
    await folder.#readOwn(study);
    await folder.#readWorkers(study);
    const beside = (await names(dirname(resolve(dir)))).map((name) => join(dirname(dir), name));
    const own = resolve(dir);
    const open = new Set(trials.map(({ key }) => key).filter((key) => folder.statusOf(key) !== 'done'));
    for (const other of [...beside, ...referenceFolders()])
      if (resolve(other) !== own && open.size > 0) await folder.#adopt(other, study, open);
    for (const fault of folder.#faults) say(`${fault}\n`);
    return folder;
  }

  async #readOwn(study: StudyFile): Promise<void> {
    const wanted = new Set(this.#trials.map(({ key }) => key));
    const { rows, timings } = await this.#readRows(this.dir, () => true, this.#broken);
    for (const { text, value } of rows)
      if (!wanted.has(value.key)) this.#others.records.push(text);
      else this.#take({ record: value, timing: timings.get(value.key)?.value ?? null }, study);
    for (const { text, value } of timings.values())
      if (!wanted.has(value.key)) this.#others.timings.push(text);
  }

  async #readWorkers(study: StudyFile): Promise<void> {
    const there = new Set(await names(join(this.dir, 'trials')));
    for (const key of new Set(this.#trials.map((trial) => trial.key))) {
      const output =
        this.#outputs.has(key) || !there.has(key) ? null : await readOutput(this.trialFolder(key));
      if (output?.record.key === key) this.#take(output, study);
    }
  }

  /** Takes over what another folder has of trials without a result. */
  async #adopt(from: string, study: StudyFile, open: Set<string>): Promise<void> {
    const { rows, timings } = await this.#readRows(from, (key) => open.has(key as string));
    for (const { value } of rows)
      if (open.has(value.key) && value.status === 'done') {
        const taken = this.#take({ record: value, timing: timings.get(value.key)?.value ?? null }, study);
        if (taken && open.delete(value.key)) this.#adopted.set(from, (this.#adopted.get(from) ?? 0) + 1);
      }
  }

  /** Whether it is the study's best output of its trial so far. */
  #take(output: TrialOutput, study: StudyFile): boolean {
    const { key, status, result } = output.record;
    if (this.#outputs.get(key)?.record.status === 'done') return false;
    if (status === 'done' && study.report.classes && !result?.classes) return false;
    this.#outputs.set(key, output);
    return true;
  }

  /** The rows of a folder, as far as they can be read and their keys are asked for. */
  async #readRows(dir: string, asked: (key: unknown) => boolean, broken: string[] = []) {
    const read = async <T extends { key: string }>(name: string, schema: object, lost: string[]) => {
      const file = join(dir, name);
      const { rows, faults } = readRowsOf<T>(await readText(file), {
        file,
        schema: schema as typeof TIMING_SCHEMA,
        measured: name === RECORDS ? ['result'] : undefined,
        asked,
      });
      lost.push(...faults.map(({ text }) => text));
      this.#faults.push(...faults.slice(0, TOLD).map(({ message }) => `${message} The row is left out.`));
      if (faults.length > TOLD)
        this.#faults.push(`studies: ${file}: ${faults.length - TOLD} more rows are left out.`);
      return rows;
    };
    const rows = await read<StudyRecord>(RECORDS, STUDY_RECORD_SCHEMA, broken);
    const timings = new Map<string, Row<TrialTiming>>(
      (await read<TrialTiming>(TIMINGS, TIMING_SCHEMA, [])).map((row) => [row.value.key, row]),
    );
    return { rows, timings };
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
      return [JSON.stringify(row)];
    });
    const keys = new Set(this.#trials.map(({ key }) => key));
    const timings = [...keys].flatMap((key) => {
      const timing = this.#outputs.get(key)?.timing;
      return timing ? [JSON.stringify(timing)] : [];
    });
    await writeFileAtomic(join(this.dir, TIMINGS), lines([...timings, ...this.#others.timings]));
    await writeFileAtomic(join(this.dir, RECORDS), lines([...records, ...this.#others.records]));
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return '';
    throw error;
  }
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

const lines = (values: readonly string[]): string => values.map((value) => `${value}\n`).join('');
