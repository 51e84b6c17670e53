import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pointKey } from '../../src/studies/point.js';
import { isStudy, readStudy, recordsOf } from '../../src/studies/read.js';
import type { StudyRecord } from '../../src/studies/record.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { recordOf, studyOf, timingOf, writeStudy } from '../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const written = async (): Promise<string> => writeStudy(folders.make(), await studyOf());

const failure = (dir: string): Promise<string> =>
  readStudy(dir).then(
    () => 'nothing',
    (error: unknown) => String(error).replaceAll(dir, 'DIR'),
  );

const HINT = 'The record is broken or from another version; run the same `study` command again.';

/** Changes the row of a file, as text. */
function change(dir: string, file: string, row: number, edit: (text: string) => string): void {
  const lines = readFileSync(join(dir, file), 'utf8').split('\n');
  lines[row] = edit(lines[row]!);
  writeFileSync(join(dir, file), lines.join('\n'));
}

describe('readStudy', () => {
  it('gives back what was written', async () => {
    const results = await studyOf({ score: (_, run) => (run === 2 ? null : 0.9) });
    const dir = writeStudy(folders.make(), results);
    expect(await readStudy(dir)).toEqual({ ...results, dir });
    expect(await isStudy(dir)).toBe(true);
  });

  it('keeps null where a point says null, and NaN where nothing was measured', async () => {
    const results = await studyOf({ points: [{ 'window.size': null }], baseline: null });
    results.records[0]!.result!.lines.macroF1.strict.value = Number.NaN;
    results.timings.set('0p00000000000000', timingOf('0p00000000000000', Number.NaN));
    const read = await readStudy(writeStudy(folders.make(), results));
    expect(read.records[0]!.point).toEqual({ 'window.size': null });
    expect(read.study.baseline).toBeNull();
    expect(read.records[0]!.result!.lines.macroF1.strict.value).toBeNaN();
    expect(read.timings.get('0p00000000000000')!.seconds).toBeNaN();
  });

  it('leaves out and counts rows of trials that the study does not ask for, or that are there twice', async () => {
    const results = await studyOf();
    const [first] = results.records as [StudyRecord];
    const dir = writeStudy(folders.make(), {
      ...results,
      records: [
        ...results.records,
        recordOf({ ...first, key: 'another' }, 0.1),
        recordOf({ ...first, protocol: 'capture' }, 0.2),
        recordOf({ ...first, point: { 'window.size': 7 } }, 0.3),
        recordOf(first, 0.4),
      ],
    });
    const read = await readStudy(dir);
    expect(read.stale).toBe(4);
    expect(read.records).toEqual(results.records);
  });

  it('is without records before the first trial has ended, and without a row that was being written', async () => {
    const dir = await written();
    writeFileSync(join(dir, 'timings.jsonl'), '');
    appendFileSync(join(dir, 'records.jsonl'), '{"schema":1,"key":"0p');
    const read = await readStudy(dir);
    expect([read.records.length, read.timings.size, read.stale]).toEqual([12, 0, 0]);
  });

  it('says that a folder is none', async () => {
    const dir = folders.make();
    expect(await isStudy(dir)).toBe(false);
    expect(await failure(dir)).toBe(
      'studies: DIR/study.json: expected a study record, got no such file.\n' +
        '  Hint: Name a folder that `study` has written, such as results/reference/window-size.',
    );
  });

  it('names file and line of a wrong row', async () => {
    const dir = await written();
    change(dir, 'records.jsonl', 4, (row) => row.replace('"status":"done"', '"status":"over"'));
    expect(await failure(dir)).toBe(
      `studies: DIR/records.jsonl:5: expected status to be one of done, failed, got "over".\n  Hint: ${HINT}`,
    );
    change(dir, 'records.jsonl', 4, () => '{"schema":1,"status":"done"');
    expect(await failure(dir)).toContain('studies: DIR/records.jsonl:5: expected JSON, got ');
  });

  it('wants a result of a trial that is done, and none of one that failed', async () => {
    const dir = await written();
    change(dir, 'records.jsonl', 0, (row) => JSON.stringify({ ...JSON.parse(row), result: undefined }));
    expect(await failure(dir)).toContain(
      'DIR/records.jsonl:1: expected the record to have result, got only schema, key, ',
    );
    change(dir, 'records.jsonl', 0, (row) => row.replace('done', 'failed'));
    expect(await failure(dir)).toBe('nothing');
  });

  it('names the line of a fault in study.json and in timings.jsonl', async () => {
    const dir = await written();
    change(dir, 'timings.jsonl', 2, (row) => row.replace('"threads":1', '"threads":"one"'));
    expect(await failure(dir)).toContain('DIR/timings.jsonl:3: expected threads to be integer, got "one".');
    change(dir, 'study.json', 1, () => ' "schema": 2,');
    expect(await failure(dir)).toContain('DIR/study.json:2: expected schema to be 1, got 2.');
  });

  it('accepts records of before there were five baselines', async () => {
    const results = await studyOf();
    for (const { result } of results.records) {
      delete result!.baselines.tuple;
      delete result!.baselines.nearestAction;
    }
    expect((await readStudy(writeStudy(folders.make(), results))).records).toEqual(results.records);
  });
});

describe('recordsOf', () => {
  it('finds the runs of a point, whatever the order of its settings', async () => {
    const results = await studyOf({ points: [{ 'split.test': 0.1, 'split.validation': 0.2 }] });
    const found = recordsOf(results, { 'split.validation': 0.2, 'split.test': 0.1 }, 'blocked');
    expect(found.map(({ run, protocol }) => [run, protocol])).toEqual([
      [0, 'blocked'],
      [1, 'blocked'],
      [2, 'blocked'],
    ]);
    expect(pointKey({ a: 1, b: [2] })).toBe(pointKey({ b: [2], a: 1 }));
  });
});
