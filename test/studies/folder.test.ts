import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readRowsOf } from '../../src/runs/parse-record.js';
import type { Trial } from '../../src/studies/expand.js';
import { StudyFolder } from '../../src/studies/folder.js';
import type { OpenStudy } from '../../src/studies/open.js';
import { readStudy } from '../../src/studies/read.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { smallStudy } from '../fixtures/study.js';
import { recordOf, timingOf } from '../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const row = (trial: Trial): string => JSON.stringify(recordOf(planOf(trial), 0.5));
const planOf = ({ key, point, protocol, run, seed }: Trial) => ({ key, point, protocol, run, seed });

/** A study whose trials all have rows in its folder. */
async function recorded(): Promise<OpenStudy> {
  const opened = await smallStudy(folders);
  write(opened.dir, opened.trials);
  return opened;
}

function write(dir: string, trials: readonly Trial[]): void {
  mkdirSync(dir, { recursive: true });
  const lines = (rows: string[]): string => rows.map((text) => `${text}\n`).join('');
  writeFileSync(join(dir, 'records.jsonl'), lines(trials.map(row)));
  writeFileSync(join(dir, 'timings.jsonl'), lines(trials.map(({ key }) => JSON.stringify(timingOf(key, 3)))));
}

async function open({ dir, file, trials }: OpenStudy, asked: readonly Trial[] = trials) {
  const said: string[] = [];
  const study = { ...file, trials: asked.map(planOf) };
  const folder = await StudyFolder.open(dir, study, asked, (text) => said.push(text));
  return { folder, said, done: asked.filter(({ key }) => folder.statusOf(key) === 'done').length };
}

const rowsOf = (dir: string): string[] =>
  readFileSync(join(dir, 'records.jsonl'), 'utf8').split('\n').filter(Boolean);

describe('a study’s folder', () => {
  it('keeps rows of trials that are not asked for, byte for byte, and gives them back', async () => {
    const study = await recorded();
    const before = rowsOf(study.dir);
    const fewer = study.trials.filter(({ run }) => run === 0);
    expect((await open(study, fewer)).done).toBe(3);
    expect(rowsOf(study.dir).toSorted()).toEqual(before.toSorted());
    const { records, timings, stale } = await readStudy(study.dir);
    expect([records.length, stale, timings.size]).toEqual([3, 3, 6]);
    expect((await open(study)).done).toBe(6);
    expect(rowsOf(study.dir)).toEqual(before);
    expect(existsSync(join(study.dir, 'trials'))).toBe(false);
  });

  it('takes over what a study beside it has, and says in a line from where', async () => {
    const study = await smallStudy(folders);
    const beside = join(dirname(study.dir), 'other');
    write(beside, study.trials.slice(0, 4));
    const { said, done } = await open(study);
    expect([done, said]).toEqual([4, [`small: 4 trials taken over from ${beside}, not trained again.\n`]]);
    expect((await open(study)).said).toEqual([]);
  });

  it('names rows of others that cannot be read, and leaves them out', async () => {
    const study = await smallStudy(folders, 4);
    const beside = join(dirname(study.dir), 'other');
    write(beside, study.trials.slice(0, 2));
    const [, , third, fourth, fifth] = study.trials as Trial[];
    const { result: _, ...without } = recordOf(planOf(third!), 0.5);
    const wrong = { ...recordOf(planOf(fourth!), 0.5), run: 'first' };
    for (const text of ['null', '{"key": "cut', '7', JSON.stringify(without), JSON.stringify(wrong)])
      appendFileSync(join(beside, 'records.jsonl'), `${text}\n`);
    appendFileSync(join(beside, 'records.jsonl'), `${row(fifth!)}\n`);
    const { folder, said, done } = await open(study);
    expect(done).toBe(3);
    expect(folder.statusOf(third!.key)).toBe('missing');
    const file = join(beside, 'records.jsonl');
    expect(said.slice(0, 3).map((text) => text.split(':').slice(0, 3).join(':'))).toEqual(
      [3, 4, 5].map((line) => `studies: ${file}:${line}`),
    );
    expect(said[0]).toBe(
      `studies: ${file}:3: expected the record to be object, got null. The row is left out.\n`,
    );
    expect(said[3]).toBe(`studies: ${file}: 2 more rows are left out.\n`);
  });

  it('sets aside rows of its own that cannot be read, and what they were is run again', async () => {
    const study = await recorded();
    const lines = rowsOf(study.dir);
    writeFileSync(
      join(study.dir, 'records.jsonl'),
      `${lines[0]!.slice(0, 200)}\n${lines.slice(1).join('\n')}\n`,
    );
    const { folder, said, done } = await open(study);
    expect([done, folder.statusOf(study.trials[0]!.key)]).toEqual([5, 'missing']);
    expect(said[0]).toContain(`${join(study.dir, 'records.jsonl')}:1: expected JSON`);
    expect(readFileSync(join(study.dir, 'records.jsonl.broken'), 'utf8')).toBe(
      `${lines[0]!.slice(0, 200)}\n`,
    );
    expect(rowsOf(study.dir)).toEqual(lines.slice(1));
  });

  it('heals a cut study.json by the same command', async () => {
    const study = await recorded();
    await open(study);
    writeFileSync(join(study.dir, 'study.json'), '{"schema": 1, "na');
    await expect(readStudy(study.dir)).rejects.toMatchObject({
      hint: 'The record is broken or from another version; run the same `study` command again.',
    });
    await open(study);
    expect((await readStudy(study.dir)).records).toHaveLength(6);
  });
});

describe('a study', () => {
  it('is not written among other files, nor in place of another study', async () => {
    const study = await smallStudy(folders);
    mkdirSync(study.dir, { recursive: true });
    writeFileSync(join(study.dir, 'notes.md'), 'mine');
    const work = vi.fn(async () => 1);
    await expect(study.locked(work)).rejects.toMatchObject({
      message: `studies: expected ${study.dir} to hold a study or nothing, got notes.md.`,
      hint: `Name another folder: --out ${study.dir}-2`,
    });
    const other = JSON.stringify({ ...study.file, name: 'other' });
    writeFileSync(join(study.dir, 'study.json'), other);
    await expect(study.locked(work)).rejects.toThrow('to hold the study small or nothing, got other.');
    expect(readFileSync(join(study.dir, 'study.json'), 'utf8')).toBe(other);
    expect(work).not.toHaveBeenCalled();
    writeFileSync(join(study.dir, 'study.json'), other.slice(0, 50));
    expect(await study.locked(work)).toBe(1);
  });

  it('needs a folder', async () => {
    const study = await smallStudy(folders);
    writeFileSync(study.dir, 'a file');
    await expect(study.locked(async () => 1)).rejects.toThrow(
      `expected ${study.dir} to be a folder, got a file.`,
    );
  });
});

describe('readRowsOf', () => {
  it('parses only what is asked for', () => {
    const schema = { type: 'object', required: ['value'] };
    const text = '{"key":"a","value":1}\n{"key":"b", broken\n{"value":2,"key":"c"}\nnull\n';
    const read = (asked?: (key: unknown) => boolean) =>
      readRowsOf<{ key: string }>(text, { file: 'f', schema, measured: [], ...(asked ? { asked } : {}) });
    expect(read((key) => key === 'a').rows.map(({ value }) => value.key)).toEqual(['a']);
    expect(read((key) => key === 'a').faults.map(({ text: line }) => line)).toEqual(['null']);
    expect(read().faults.map(({ text: line }) => line)).toEqual(['{"key":"b", broken', 'null']);
  });
});
