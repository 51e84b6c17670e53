import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseBudget } from '../../src/studies/coordinator.js';
import type { Ending, StudyEngine, StudyWork } from '../../src/studies/engines/engine.js';
import { Estimate } from '../../src/studies/estimate.js';
import type { Trial } from '../../src/studies/expand.js';
import type { OpenStudy } from '../../src/studies/open.js';
import type { StudyRecord } from '../../src/studies/record.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { finishTrial, runSmallStudy, smallStudy, studyOn } from '../fixtures/study.js';

const folders = temporaryFolders();
afterAll(folders.clear);

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

const records = ({ dir }: OpenStudy): StudyRecord[] =>
  readFileSync(join(dir, 'records.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StudyRecord);

describe('coordinate', () => {
  it('runs every trial once, and nothing when all is done', async () => {
    const opened = await smallStudy(folders);
    const ran: string[] = [];
    const good = engine((trial) => {
      ran.push(trial.key);
      return finishTrial(opened.dir, trial);
    });
    const { outcome, events } = await runSmallStudy(opened, good);
    expect(outcome).toEqual({ done: 6, failed: 0, missing: [], stopped: null });
    expect(ran.toSorted()).toEqual(opened.trials.map(({ key }) => key).toSorted());
    expect(records(opened).map(({ key }) => key)).toEqual(opened.trials.map(({ key }) => key));
    expect(events.filter(({ event }) => event === 'done')).toHaveLength(6);
    ran.length = 0;
    rmSync(join(opened.dir, 'trials'), { recursive: true });
    expect((await runSmallStudy(opened, good)).outcome.done).toBe(6);
    expect(ran).toEqual([]);
  });

  it('runs only what is new when the study grows', async () => {
    const before = await smallStudy(folders, 1);
    await runSmallStudy(
      before,
      engine((trial) => finishTrial(before.dir, trial)),
    );
    const grown = await studyOn(folders, before.study.settings.dataset, before.dir, 2);
    const ran: number[] = [];
    await runSmallStudy(
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
    const opened = await smallStudy(folders, 1);
    let faults = 0;
    const { outcome, events } = await runSmallStudy(
      opened,
      engine((trial) =>
        faults++ < 2 ? { exit: faults === 1 ? 75 : null, message: 'gone' } : finishTrial(opened.dir, trial),
      ),
    );
    expect(outcome).toMatchObject({ done: 3, failed: 0 });
    expect(events.filter(({ event }) => event === 'retried')).toHaveLength(2);
  });

  it('records a permanent fault with its reason, lets the rest go on, and tries it again only when asked to', async () => {
    const opened = await smallStudy(folders);
    const bad = opened.trials[1]!.key;
    const half = engine((trial) =>
      trial.key === bad ? { exit: 42, message: 'studies: expected more' } : finishTrial(opened.dir, trial),
    );
    expect((await runSmallStudy(opened, half)).outcome).toMatchObject({ done: 5, failed: 1, missing: [] });
    expect(records(opened).find(({ key }) => key === bad)).toMatchObject({
      status: 'failed',
      failure: 'studies: expected more',
    });
    const good = engine((trial) => finishTrial(opened.dir, trial));
    expect((await runSmallStudy(opened, good)).outcome).toMatchObject({ done: 5, failed: 1 });
    expect((await runSmallStudy(opened, good, { retryFailed: true })).outcome).toMatchObject({
      done: 6,
      failed: 0,
    });
  });

  it('gives a trial up that fails three times', async () => {
    const opened = await smallStudy(folders, 1);
    const tries: string[] = [];
    const { outcome } = await runSmallStudy(
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
    const opened = await smallStudy(folders, 4);
    const { outcome } = await runSmallStudy(
      opened,
      engine(() => ({ exit: 42, message: 'all wrong' }), 1),
    );
    expect(outcome).toMatchObject({ done: 0, failed: 5, stopped: 'breaker' });
    expect(outcome.missing).toHaveLength(7);
  });

  it('leaves what was running when it is interrupted, and goes on with it', async () => {
    const opened = await smallStudy(folders);
    const stop = new AbortController();
    let ran = 0;
    const interrupted = engine((trial, work) => {
      if (++ran < 3) return finishTrial(work.dir, trial);
      stop.abort();
      return { exit: 130, message: 'interrupted' };
    }, 1);
    const { outcome } = await runSmallStudy(opened, interrupted, { signal: stop.signal });
    expect(outcome).toMatchObject({ done: 2, failed: 0, stopped: 'interrupted' });
    expect(outcome.missing).toHaveLength(4);
    expect(
      (
        await runSmallStudy(
          opened,
          engine((trial) => finishTrial(opened.dir, trial)),
        )
      ).outcome.done,
    ).toBe(6);
  });

  it('takes over what workers left when the study itself was killed', async () => {
    const opened = await smallStudy(folders, 1);
    finishTrial(opened.dir, opened.trials[2]!);
    const ran: string[] = [];
    const own = engine((trial) => {
      ran.push(trial.key);
      return finishTrial(opened.dir, trial);
    });
    expect((await runSmallStudy(opened, own)).outcome.done).toBe(3);
    expect(ran).toHaveLength(2);
  });

  it('takes over trials of the same key of the study beside it', async () => {
    const opened = await smallStudy(folders, 1);
    await runSmallStudy(
      opened,
      engine((trial) => finishTrial(opened.dir, trial)),
    );
    const again = await studyOn(folders, opened.study.settings.dataset, join(opened.dir, '..', 'beside'), 1);
    const { outcome } = await runSmallStudy(
      again,
      engine(() => {
        throw new Error('nothing is to be run');
      }),
    );
    expect(outcome.done).toBe(3);
    expect(records(again)).toEqual(records(opened));
  });

  it('runs what fits the budget, and says what is missing', async () => {
    const opened = await smallStudy(folders, 1);
    const estimate = new Estimate(192, opened.trials);
    estimate.seconds = ({ settings }) => (settings.window.size === 5 ? 10 : 1000);
    const { outcome } = await runSmallStudy(
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
    const opened = await smallStudy(folders, 1);
    await opened.locked(async () => {
      expect(existsSync(join(opened.dir, 'lock'))).toBe(true);
      await expect(opened.locked(async () => 0)).rejects.toThrow(
        `studies: expected ${opened.dir} to be free, but another process, id ${process.pid}, works here.`,
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
