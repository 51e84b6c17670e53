import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import type { LogLine } from '../../src/audit/read.js';
import { Assembler } from '../../src/contexts/assemble.js';
import type { Context } from '../../src/contexts/context.js';
import { contextLine } from '../../src/contexts/line.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { TimeOrder } from '../../src/contexts/time-order.js';
import { account, contextsBy, request } from './log.js';

const table = await loadResourceTable();

/** A log of several people and a controller, in order of the lines’ ends. */
function busyLog(count: number): AuditEvent[] {
  const people = ['ann', 'bob', 'eve'];
  const events = Array.from({ length: count }, (_, i) => {
    const name = `web-${i % 17}`;
    const second = i * 0.37;
    if (i % 3 === 2)
      return request(second, account('deployment-controller'), 'create', `replicasets/shop/${name}`, {
        uid: `r${i}`,
        owners: [`d${(i * 7) % 17}`],
        ends: second + (i % 5) * 0.3,
      });
    return request(
      second,
      people[i % 2]!,
      ['create', 'patch', 'get', 'delete'][i % 4]!,
      `deployments/shop/${name}`,
      { uid: `d${i % 17}`, ends: second + (i % 4) * 0.2 },
    );
  });
  return events.sort((a, b) => (a.stageTimestamp! < b.stageTimestamp! ? -1 : 1));
}

async function collect(lines: AsyncIterable<LogLine>): Promise<Context[]> {
  const stream = new ContextStream({ attributor: new Rules(), table });
  const all: Context[] = [];
  for await (const context of contextsOfLog(lines, stream)) all.push(context);
  return all;
}

describe('a stream', () => {
  it('gives the contexts of the file, whatever the pauses', async () => {
    const log = busyLog(400);
    const slowly = (async function* () {
      for (const [line, event] of log.entries()) {
        if (line % 41 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        yield { line, text: '', event };
      }
    })();
    const atOnce = (async function* () {
      for (const [line, event] of log.entries()) yield { line, text: '', event };
    })();
    const [batch, stream] = [await collect(atOnce), await collect(slowly)];
    expect(batch.length).toBeGreaterThan(20);
    expect(stream).toEqual(batch);
  });

  it('gives each counted line to exactly one context', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 8 })), {
          maxLength: 80,
        }),
        (spec) => {
          const stream = new ContextStream({ attributor: new Rules(), table, idle: 5e6, mostOpen: 4 });
          const events = spec.map(([second, kind], i) =>
            kind < 3
              ? request(second, 'ann', ['create', 'delete', 'get'][kind]!, `pods/shop/p${i % 3}`, {
                  uid: `u${i % 3}`,
                  id: 'same',
                })
              : request(second, account('replicaset-controller'), 'create', `pods/shop/q${i}`, {
                  uid: `q${i}`,
                  owners: [`u${kind % 3}`],
                  code: kind === 8 ? 500 : 201,
                }),
          );
          const all = events.flatMap((event, line) => stream.push({ line, text: '', event }));
          const lines = [...all, ...stream.end()].flatMap((context) => context.lines);
          expect(lines.sort((a, b) => a - b)).toEqual(events.map((_, i) => i));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('closes what is silent, and says what a later line goes on from', async () => {
    const log = [
      request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
      ...Array.from({ length: 600 }, (_, i) => request(100 + i / 10, 'bob', 'list', `pods/ns${i}/`)),
      request(200, account('deployment-controller'), 'create', 'replicasets/shop/web-1', {
        uid: 'r',
        owners: ['d'],
      }),
    ];
    const contexts = await contextsBy(log, { idle: 30e6 });
    expect(contexts[0]).toMatchObject({ context: 'c0', lines: [0] });
    expect(contexts.at(-1)).toMatchObject({ context: 'c601', continues: 'c0', lines: [601] });
  });

  it('names each by a line of its own, whatever a model says, and loses none', async () => {
    const said = fc.record({
      second: fc.constantFrom(0, 1, 2, 11, 12, 40, 41, 100),
      trigger: fc.nat(12),
      background: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(said, { maxLength: 12 }), fc.boolean(), async (rows, live) => {
        const assembler = new Assembler({
          ...{ table, idle: 10e6, mostOpen: 3, live },
          assigned: (line, context) => void firsts.set(line, context),
        });
        const firsts = new Map<number, number>();
        const all = rows.flatMap(({ second, trigger, background }, line) =>
          assembler.push({
            line: contextLine(request(second, 'ann', 'get', `pods/shop/p${line}`), line),
            ...{ trigger, cause: null, reason: 'said', confidence: null, background, decidedBy: 'causes' },
          }),
        );
        all.push(...assembler.end());
        expect(all.flatMap(({ lines }) => lines).sort((a, b) => a - b)).toEqual(rows.map((_, line) => line));
        for (const { context, trigger, lines } of all) {
          expect(context).toBe(`c${trigger.line}`);
          expect(lines).toContain(trigger.line);
          // All its lines were told to be of one context, which is that of one of them.
          const [first, ...others] = new Set(lines.map((line) => firsts.get(line)));
          expect([others, lines.includes(first!)]).toEqual([[], true]);
          const own = lines.find((line) => rows[line]!.trigger === line);
          if (own !== undefined) expect(trigger.line).toBe(own);
        }
        const ids = all.map(({ context }) => context);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { context, continues } of all)
          if (continues !== undefined)
            expect([ids.includes(continues), continues]).toEqual([
              true,
              expect.not.stringMatching(`^${context}$`),
            ]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a part whose triggering line comes too late a name of its own, which that goes on from', () => {
    const assembler = new Assembler({ table, idle: 10e6, live: true });
    const push = (line: number, second: number, trigger: number) =>
      assembler.push({
        line: contextLine(request(second, 'ann', 'get', `pods/shop/p${line}`), line),
        ...{ trigger, cause: null, reason: 'said', confidence: null, background: false, decidedBy: 'causes' },
      });
    const all = [
      ...push(0, 0, 3),
      ...push(1, 20, 1),
      ...push(3, 21, 3),
      ...push(4, 50, 4),
      ...push(5, 51, 3),
    ];
    all.push(...assembler.end());
    expect(all.map(({ context, lines, continues }) => [context, lines, continues])).toEqual([
      ['c0', [0], undefined],
      ['c1', [1], undefined],
      ['c3', [3], 'c0'],
      ['c4', [4], undefined],
      ['c5', [5], 'c3'],
    ]);
  });

  it('keeps a context open whose lines are of an earlier time than the log is at', async () => {
    const late = (second: number, i: number) =>
      request(second, account('deployment-controller'), 'create', `replicasets/shop/w${i}`, {
        uid: `r${i}`,
        owners: ['d'],
      });
    // Two captures in one log: the second begins a day before the first.
    const log = [
      request(86_400, 'bob', 'delete', 'pods/shop/x'),
      request(86_410, 'bob', 'delete', 'pods/shop/y'),
      request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' }),
      ...[1, 2, 3].map((second) => late(second, second)),
    ];
    for (const live of [false, true])
      expect((await contextsBy(log, { live, idle: 10e6 })).map(({ lines }) => lines)).toEqual([
        [0],
        [1],
        [2, 3, 4, 5],
      ]);
  });

  it('lists so many lines of a context, and counts the rest', async () => {
    const log = Array.from({ length: 9 }, (_, i) =>
      i === 0
        ? request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd' })
        : request(i, account('deployment-controller'), 'create', `replicasets/shop/w${i}`, {
            uid: `r${i}`,
            owners: ['d'],
          }),
    );
    expect(await contextsBy(log, { mostLines: 4 })).toMatchObject([{ lines: [0, 1, 2, 3], more: 5 }]);
  });
});

describe('the order of time', () => {
  const item = (line: number, second: number) => ({ line, micros: second * 1e6, until: second * 1e6 });

  it('brings back what was received earlier', () => {
    const order = new TimeOrder();
    const out = [item(0, 1.5), item(1, 1), item(2, 9)].flatMap((one) => order.push(one));
    expect([...out, ...order.end()].map(({ line }) => line)).toEqual([1, 0, 2]);
  });

  it('is not moved by one line whose clock is wrong, nor by time that goes back', () => {
    const order = new TimeOrder();
    const out = [item(0, 1), item(1, 9e9), item(2, 2), item(3, 1.5), item(4, -50)].flatMap((one) =>
      order.push(one),
    );
    expect(out.map(({ line }) => line)).toEqual([4]);
    expect(order.end().map(({ line }) => line)).toEqual([0, 3, 2, 1]);
  });

  it('follows a clock that jumps when three lines say so', () => {
    const order = new TimeOrder();
    const out = [item(0, 1), item(1, 5000), item(2, 5001), item(3, 5004)].flatMap((one) => order.push(one));
    expect(out.map(({ line }) => line)).toEqual([0]);
    expect(order.push(item(4, 5010)).map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('keeps no more lines than it may', () => {
    const order = new TimeOrder({ most: 2 });
    const out = [item(0, 3), item(1, 1), item(2, 2)].flatMap((one) => order.push(one));
    expect(out.map(({ line }) => line)).toEqual([1]);
  });
});
