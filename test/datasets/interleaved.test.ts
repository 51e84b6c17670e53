import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTruth } from '../../src/dataset/truth.js';
import { verifyDataset } from '../../src/dataset/verify.js';

const DIR = 'datasets/interleaved';

describe('datasets/interleaved', () => {
  it('is sound, under 8 MB, and says of every line how it is known', async () => {
    expect((await verifyDataset(DIR)).faults).toEqual([]);
    const { files } = JSON.parse(readFileSync(`${DIR}/manifest.json`, 'utf8')) as {
      files: Record<string, { bytes: number }>;
    };
    expect(Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(8e6);
    for await (const { how, disputed, background } of readTruth(`${DIR}/truth.jsonl.gz`)) {
      expect(disputed).toBe(false);
      expect(how).toMatch(background ? /^background$/ : /^(direct|time(, .+)?)$/);
    }
  });
});
