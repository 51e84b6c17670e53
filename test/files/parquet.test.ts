import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readParquet, writeParquet } from '../../src/files/parquet.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const COLUMNS = {
  line: Int32Array.of(0, -3, 2 ** 31 - 1),
  share: Float32Array.of(0, 0.1, 1),
  context: ['a1-000017', null, 'it’s "quoted"\n'] as (string | null)[],
};
const FORM = { line: new Int32Array(0), share: new Float32Array(0), context: [] as (string | null)[] };

describe('columns in Parquet', () => {
  it('are read as they were written, in order, bit by bit', async () => {
    const path = join(folders.make(), 'it’s a folder', "a'b.parquet");
    await writeParquet(path, COLUMNS);
    expect(await readParquet(path, FORM)).toEqual(COLUMNS);
  });

  it('may have no rows', async () => {
    const path = join(folders.make(), 'none.parquet');
    await writeParquet(path, FORM);
    expect(await readParquet(path, FORM)).toEqual(FORM);
  });

  it('are null where there is no file', async () => {
    expect(await readParquet(join(folders.make(), 'none.parquet'), FORM)).toBeNull();
  });

  it('are refused of a file that is none, or has other columns, with its name', async () => {
    const path = join(folders.make(), 'a.parquet');
    writeFileSync(path, 'not Parquet');
    await expect(readParquet(path, FORM)).rejects.toThrow(
      `${path}: expected a Parquet file with these columns, got `,
    );
    await writeParquet(path, { line: COLUMNS.line });
    await expect(readParquet(path, FORM)).rejects.toThrow('expected a Parquet file with these columns');
  });

  it('are refused of different lengths', async () => {
    const wrong = { a: Int32Array.of(1), b: Int32Array.of(1, 2) };
    await expect(writeParquet('none.parquet', wrong)).rejects.toThrow(
      'files: expected plain columns of 1 values, got b of 2.',
    );
  });
});
