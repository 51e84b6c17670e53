import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../fixtures/dataset.js';
import { runCommand } from '../../fixtures/run-command.js';
import { studyOf, writeStudy } from '../../fixtures/study-results.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const RUN = 'results/reference/first-light-w60-s7';

/** A study in which windows of 5 are worse than those of 10 by .02, .03, .04. */
const sizes = async (more: Parameters<typeof studyOf>[0] = {}): Promise<string> =>
  writeStudy(
    folders.make(),
    await studyOf({
      score: (point, run) => 0.9 + 0.01 * (run % 2) - (point['window.size'] === 5 ? 0.02 + 0.01 * run : 0),
      ...more,
    }),
  );

describe('compare', () => {
  it('sets each point of a study against its baseline, all protocols side by side', async () => {
    expect(await runCommand('compare', await sizes())).toEqual({
      code: 0,
      error: '',
      out: `protocol  A              B               pairs  mean A  mean B  A − B     p      p (Holm)  P(A > B)
────────  ─────────────  ──────────────  ─────  ──────  ──────  ────────  ─────  ────────  ─────────
paper     window.size=5  window.size=10  3      .8733   .9033   −.0300    .0591  .0591     .000
(leaks)                                                         [−.0629,                   [.000,
                                                                +.0029]                    .561]
blocked   window.size=5  window.size=10  3      .8733   .9033   −.0300    .0351  .0351     .000
                                                                [−.0548,                   [.000,
                                                                −.0052]                    .561]

Macro F1 (strict) by line, voted over windows; runs of the same seed are paired; 95 % intervals.
paper: corrected resampled t test (Nadeau–Bengio), since runs draw their own test windows.
blocked: paired t test; every run has the same test lines, so that only what training draws is in
the intervals.
p (Holm) is adjusted for the comparisons of a protocol.
Note, paper: test windows of 5 by 1 lines and of 10 by 1 are drawn apart: they cover other lines.
`,
    });
  });

  it('compares two points, by another score and level', async () => {
    const { out } = await runCommand(
      'compare',
      await sizes(),
      ...[
        '--a',
        'window.size=10',
        '--b',
        'window.size=5',
        '--metric',
        'exactMatch',
        '--level',
        'windows',
        '--json',
      ],
    );
    expect(JSON.parse(out)).toMatchObject({
      metric: 'exactMatch',
      level: 'windows',
      confidence: 0.95,
      comparisons: [
        { protocol: 'paper', a: 'window.size=10', b: 'window.size=5' },
        { protocol: 'blocked', result: { seeds: [1, 2, 3], holm: null, superiority: { value: 1 } } },
      ],
    });
  });

  it('takes a point by its label, and the baseline where only one is named', async () => {
    const points = [{}, { 'training.batchSize': 16, 'training.epochs': 3 }];
    const study = await sizes({ points, baseline: {} });
    const { out } = await runCommand('compare', study, '--a', 'training.epochs=3', '--json');
    expect(JSON.parse(out).comparisons[0]).toMatchObject({
      a: 'training.batchSize=16 training.epochs=3',
      b: 'base',
    });
    const { out: again } = await runCommand(
      'compare',
      study,
      '--a',
      'base',
      '--b',
      'training.batchSize=16',
      '--json',
    );
    expect(JSON.parse(again).comparisons[0]).toMatchObject({ a: 'base' });
  });

  it('compares the points that two studies share', async () => {
    const other = await sizes({ name: 'slow', protocols: ['blocked'], score: () => 0.95 });
    const { out } = await runCommand('compare', await sizes(), other);
    expect(out).toMatch(/^blocked +sizes: +slow: +3 .*\n +window\.size=5 +window\.size=5 /m);
    expect(out).toMatch(/^blocked +sizes: +slow: +3 .*\n +window\.size=10 +window\.size=10 /m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('says what is not comparable instead of comparing', async () => {
    const { code, out } = await runCommand('compare', await sizes({ points: [{ 'split.test': 0.3 }, {}] }));
    expect(code).toBe(0);
    expect(
      out,
    ).toBe(`Macro F1 (strict) by line, voted over windows; runs of the same seed are paired; 95 % intervals.
Not compared, paper: split.test=0.3 and base: other test lines: split.test 0.3 against 0.1.
Not compared, blocked: split.test=0.3 and base: other test lines: split.test 0.3 against 0.1.
`);
  });

  it('sets two run folders side by side, with the intervals of their own', async () => {
    const { code, out } = await runCommand('compare', RUN, RUN, '--metric', 'macroF1.strict');
    expect(code).toBe(0);
    expect(out).toContain('blocked        Macro F1 (strict)  .140 [.086, .195]');
    expect(out.replaceAll('\n', ' ')).toContain(
      'One run each: intervals are over the test part, and none is known of the difference. Studies repeat runs.',
    );
  });

  it('says what one folder of runs has and the other has not', async () => {
    const { out } = await runCommand('compare', RUN, join(RUN, 'blocked'), '--json');
    const { comparisons } = JSON.parse(out);
    expect(comparisons).toHaveLength(6);
    expect(comparisons.find(({ protocol }: { protocol: string }) => protocol === 'paper')).toMatchObject({
      obstacles: [`no run under paper beside ${RUN}/blocked`],
      scores: { a: { value: 0.994979079497908 }, b: null },
      result: null,
    });
  });

  it('reports what it cannot do, with what would help', async () => {
    const study = await sizes({ baseline: null });
    const empty = folders.make();
    const copy = folders.make();
    cpSync(join(RUN, 'blocked'), copy, { recursive: true });
    const said = async (...argv: string[]) =>
      (await runCommand('compare', ...argv)).error
        .replaceAll(study, 'STUDY')
        .replaceAll(empty, 'EMPTY')
        .replaceAll(copy, 'RUN');
    expect(await said(study)).toBe(
      'compare: expected sizes to have a baseline and other points, got none.\n  Hint: Name two points with --a and --b.\n',
    );
    expect(await said(study, '--a', 'window.size=5')).toBe(
      'compare: expected --b, since sizes has no baseline, got none.\n  Hint: Name the other point with --b.\n',
    );
    expect(await said(study, '--a', 'window.size=7')).toBe(
      'studies: expected one point of sizes, got window.size=7, which is none.\n  Hint: Points are: window.size=5; window.size=10.\n',
    );
    expect(await said(study, copy)).toBe(
      'compare: expected two studies or two runs, got a study and RUN.\n  Hint: A study is a folder with study.json.\n',
    );
    expect(await said(copy)).toBe(
      'compare: expected a second folder, since RUN is no study, got none.\n  Hint: compare results/A results/B\n',
    );
    expect(await said(copy, empty)).toBe(
      'studies: EMPTY: expected study.json, or run.json there or in a folder below, got an empty folder.\n' +
        '  Hint: Name a folder that `train` or `study` has written, such as results/reference/window-size.\n',
    );
    expect(await said(copy, copy, '--a', 'x=1')).toBe(
      'compare: expected --a and --b with studies, got them with runs.\n  Hint: compare results/A results/B\n',
    );
  });
});
