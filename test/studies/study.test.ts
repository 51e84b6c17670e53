import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.js';
import { expandStudy, spread, trialKey } from '../../src/studies/expand.js';
import { pointLabel, settingsOf } from '../../src/studies/point.js';
import type { StudyFile } from '../../src/studies/record.js';
import { readStudyFile } from '../../src/studies/study.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** A study file beside a copy of the paper's settings. */
function studyFile(text: string): string {
  const dir = folders.make();
  writeFileSync(join(dir, 'fast.config.yaml'), readFileSync('experiments/paper.config.yaml'));
  writeFileSync(join(dir, 'paper.config.yaml'), readFileSync('experiments/paper.config.yaml'));
  const file = join(dir, 'some.study.yaml');
  writeFileSync(file, text);
  return file;
}

const SMALL = `study: small
question: Does it work?
protocols: [paper, blocked]
fix: { window.stride: 4 }
vary: { window.size: [5, 10, 60], training.batchSize: [32, 64] }
baseline: { window.size: 60, training.batchSize: 32 }
repeat: { runs: 2, seed: 3 }
report: { charts: [metric-by-value] }
`;

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

describe('readStudyFile', () => {
  it('makes a point of every combination, and fills in what is not said', async () => {
    const study = await readStudyFile(studyFile(SMALL));
    expect(study.points).toHaveLength(6);
    expect(study.points[1]).toEqual({ 'window.size': 5, 'training.batchSize': 64 });
    expect(study.settings.window.stride).toBe(4);
    expect(study.repeat).toEqual({ runs: 2, seed: 3, once: [] });
    expect(study.report).toEqual({
      charts: ['metric-by-value'],
      metric: 'macroF1.strict',
      level: 'lines',
      interval: 0.95,
      classes: false,
    });
    expect([study.base, study.name]).toEqual(['fast', 'small']);
  });

  it('takes other base settings, runs and values from the command line, and another name with them', async () => {
    const file = studyFile(SMALL);
    const study = await readStudyFile(file, { base: 'paper', runs: 9, set: { 'window.stride': 2 } });
    expect([study.base, study.name, study.repeat.runs]).toEqual(['paper', 'small-paper-stride-2', 9]);
    expect(study.settings.window.stride).toBe(2);
  });

  it('lets --set win over what goes with a value', async () => {
    const adjust =
      'adjust: [{ at: { window.size: 5 }, set: { training.epochs: 9, training.crop.batches: 0.5 } }]\n';
    const file = studyFile(SMALL + adjust);
    const epochsAt5 = async (set: Record<string, unknown>): Promise<number | undefined> => {
      const trials = expandStudy(await readStudyFile(file, { set }), 'a'.repeat(64));
      return trials.find(({ point }) => point['window.size'] === 5)?.settings.training.epochs;
    };
    expect(await epochsAt5({})).toBe(9);
    expect(await epochsAt5({ 'training.epochs': 2 })).toBe(2);
    const crop = { 'training.crop': { batches: 0, cut: 3 } };
    const study = await readStudyFile(file, { set: crop });
    expect(study.adjust).toEqual([{ at: { 'window.size': 5 }, set: { 'training.epochs': 9 } }]);
    expect([study.name, study.settings.training.crop]).toEqual([
      'small-crop-batches-0-cut-3',
      { batches: 0, cut: 3 },
    ]);
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { 'window.size': 10 },
      'got window.size: window.size is what the study varies.\n  Hint: Name one of its points with --only window.size=VALUE.',
    ],
    [
      { seed: 3 },
      'got seed: each run has a seed of its own.\n  Hint: The first one is in the study’s file: repeat.seed.',
    ],
    [
      { 'split.protocol': 'paper' },
      'got split.protocol: the study has protocols of its own.\n  Hint: Choose among them with --protocol.',
    ],
    [
      { 'training.focal.gamma': 1 },
      'got training.focal.gamma: the study’s file adjusts training.focal as a whole.\n  Hint: Set training.focal as a whole too.',
    ],
  ])('refuses --set %j, which would not hold, with the reason', async (set, message) => {
    const adjust = 'adjust: [{ at: {}, set: { training.focal: { alpha: 0.5, gamma: 2 } } }]\n';
    expect(await failure(readStudyFile(studyFile(SMALL + adjust), { set }))).toContain(message);
  });

  it('gives a study with long changes a name of bounded length that tells it from others', async () => {
    const names = await Promise.all(
      [0.001, 0.0012].map(async (rate) => {
        const set = {
          'training.learningRate': rate,
          'training.earlyStopping.patience': 12,
          'model.dropout': 0.25,
        };
        return (await readStudyFile(studyFile(SMALL), { set })).name;
      }),
    );
    expect(names[0]).not.toBe(names[1]);
    for (const name of names) expect(name).toMatch(/^small-[a-z0-9-]{1,30}$/);
  });

  it.each<[string, string, string]>([
    ['runs', 'repeat: { runs: 2, seed: 3 }', 'repeat: { runs: 1000000000 }'],
    ['a seed', 'repeat: { runs: 2, seed: 3 }', 'repeat: { runs: 2, seed: 9007199254740993 }'],
    ['settings', 'fix: { window.stride: 4 }', 'fix: { evaluation.resamples: 1000000000 }'],
    ['units', 'fix: { window.stride: 4 }', 'fix: { model.units: [1000000, 3] }'],
    ['a learning rate', 'fix: { window.stride: 4 }', 'fix: { training.learningRate: 1e300 }'],
    ['epochs', 'fix: { window.stride: 4 }', 'fix: { training.epochs: 1000000000 }'],
  ])('refuses %s beyond their limit, and names it', async (_, from, to) => {
    expect(await failure(readStudyFile(studyFile(SMALL.replace(from, to))))).toMatch(/must be <= \d/);
  });

  it('refuses a grid of too many points before it is made, too many trials, and no number of runs', async () => {
    const values = `[${Array.from({ length: 1000 }, (_, i) => i + 1).join(', ')}]`;
    const grid = (paths: string[]) =>
      studyFile(
        SMALL.replace(
          /vary: .*/,
          `vary: { ${paths.map((path) => `${path}: ${values}`).join(', ')} }`,
        ).replace(/baseline: .*\n/, ''),
      );
    const paths = ['window.size', 'training.batchSize', 'training.epochs'];
    expect(await failure(readStudyFile(grid(paths)))).toContain(
      'vary: must make at most 20000 points, makes 1,000,000,000',
    );
    expect(await failure(readStudyFile(grid(['window.size']), { runs: 900 }))).toContain(
      'must make at most 100000 trials, makes 1,800,000',
    );
    for (const runs of [0, 1.5, Number.NaN, 1e9])
      expect(await failure(readStudyFile(studyFile(SMALL), { runs }))).toContain(
        `--runs: must be an integer from 1 to 1000, got ${runs}`,
      );
  });

  it('lets settings go with a value under the study’s own base, without being part of the point', async () => {
    const adjust = 'adjust: [{ at: { window.size: 5 }, set: { window.stride: 1 } }]\n';
    const study = await readStudyFile(studyFile(SMALL + adjust));
    const strides = expandStudy(study, 'a'.repeat(64)).map(({ point, settings }) => [
      point['window.size'],
      settings.window.stride,
    ]);
    expect(new Set(strides.map(String))).toEqual(new Set(['5,1', '10,4', '60,4']));
    expect(study.points[0]).toEqual({ 'window.size': 5, 'training.batchSize': 32 });
    const other = await readStudyFile(studyFile(SMALL + adjust), { base: 'paper' });
    expect(expandStudy(other, 'a'.repeat(64)).map(({ settings }) => settings.window.stride)).toEqual(
      Array(24).fill(4),
    );
    const always = await readStudyFile(studyFile(SMALL + adjust.replace('window.size: 5', '')));
    expect(expandStudy(always, 'a'.repeat(64)).map(({ settings }) => settings.window.stride)).toEqual(
      Array(24).fill(1),
    );
    const own = await readStudyFile(studyFile(`${SMALL}adjust: [{ at: {}, set: { window.size: 30 } }]\n`));
    expect(own.points.map((point) => settingsOf(point, own.adjust))).toEqual(own.points);
    const wrong = studyFile(`${SMALL}${adjust.replace('stride: 1', 'stride: 0')}`);
    expect(await failure(readStudyFile(wrong))).toContain(`${wrong}:5: window.stride: must be >= 1`);
  });

  it('leaves out each column in turn', async () => {
    const study = await readStudyFile(
      studyFile(
        SMALL.replace(/vary:.*/, 'vary: { features.exclude: { each: paper } }').replace(/baseline:.*\n/, ''),
      ),
    );
    expect(study.points).toHaveLength(40);
    expect(study.points.slice(0, 2).map(pointLabel)).toEqual(['all features', 'without objectRef.apiGroup']);
  });

  it('says all that is wrong at once, each with its line', async () => {
    const file = studyFile(
      SMALL.replace('protocols: [paper, blocked]', 'protocols: [paper, random]')
        .replace('question', 'qestion')
        .replace('runs: 2', 'runs: 0'),
    );
    expect(await failure(readStudyFile(file))).toBe(
      `studies: expected valid study, got 4 faults:
  ${file}:1: keys of a study: must have required property 'question'
  ${file}:2: qestion: unknown key “qestion”; did you mean “question”?
  ${file}:3: protocols.1: must be one of paper, blocked, capture
  ${file}:7: repeat.runs: must be >= 1
  Hint: experiments/window-size.study.yaml is an example; experiments/study.schema.json has every key.`,
    );
  });

  it('takes as negative controls only columns that a point leaves out', async () => {
    const ablation = (controls: string) =>
      studyFile(
        `study: small\nquestion: Which?\nprotocols: [blocked]\nvary: { features.exclude: { each: [verb, userAgent.tool] } }\ncontrols: [${controls}]\nrepeat: { runs: 1 }\nreport: { charts: [protocols] }\n`,
      );
    expect((await readStudyFile(ablation('verb'))).controls).toEqual(['verb']);
    expect(await failure(readStudyFile(ablation('verbs')))).toContain(
      ':5: controls: must be columns that a point leaves out, got verbs',
    );
  });

  it('checks every trial that it asks for before any is run', async () => {
    const file = studyFile(
      SMALL.replace('window.stride: 4', 'window.strid: 4')
        .replace('[5, 10, 60]', '[5, none, 60]')
        .replace('baseline: { window.size: 60', 'baseline: { window.size: 61'),
    );
    expect(await failure(readStudyFile(file))).toBe(
      `studies: expected valid study, got 3 faults:
  ${file}:4: fix: window.strid: unknown key “strid”; did you mean “stride”?
  ${file}:5: window.size: must be integer
  ${file}:6: baseline: must be one of the points
  Hint: experiments/window-size.study.yaml is an example; experiments/study.schema.json has every key.`,
    );
  });

  it('refuses a point that is there twice', async () => {
    const twice = SMALL.replace('[5, 10, 60]', '[5, 60, 5]');
    expect(await failure(readStudyFile(studyFile(twice)))).toContain(
      'the point window.size=5 training.batchSize=32 is there twice',
    );
  });

  it('finds a dataset beside its file', async () => {
    const file = studyFile(SMALL.replace('window.stride: 4', 'window.stride: 4, dataset: ./own.jsonl'));
    writeFileSync(join(file, '../own.jsonl'), '');
    expect((await readStudyFile(file)).settings.dataset).toBe(join(file, '../own.jsonl'));
  });

  it('says which files there are when it is not there', async () => {
    expect(await failure(readStudyFile('experiments/none.study.yaml'))).toBe(
      'studies: expected a study file, got no readable experiments/none.study.yaml.\n  Hint: Name a file, or one of these: audit-level, class-weight, encoder, feature-ablation, k-fold, learning-curve, leave-one-capture-out, optimizer, paper-capture, paper-configuration, pointer-ablation, pointer-families, pointer-learners, pointer-rules, purged, split, window-size.',
    );
  });
});

describe('expandStudy', () => {
  it('runs points without random choices once', async () => {
    const study = await readStudyFile('experiments/pointer-learners.study.yaml');
    const trials = expandStudy(study, 'a'.repeat(64));
    const runsOf = (learner: string) =>
      trials.flatMap(({ point, run }) => (point['model.learner'] === learner ? [run] : []));
    expect(runsOf('trees')).toEqual([0, 1, 2, 3, 4]);
    expect(runsOf('rules')).toEqual([0]);
  });

  it('runs every point under every protocol before any a second time', async () => {
    const trials = expandStudy(await readStudyFile(studyFile(SMALL)), 'a'.repeat(64));
    expect(trials).toHaveLength(6 * 2 * 2);
    expect(new Set(trials.map(({ key }) => key)).size).toBe(24);
    expect(trials.map(({ run }) => run)).toEqual([...Array(12).fill(0), ...Array(12).fill(1)]);
    expect(new Set(trials.slice(12).map(({ seed }) => seed))).toEqual(new Set([4]));
    expect(trials[0]?.settings.split.protocol).toBe('paper');
  });

  it('gives a trial the same key wherever the dataset lies, and another for every value that counts', async () => {
    const settings = await readSettings('experiments/paper.config.yaml');
    const hash = 'a'.repeat(64);
    const key = trialKey(settings, hash);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(trialKey({ ...settings, dataset: 'elsewhere' }, hash)).toBe(key);
    expect(trialKey(Object.fromEntries(Object.entries(settings).reverse()) as typeof settings, hash)).toBe(
      key,
    );
    const others = [
      trialKey(settings, 'b'.repeat(64)),
      trialKey({ ...settings, seed: 8 }, hash),
      trialKey({ ...settings, window: { size: 60, stride: 2 } }, hash),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
  });
});

describe('trialKey', () => {
  it('is that of the committed records, which are older than some settings', async () => {
    const study = await readStudyFile('experiments/paper-configuration.study.yaml');
    const { dataset, trials } = JSON.parse(
      readFileSync('results/reference/paper-configuration/study.json', 'utf8'),
    ) as StudyFile;
    expect(expandStudy(study, dataset.sha256).map(({ key }) => key)).toEqual(trials.map(({ key }) => key));
  });

  it('counts a newer setting where it changes the training', async () => {
    const settings = await readSettings('experiments/paper.config.yaml');
    const key = (training: Partial<typeof settings.training>) =>
      trialKey({ ...settings, training: { ...settings.training, ...training } }, 'a'.repeat(64));
    const repeatFactor = { threshold: 0.002, power: 0.5 };
    expect(key({ repeatFactor })).toBe(key({}));
    expect(key({ crop: { batches: 0, cut: 3 } })).toBe(key({}));
    const { audit: _, ...older } = settings;
    const atLevel = (level: 'metadata' | 'requestResponse') =>
      trialKey({ ...older, audit: { level } }, 'a'.repeat(64));
    expect(atLevel('requestResponse')).toBe(key({}));
    expect(atLevel('metadata')).not.toBe(key({}));
    const keys = [
      key({}),
      key({ sampling: 'repeat-factor' }),
      key({ sampling: 'repeat-factor', repeatFactor }),
      key({ oneCycle: { ...settings.training.oneCycle, descent: 'linear' } }),
      key({ crop: { batches: 0.5, cut: 2 } }),
      key({ crop: { batches: 0.5, cut: 3 } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('spread', () => {
  it('gives every number once, the ends first', () => {
    expect(spread(5)).toEqual([0, 4, 2, 1, 3]);
    fc.assert(
      fc.property(fc.nat(60), (count) => {
        expect(spread(count).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
