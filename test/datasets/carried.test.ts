import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { verifyDataset } from '../../src/dataset/verify.js';

const KINDS = new Set(['direct', 'propagated', 'several', 'background', 'clock', 'unfollowed']);
/** Each dataset, its captures that are trained on, and the most bytes that it may have. */
const DATASETS = [
  ['datasets/propagated', [], 8e6],
  ['datasets/automated', [], 8e6],
  ['datasets/carried', ['d1', 'd2', 'd3', 'd4'], 9e6],
] as const;

describe.each(DATASETS)('%s', (dir, train, most) => {
  it('is sound, small, has its folds, and says of every line what it comes of', async () => {
    expect((await verifyDataset(dir)).faults).toEqual([]);
    const { files, folds, truth } = JSON.parse(readFileSync(`${dir}/manifest.json`, 'utf8')) as {
      files: Record<string, { bytes: number }>;
      folds: { default: Record<string, string[]> };
      truth: string;
    };
    expect(Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(most);
    expect([folds.default.train, folds.default.validation, truth]).toEqual([train, [], 'propagation']);
    const rows: TruthRow[] = [];
    for await (const row of readTruth(`${dir}/truth.jsonl.gz`)) rows.push(row);
    const share = (how: string) => rows.filter((row) => row.how === how).length / rows.length;
    expect(share('unfollowed')).toBeLessThan(0.05);
    const wrong = rows.filter(({ how, disputed, background, causes = [], roots = [], capture, context }) => {
      const followed = how === 'propagated' || how === 'several';
      return !(
        KINDS.has(how) &&
        disputed === (how === 'several' || how === 'unfollowed') &&
        background === (how === 'background' || how === 'clock') &&
        (!followed || (causes.length > 0 && roots.length > 1 === (how === 'several'))) &&
        // Its context is that of one of the people's requests that it goes back to.
        (!followed || roots.some((line) => rows[line]!.context === context)) &&
        [...causes, ...roots].every((line) => rows[line]!.capture === capture) &&
        roots.every((line) => rows[line]!.how === 'direct' && rows[line]!.trigger)
      );
    });
    expect(wrong).toEqual([]);
  });
});
