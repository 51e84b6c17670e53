import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { microsOf } from '../../src/audit/time.js';
import type { Attributor } from '../../src/contexts/attribution.js';
import type { Context } from '../../src/contexts/context.js';
import { FromModel } from '../../src/contexts/from-model.js';
import { contextsOfLog, type OfLogOptions } from '../../src/contexts/of-log.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { HOLD, TimeOrder } from '../../src/contexts/time-order.js';
import { WithRules } from '../../src/contexts/with-rules.js';
import { type LabelRow, labelBatches } from '../../src/labeling/labeler.js';
import { openPredictor } from '../../src/model/kinds.js';
import { account, request } from './log.js';

const SILENCE = 2000;
const IDLE = 10;
/** Most seconds of silence after which what has ended is given. */
const BOUND = IDLE + 4;

let table: ResourceTable;
beforeAll(async () => {
  table = await loadResourceTable();
});
/** Nothing waits for this machine: its clock goes on where a test moves it. */
beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());
const now = (): number => Date.now();

/** Whether a context was given before the line that came next, and at which second of the clock. */
interface Given {
  context: Context;
  second: number;
}

type Way = 'rules' | 'model' | 'labels';

/**
 * Contexts of a log whose lines come when they are written, `late` seconds later; without that all at once.
 *
 * @param options.until Seconds for which it goes on.
 */
async function follow(
  events: readonly AuditEvent[],
  { way = 'rules', late, until = 0 }: { way?: Way; late?: (line: number) => number; until?: number } = {},
): Promise<Given[]> {
  const start = now();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const lines = (async function* () {
    for (const [line, event] of events.entries()) {
      if (late) {
        const at = microsOf(event.stageTimestamp!) / 1000 + 1000 * late(line);
        if (at > now()) await sleep(at - now());
      }
      yield { line, text: '', event };
    }
    if (late) await sleep(start + 1000 * until - now());
  })();
  const attributor: Attributor = way === 'rules' ? new Rules() : new WithRules(new FromModel(table));
  const stream = new ContextStream({ attributor, table, idle: 1e6 * IDLE, live: late !== undefined });
  const silence = late ? { silence: SILENCE, now } : {};
  const predictor = way === 'model' ? await openPredictor() : null;
  const predict: OfLogOptions['predict'] = predictor
    ? (all) => labelBatches(all, { predictor, table, ...silence, ...(late ? { wait: HOLD } : {}) })
    : async function* (all) {
        for await (const batch of all)
          yield batch.map(({ line }): LabelRow => ({ line, auditID: null, label: [1, 4, 6, 1, 1] }));
      };
  const given: Given[] = [];
  const all = contextsOfLog(lines, stream, { ...silence, ...(way === 'rules' ? {} : { predict }) });
  let isOver = false;
  const done = (async () => {
    for await (const context of all) given.push({ context, second: (now() - start) / 1000 });
  })().finally(() => {
    isOver = true;
  });
  while (!isOver) await vi.advanceTimersToNextTimerAsync();
  await done;
  await predictor?.release();
  return given;
}

const byID = (given: readonly Given[]): Context[] =>
  given.map(({ context }) => context).sort((a, b) => a.trigger.line - b.trigger.line);

/** A deployment with what it causes, a question, and somebody's change after a pause; then nothing. */
const QUIET = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
  request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
    uid: 'r',
    owners: ['d'],
  }),
  request(0.5, 'bob', 'get', 'pods/shop/api'),
  request(6, 'eve', 'delete', 'pods/shop/old'),
];

describe.each<Way>(['rules', 'model'])('a followed log that falls silent, by %s', (way) => {
  it('gives its last contexts within a bounded time, the same as at its end', async () => {
    const given = await follow(QUIET, { way, late: () => 0, until: 60 });
    expect(byID(given)).toEqual(byID(await follow(QUIET, { way })));
    expect(given.map(({ context }) => context.context).sort()).toEqual(['c0', 'c2', 'c3']);
    for (const { context, second } of given) {
      const last = microsOf(context.to) - microsOf('2026-01-01T00:00:00Z');
      expect(second).toBeGreaterThan(last / 1e6 + IDLE);
      expect(second).toBeLessThanOrEqual(6 + BOUND + 0.1);
    }
  });

  it('gives the same contexts as the file, whatever the pauses', async () => {
    const pauses = fc.array(fc.tuple(fc.constantFrom(0.05, 0.3, 1, 3, 9, 12, 700, 8000), fc.nat(5)), {
      minLength: 2,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(pauses, async (steps) => {
        vi.setSystemTime(Date.UTC(2026, 0, 1));
        let second = 0;
        const events = steps.map(([pause, kind], i) => {
          second += pause;
          return kind < 4
            ? request(
                second,
                ['ann', 'bob'][kind % 2]!,
                ['create', 'get', 'patch', 'list'][kind]!,
                `deployments/shop/w${i % 3}`,
                { uid: `d${i % 3}` },
              )
            : request(second, account('deployment-controller'), 'create', `replicasets/shop/w${i}`, {
                uid: `r${i}`,
                owners: [`d${kind % 3}`],
              });
        });
        const live = await follow(events, { way, late: () => 0, until: second + 40 });
        expect(byID(live)).toEqual(byID(await follow(events, { way })));
        // The end of the log is 40 s later: by then all were given.
        for (const { second: at } of live) expect(at).toBeLessThan(second + BOUND + 1);
      }),
      { numRuns: way === 'rules' ? 60 : 12 },
    );
  }, 60_000);

  it('tells a line that comes too late what it goes on from, and loses none', async () => {
    // Written at second 3, and held up for half a minute on its way.
    const owned = request(3, account('deployment-controller'), 'create', 'replicasets/shop/web-2', {
      uid: 'q',
      owners: ['d'],
    });
    const events = [...QUIET, owned];
    const given = await follow(events, { way, late: (line) => (line === 4 ? 30 : 0), until: 90 });
    const contexts = byID(given);
    expect(new Set(contexts.map(({ context }) => context)).size).toBe(contexts.length);
    expect(contexts.flatMap(({ lines }) => lines).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(contexts.find(({ lines }) => lines.includes(0))).toMatchObject({ context: 'c0', lines: [0, 1] });
    expect(contexts.find(({ lines }) => lines.includes(4))).toMatchObject({
      context: 'c4',
      continues: 'c0',
      lines: [4],
    });
    // Nothing is held up on its way: then it is one context, as of the file.
    expect(byID(await follow(events, { way }))).toMatchObject([{ context: 'c0', lines: [0, 1, 4] }, {}, {}]);
  });
});

describe('a followed log', () => {
  it('gives contexts while lines come that do not count', async () => {
    const noise = Array.from({ length: 60 }, (_, i) =>
      request(8 + i, 'ann', 'get', 'pods/shop/a', { stage: 'RequestReceived' }),
    );
    for (const way of ['rules', 'model'] as const) {
      vi.setSystemTime(Date.UTC(2026, 0, 1));
      const given = await follow([...QUIET, ...noise], { way, late: () => 0, until: 100 });
      expect(given.map(({ context }) => context.context).sort()).toEqual(['c0', 'c2', 'c3']);
      for (const { second } of given) expect(second).toBeLessThanOrEqual(6 + BOUND + 1.1);
    }
  });

  it('goes on after a line whose clock is wrong, and gives that one at the end', async () => {
    const wrong = { ...request(7, 'eve', 'create', 'pods/shop/new') };
    wrong.requestReceivedTimestamp = '2031-01-01T00:00:00.000000Z';
    const events = [...QUIET, wrong, request(40, 'ann', 'delete', 'pods/shop/a')];
    const given = await follow(events, { late: () => 0, until: 90 });
    expect(given.map(({ context }) => context.context)).toEqual(['c0', 'c2', 'c3', 'c5', 'c4']);
    expect(given[3]!.second).toBeLessThan(40 + BOUND + 1);
    expect(given[4]!.second).toBeGreaterThanOrEqual(90);
  });

  it('says of labels alone what it can tell, after a minute of silence', async () => {
    const events = [request(0, 'ann', 'get', 'pods/shop/api'), request(1, 'ann', 'get', 'services/shop/api')];
    const given = await follow(events, { way: 'labels', late: () => 0, until: 200 });
    expect(byID(given)).toEqual(byID(await follow(events, { way: 'labels' })));
    for (const { second } of given) expect(second).toBeLessThan(60 + BOUND + 4);
  });
});

describe('the order of time, in silence', () => {
  const at = (line: number, second: number) => ({ line, micros: second * 1e6, until: second * 1e6 });
  const TODAY = 1e12;

  it('gives what was waited with once the clock would have gone on', () => {
    const order = new TimeOrder();
    order.push(at(0, 10));
    expect(order.passed(1.9e6, TODAY)).toEqual([]);
    expect(order.passed(2e6, TODAY)).toEqual([at(0, 10)]);
    expect(order.horizon(5e6)).toBe(13e6);
  });

  it('believes the last line that the clock has jumped, unless into the future', () => {
    for (const [today, given] of [
      [5000e6, [0, 1]],
      [4999e6, [0]],
    ] as const) {
      const order = new TimeOrder();
      const out = [at(0, 10), at(1, 5000)].flatMap((one) => order.push(one));
      expect([...out, ...order.passed(2e6, today)].map(({ line }) => line)).toEqual(given);
    }
  });
});
