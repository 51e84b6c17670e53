import { afterAll, describe, expect, it } from 'vitest';
import { encodeLabels } from '../../src/audit/codes.js';
import { type Label, loadResourceTable, partIds } from '../../src/audit/labels.js';
import type { Dataset } from '../../src/dataset/load.js';
import { COLUMNS } from '../../src/features/columns.js';
import { OrdinalEncoder } from '../../src/features/encoder.js';
import type { LineValues } from '../../src/features/line-table.js';
import { windowExamples } from '../../src/model/bilstm/examples.js';
import {
  predictionsOf,
  predictionsRecord,
  readPredictions,
  scoresByCapture,
  writePredictions,
} from '../../src/runs/predictions.js';
import type { Prepared } from '../../src/runs/prepare.js';
import { score } from '../../src/runs/score.js';
import { evaluateTest } from '../../src/runs/train.js';
import type { Settings } from '../../src/settings/schema.js';

import { leakReport } from '../../src/windows/leak.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const table = await loadResourceTable();
const ids = partIds(table);

const A: Label = [1, 0, 1, 1, 1];
const B: Label = [1, 0, 2, 1, 1];
const C: Label = [16, 0, 1, 1, 1];
const NONE: Label = [1, 0, 1023, 1, 1];

/** A line with values in some of all columns. */
const values = (given: Record<string, string>, namespace: string | null = 'shop'): LineValues => ({
  fields: COLUMNS.map(({ name }) => given[name] ?? null),
  namespace,
  actor: given['user.username'] ?? null,
});
const controller = { 'user.username': 'system:kube-controller-manager', verb: 'update' };

/** Six lines; the first three train, windows of two lines at 3 and 4 test. */
function hand(): Prepared {
  const label = [A, A, B, B, C, A];
  const { codes, targets } = encodeLabels(label, ids);
  const split: Prepared['split'] = {
    protocol: 'blocked',
    train: Int32Array.of(0, 1),
    validation: new Int32Array(0),
    test: Int32Array.of(3, 4),
    trainRows: [{ first: 0, last: 2 }],
    validationRows: [],
    testRows: [{ first: 3, last: 5 }],
  };
  const dataset = {
    line: Int32Array.of(10, 11, 12, 13, 14, 15),
    label,
    own: [A, A, B, B, C, NONE],
    context: ['one', 'one', 'two', 'two', null, 'one'],
    capture: ['a', 'a', 'a', 'a', 'b', 'b'],
    rows: [
      values({ ...controller }),
      values({ ...controller }),
      values({ ...controller }),
      values({ ...controller }),
      values({ 'user.username': 'dev', verb: 'create', 'objectRef.resource': 'pods' }),
      values({ ...controller, 'objectRef.resource': 'pods' }),
    ],
  } as unknown as Dataset<LineValues>;
  return {
    dataset,
    columns: [],
    rows: [['x'], ['y'], ['y'], ['z'], ['y'], ['x']],
    encoder: OrdinalEncoder.fit([], []),
    table,
    partIds: ids,
    codes,
    targets,
    matrix: new Float32Array(0),
    starts: Int32Array.of(0, 1, 2, 3, 4),
    split,
    leak: leakReport(split, { size: 2, rowKeys: codes, classes: codes }),
    unscored: null,
  };
}

const settings = async (more: Partial<Settings['evaluation']> = {}): Promise<Settings> => {
  const small = await smallSettings('none', { window: { size: 2, stride: 1 } });
  return { ...small, evaluation: { ...small.evaluation, ...more } };
};

/** Predictions of the two test windows, line by line. */
const predicted = (...labels: Label[]) => ({ loss: 0, classes: encodeLabels(labels, ids).targets });

describe('score', async () => {
  const metrics = score(
    hand(),
    await settings(),
    { tested: Int32Array.of(3, 4), size: 2 },
    predicted(B, NONE, NONE, A),
    30,
  );

  it('counts every line of every window, and each line once by vote', () => {
    expect(metrics.windows.n).toBe(4);
    expect(metrics.windows.exactMatch.value).toBe(0.5);
    expect(metrics.lines.n).toBe(3);
    expect(metrics.lines.exactMatch.value).toBeCloseTo(2 / 3, 12);
    expect(metrics).toMatchObject({ protocol: 'blocked', window: 2, stride: 1, part: 'test' });
  });

  it('counts a class that the model made up in strict macro F1 only', () => {
    expect(metrics.lines.macroF1.strict.value).toBeCloseTo((1 + 1 + 0 + 0) / 4, 12);
    expect(metrics.lines.macroF1.paper.value).toBeCloseTo((1 + 1 + 0) / 3, 12);
  });

  it('scores each label part', () => {
    expect(metrics.lines.parts).toEqual({ r: 2 / 3, s: 1, v: 2 / 3, n: 1, u: 1 });
  });

  it('puts intervals round the values', () => {
    for (const level of [metrics.lines, metrics.windows])
      for (const { value, low, high, n } of [level.exactMatch, level.macroF1.strict, level.macroF1.paper]) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(n).toBe(level.n);
      }
    expect(metrics.lines.exactMatch.method).toContain('bootstrap over 3 contexts, 100 resamples');
  });

  it('scores the baselines on the same lines', () => {
    const { majority, previousLine, ownAction, tuple, nearestAction } = metrics.baselines;
    // The truth is B, C, A; the second of these lines is the first of its capture.
    expect(majority.exactMatch.value).toBeCloseTo(1 / 3, 12); // A A A
    expect(previousLine.exactMatch.value).toBeCloseTo(2 / 3, 12); // B C C
    expect(ownAction.exactMatch.value).toBeCloseTo(2 / 3, 12); // B C NONE
    expect(tuple?.exactMatch.value).toBeCloseTo(2 / 3, 12); // B A A
    expect(nearestAction?.exactMatch.value).toBeCloseTo(2 / 3, 12); // B C C
    for (const scores of [majority, previousLine, ownAction, tuple, nearestAction]) expect(scores?.n).toBe(3);
  });

  it('gives each class its scores, its words and its weight over all windows', () => {
    const rows = metrics.classes.map(({ text, precision, recall, f1, support, predicted: given, weight }) => [
      text,
      [precision, recall, f1, support, given, weight],
    ]);
    expect(Object.fromEntries(rows)).toEqual({
      'create pods (one, namespaced)': [1, 1, 1, 1, 1, 4],
      'delete pods (one, namespaced)': [1, 1, 1, 1, 1, 4],
      'create apps/deployments (one, namespaced)': [0, 0, 0, 1, 0, 2],
      'no action (1, 0, 1023, 1, 1)': [0, 0, 0, 0, 1, 0],
    });
    expect(metrics.confusion).toContainEqual({
      truth: 'create apps/deployments (one, namespaced)',
      predicted: 'no action (1, 0, 1023, 1, 1)',
      count: 1,
    });
    expect(metrics.confusion).toHaveLength(3);
  });

  it('divides the time among the lines', () => {
    expect(metrics.inference.millisecondsPerLine).toBe(10);
  });

  it('leaves out the lines that are not to be scored, at both levels and of the baselines', async () => {
    const data = { ...hand(), unscored: Uint8Array.of(0, 0, 0, 0, 1, 0) };
    const test = { tested: Int32Array.of(3, 4), size: 2 };
    const { windows, lines, baselines } = score(
      data,
      await settings(),
      test,
      predicted(B, NONE, NONE, A),
      30,
    );
    expect([windows.n, lines.n, baselines.ownAction.n]).toEqual([2, 2, 2]);
    expect(windows.exactMatch.value).toBe(1);
    expect(lines.exactMatch.value).toBe(1);
  });

  it('is the same again', async () => {
    const again = score(
      hand(),
      await settings(),
      { tested: Int32Array.of(3, 4), size: 2 },
      predicted(B, NONE, NONE, A),
      30,
    );
    expect(again).toEqual(metrics);
  });
});

describe('predictions', async () => {
  const test = { tested: Int32Array.of(3, 4), size: 2 };
  const said = predictionsOf(hand(), await settings(), test, predicted(B, NONE, NONE, A));
  const codes = (...labels: Label[]): Int32Array => encodeLabels(labels, ids).codes;

  it('are what the windows voted of each line, with what training knew of its label', () => {
    expect(said).toEqual({
      line: Int32Array.of(13, 14, 15),
      capture: ['a', 'b', 'b'],
      context: ['two', null, 'one'],
      truth: codes(B, C, A),
      predicted: codes(B, NONE, A),
      own: codes(B, C, NONE),
      person: Int32Array.of(0, 1, 0),
      votes: Int32Array.of(1, 2, 1),
      share: Float32Array.of(1, 1, 1),
      trained: Int32Array.of(1, 0, 2),
    });
  });

  it('are scored capture by capture', () => {
    expect(scoresByCapture(said)).toEqual([
      { capture: 'a', lines: 1, exactMatch: 1, strict: 1 },
      // C is taken for no action, A is right: F1 of C, A and no action.
      { capture: 'b', lines: 2, exactMatch: 0.5, strict: 1 / 3 },
    ]);
  });

  it('leave out what is not scored', async () => {
    const data = { ...hand(), unscored: Uint8Array.of(0, 0, 0, 0, 1, 0) };
    const fewer = predictionsOf(data, await settings(), test, predicted(B, NONE, NONE, A));
    expect([...fewer.line]).toEqual([13, 15]);
    expect(fewer.predicted).toEqual(codes(B, A));
  });

  it('come back from their file, if they are those of the record', async () => {
    const dir = folders.make();
    const record = await writePredictions(dir, said);
    expect(record).toEqual(predictionsRecord(said));
    expect(await readPredictions(dir, record)).toEqual(said);
    expect(await readPredictions(folders.make(), record)).toBeNull();
    await writePredictions(dir, { ...said, votes: Int32Array.of(1, 2, 2) });
    expect(await readPredictions(dir, record)).toBeNull();
  });
});

describe('evaluateTest', () => {
  /** First rows of the windows that are evaluated, of tests at `test`. */
  async function evaluated(test: number[], stride: number): Promise<number[]> {
    const data = hand();
    data.split = { ...data.split, test: Int32Array.from(test) };
    const chosen = await settings({ stride });
    let asked: number[] = [];
    const engine = {
      evaluate: (starts: Int32Array) => {
        asked = [...starts];
        return predicted(...asked.flatMap(() => [A, A]));
      },
    };
    evaluateTest({ engine, examples: windowExamples(data, chosen) }, data, chosen, { write: () => true });
    return asked;
  }

  it('takes every test window, or those that lie a stride apart', async () => {
    expect(await evaluated([1, 2, 3, 4], 1)).toEqual([1, 2, 3, 4]);
    expect(await evaluated([1, 2, 3, 4], 2)).toEqual([1, 3]);
    expect(await evaluated([1, 4], 2)).toEqual([1, 4]);
    expect(await evaluated([3], 60)).toEqual([3]);
  });
});
