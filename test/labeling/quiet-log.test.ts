import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { type LabelRow, labelLines } from '../../src/labeling/labeler.js';
import { openPredictor } from '../../src/model/kinds.js';
import { request } from '../contexts/log.js';

let table: ResourceTable;
beforeAll(async () => {
  table = await loadResourceTable();
});
const TODAY = Date.UTC(2026, 0, 2);
beforeEach(() => void vi.useFakeTimers({ now: TODAY }));
afterEach(() => void vi.useRealTimers());

const HOUR = 3600;

/** Rows that are given of lines that come at once, then never another, each with the second at which it was given. */
async function rowsOf(events: readonly ReturnType<typeof request>[]): Promise<[LabelRow, number][]> {
  const predictor = await openPredictor();
  let end = (): void => {};
  const never = new Promise<void>((resolve) => {
    end = resolve;
  });
  const lines = (async function* () {
    for (const [line, event] of events.entries()) yield { line, text: '', event };
    await never;
  })();
  const rows: [LabelRow, number][] = [];
  const now = (): number => Date.now();
  const done = (async () => {
    for await (const row of labelLines(lines, { predictor, table, silence: 1000, now }))
      rows.push([row, (Date.now() - TODAY) / 1000]);
  })();
  await vi.advanceTimersByTimeAsync(20_000);
  const given = [...rows];
  end();
  await done;
  await predictor.release();
  expect(rows).toEqual(given);
  return given;
}

describe('the rows of a log that is silent', () => {
  it('are all given, those of questions too, whose command might go on', async () => {
    const rows = await rowsOf([
      request(0, 'ann', 'create', 'pods/shop/a'),
      request(5, 'bob', 'get', 'pods/shop/b'),
    ]);
    expect(rows.map(([{ trigger }, second]) => [trigger?.line, second])).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it('have one that comes after hours in its place, for the clock bears it out', async () => {
    const rows = await rowsOf([
      ...[0, 1, 2, 3].map((second) => request(second, 'ann', 'create', `pods/shop/a${second}`)),
      request(5 * HOUR, 'ann', 'delete', 'pods/shop/a1'),
    ]);
    expect(rows.map(([{ line, outOfTime }]) => [line, outOfTime])).toEqual(
      [0, 1, 2, 3, 4].map((line) => [line, undefined]),
    );
  });

  it('have one of a time that is still to come by itself, and hold none back for it', async () => {
    const rows = await rowsOf([
      ...[0, 1, 2, 3].map((second) => request(second, 'ann', 'create', `pods/shop/a${second}`)),
      request(500 * HOUR, 'ann', 'delete', 'pods/shop/a1'),
      request(4, 'ann', 'create', 'pods/shop/a4'),
    ]);
    expect(rows.map(([{ line, outOfTime }]) => [line, outOfTime])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, 'ahead'],
      [5, undefined],
    ]);
  });
});
