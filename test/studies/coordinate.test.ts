import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type CoordinateOptions,
  coordinate,
  parseBudget,
  type StudyEvent,
} from '../../src/studies/coordinate.js';
import type { Ending, StudyEngine, StudyWork } from '../../src/studies/engines/engine.js';
import { Estimate } from '../../src/studies/estimate.js';
import type { Trial } from '../../src/studies/expand.js';
import { type OpenStudy, openStudy } from '../../src/studies/open-study.js';
import type { StudyRecord, TrialTiming } from '../../src/studies/study-record.js';
import { temporaryFolders, writeDataset } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** A study of 3 points, 1 protocol, `runs` runs on a small dataset. */
async function small(runs = 2): Promise<OpenStudy> {
  return await studyOn(writeDataset(folders.make()), join(folders.make(), 'small'), runs);
}

async function studyOn(dataset: string, out: string, runs: number): Promise<OpenStudy> {
  const dir = folders.make();
  writeFileSync(join(dir, 'fast.config.yaml'), readFileSync('experiments/paper.config.yaml'));
  const file = join(dir, 'small.study.yaml');
  writeFileSync(
    file,
    `study: small
question: Does it go on?
protocols: [blocked]
fix: { dataset: ${dataset} }
vary: { window.size: [4, 5, 6] }
repeat: { runs: ${runs} }
report: { charts: [protocols] }
`,
  );
  return await openStudy(file, { out });
}

/** Leaves what a worker leaves for a trial that ends well. */
function finishTrial(dir: string, { key, point, protocol, run, seed }: Trial): Ending {
  const folder = join(dir, 'trials', key);
  const record = { schema: 1, key, point, protocol, run, seed, status: 'done', result: { epochs: seed } };
  const timing = { key, seconds: 2, totalSeconds: 3 } as TrialTiming;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'timing.json'), JSON.stringify(timing));
  return { exit: 0, message: '' };
}

/** An engine of so many workers that asks `act` what comes of a trial. */
function engine(act: (trial: Trial, work: StudyWork) => Ending | Promise<Ending>, workers = 2): StudyEngine {
  return {
    name: 'test',
    workers,
    run: async (work) => {
      const worker = async (): Promise<void> => {
        for (let trial = await work.next(); trial; trial = await work.next()) {
          work.started(trial, 'here');
          await work.ended(trial, await act(trial, work));
        }
      };
      await Promise.all(Array.from({ length: workers }, worker));
    },
  };
}

const silent = { write: () => true };

async function run(opened: OpenStudy, own: StudyEngine, more: Partial<CoordinateOptions> = {}) {
  const events: StudyEvent[] = [];
  const outcome = await opened.locked((folder) =>
    coordinate({
      study: 'small',
      folder,
      trials: opened.trials,
      wanted: new Set(opened.trials.map(({ key }) => key)),
      engine: own,
      estimate: new Estimate(192, opened.trials),
      classes: false,
      retryFailed: false,
      budget: null,
      signal: new AbortController().signal,
      sink: silent,
      tell: (event) => events.push(event),
      backoff: () => 1,
      ...more,
    }),
  );
  return { outcome, events };
}

const records = ({ dir }: OpenStudy): StudyRecord[] =>
  readFileSync(join(dir, 'records.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StudyRecord);

describe('coordinate', () => {
  it('runs every trial once, and nothing when all is done', async () => {
    const opened = await small();
    const ran: string[] = [];
    const good = engine((trial) => {
      ran.push(trial.key);
      return finishTrial(opened.dir, trial);
    });
    const { outcome, events } = await run(opened, good);
    expect(outcome).toEqual({ done: 6, failed: 0, missing: [], stopped: null });
    expect(ran.toSorted()).toEqual(opened.trials.map(({ key }) => key).toSorted());
    expect(records(opened).map(({ key }) => key)).toEqual(opened.trials.map(({ key }) => key));
    expect(events.filter(({ event }) => event === 'done')).toHaveLength(6);
    ran.length = 0;
    rmSync(join(opened.dir, 'trials'), { recursive: true });
    expect((await run(opened, good)).outcome.done).toBe(6);
    expect(ran).toEqual([]);
  });

  it('runs only what is new when the study grows', async () => {
    const before = await small(1);
    await run(
      before,
      engine((trial) => finishTrial(before.dir, trial)),
    );
    const grown = await studyOn(before.study.settings.dataset, before.dir, 2);
    const ran: number[] = [];
    await run(
      grown,
      engine((trial) => {
        ran.push(trial.run);
        return finishTrial(grown.dir, trial);
      }),
    );
    expect(ran).toEqual([1, 1, 1]);
    expect(records(grown)).toHaveLength(6);
  });

  it('tries a passing fault again, and goes on', async () => {
    const opened = await small(1);
    let faults = 0;
    const { outcome, events } = await run(
      opened,
      engine((trial) =>
        faults++ < 2 ? { exit: faults === 1 ? 75 : null, message: 'gone' } : finishTrial(opened.dir, trial),
      ),
    );
    expect(outcome).toMatchObject({ done: 3, failed: 0 });
    expect(events.filter(({ event }) => event === 'retried')).toHaveLength(2);
  });

  it('records a permanent fault with its reason, lets the rest go on, and tries it again only when asked to', async () => {
    const opened = await small();
    const bad = opened.trials[1]!.key;
    const half = engine((trial) =>
      trial.key === bad ? { exit: 42, message: 'studies: expected more' } : finishTrial(opened.dir, trial),
    );
    expect((await run(opened, half)).outcome).toMatchObject({ done: 5, failed: 1, missing: [] });
    expect(records(opened).find(({ key }) => key === bad)).toMatchObject({
      status: 'failed',
      failure: 'studies: expected more',
    });
    const good = engine((trial) => finishTrial(opened.dir, trial));
    expect((await run(opened, good)).outcome).toMatchObject({ done: 5, failed: 1 });
    expect((await run(opened, good, { retryFailed: true })).outcome).toMatchObject({ done: 6, failed: 0 });
  });

  it('gives a trial up that fails three times', async () => {
    const opened = await small(1);
    const tries: string[] = [];
    const { outcome } = await run(
      opened,
      engine((trial) => {
        tries.push(trial.key);
        return trial === opened.trials[0] ? { exit: 1, message: 'bug' } : finishTrial(opened.dir, trial);
      }),
    );
    expect(tries.filter((key) => key === opened.trials[0]!.key)).toHaveLength(3);
    expect(outcome).toMatchObject({ done: 2, failed: 1 });
    expect(records(opened)[0]).toMatchObject({ status: 'failed', failure: 'bug' });
  });

  it('begins no other trial after five failures in a row', async () => {
    const opened = await small(4);
    const { outcome } = await run(
      opened,
      engine(() => ({ exit: 42, message: 'all wrong' }), 1),
    );
    expect(outcome).toMatchObject({ done: 0, failed: 5, stopped: 'breaker' });
    expect(outcome.missing).toHaveLength(7);
  });

  it('leaves what was running when it is interrupted, and goes on with it', async () => {
    const opened = await small();
    const stop = new AbortController();
    let ran = 0;
    const interrupted = engine((trial, work) => {
      if (++ran < 3) return finishTrial(work.dir, trial);
      stop.abort();
      return { exit: 130, message: 'interrupted' };
    }, 1);
    const { outcome } = await run(opened, interrupted, { signal: stop.signal });
    expect(outcome).toMatchObject({ done: 2, failed: 0, stopped: 'interrupted' });
    expect(outcome.missing).toHaveLength(4);
    expect(
      (
        await run(
          opened,
          engine((trial) => finishTrial(opened.dir, trial)),
        )
      ).outcome.done,
    ).toBe(6);
  });

  it('takes over what workers left when the study itself was killed', async () => {
    const opened = await small(1);
    finishTrial(opened.dir, opened.trials[2]!);
    const ran: string[] = [];
    const own = engine((trial) => {
      ran.push(trial.key);
      return finishTrial(opened.dir, trial);
    });
    expect((await run(opened, own)).outcome.done).toBe(3);
    expect(ran).toHaveLength(2);
  });

  it('takes over trials of the same key of the study beside it', async () => {
    const opened = await small(1);
    await run(
      opened,
      engine((trial) => finishTrial(opened.dir, trial)),
    );
    const again = await studyOn(opened.study.settings.dataset, join(opened.dir, '..', 'beside'), 1);
    const { outcome } = await run(
      again,
      engine(() => {
        throw new Error('nothing is to be run');
      }),
    );
    expect(outcome.done).toBe(3);
    expect(records(again)).toEqual(records(opened));
  });

  it('runs what fits the budget, and says what is missing', async () => {
    const opened = await small(1);
    const estimate = new Estimate(192, opened.trials);
    estimate.seconds = ({ settings }) => (settings.window.size === 5 ? 10 : 1000);
    const { outcome } = await run(
      opened,
      engine((trial) => finishTrial(opened.dir, trial)),
      {
        budget: 60,
        estimate,
      },
    );
    expect(outcome).toMatchObject({ done: 1, stopped: 'budget' });
    expect(outcome.missing.map(({ label }) => label)).toEqual(['window.size=4', 'window.size=6']);
  });

  it('refuses a folder in which another study runs', async () => {
    const opened = await small(1);
    await opened.locked(async () => {
      expect(existsSync(join(opened.dir, 'lock'))).toBe(true);
      await expect(opened.locked(async () => 0)).rejects.toThrow(
        `studies: expected ${opened.dir} to be free, got a study that runs there (process ${process.pid} on `,
      );
    });
  });
});

describe('parseBudget', () => {
  it('reads hours, minutes and seconds', () => {
    expect(['30m', '2h', '90s', '1h30m'].map(parseBudget)).toEqual([1800, 7200, 90, 5400]);
  });

  it.each(['', '30', 'm', '1.5h', '-3m', '0m'])('refuses %j', (text) => {
    expect(() => parseBudget(text)).toThrow(
      `studies: expected a budget such as 30m or 1h30m, got “${text}”.`,
    );
  });
});
