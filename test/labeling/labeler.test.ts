import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { OrdinalEncoder } from '../../src/features/encoder.js';
import { type LabelerOptions, type LabelRow, labelLines } from '../../src/labeling/labeler.js';
import { windowPredictor } from '../../src/model/bilstm/predictor.js';
import type { Session } from '../../src/model/bilstm/session.js';
import type { PredictorOptions } from '../../src/model/model.js';
import { randomStream } from '../../src/random.js';
import { CLASSES, stubSession } from '../model/bilstm/session-stub.js';
import { eventAt, linesOf } from './events.js';

const VERBS = ['create', 'delete', 'get', 'update'];

/** A session over the verb of each line; its encoder gives `create` the id 1, and so on. */
function verbSession(window: number, predict: Parameters<typeof stubSession>[1]): Session {
  const session = stubSession(window, predict);
  session.model.encoder = OrdinalEncoder.fit(
    VERBS.map((verb) => [verb]),
    ['verb'],
  ).toJSON();
  return session;
}

/** Says the same of a line whatever is around it: part ids [1, 0, 1, 1, 1] are “create … pods”. */
const plain = (rows: readonly number[], at: number, part: number) => ({
  class: part === 1 ? 0 : rows[at]! % CLASSES,
  probability: 0.9,
});
/** Says something that hangs on the neighbours. */
const moody = (rows: readonly number[], at: number, part: number) => ({
  class: (rows[at]! + 2 * (rows[at - 1] ?? 0) + part) % CLASSES,
  probability: 0.5 + (at % 4) / 16,
});

let table: ResourceTable;
beforeAll(async () => {
  table = await loadResourceTable();
});

async function rowsOf(
  events: Iterable<AuditEvent>,
  session: Session,
  options: Partial<LabelerOptions> & PredictorOptions = {},
): Promise<LabelRow[]> {
  const rows: LabelRow[] = [];
  const predictor = windowPredictor(session, options);
  for await (const row of labelLines(linesOf(events), { predictor, table, ...options })) rows.push(row);
  return rows;
}

const byID = (rows: readonly LabelRow[]): [string | null, unknown, unknown][] =>
  rows
    .map(({ auditID, label, confidence }): [string | null, unknown, unknown] => [auditID, label, confidence])
    .sort(([a], [b]) => String(a).localeCompare(String(b)));

/** Events with times of their own, a microsecond or more apart. */
const logs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.constantFrom(...VERBS, 'unheard')), { maxLength: 40 })
  .map((steps) => {
    let micros = 0;
    return steps.map(([step, verb]) => {
      micros += step;
      return eventAt(micros, verb);
    });
  });

describe('labelling a log', () => {
  it('gives one row a line in input order, as the contract says', async () => {
    const events = [
      eventAt(30, 'create'),
      eventAt(10, 'create', { stage: 'RequestReceived' }),
      eventAt(20, 'delete'),
      eventAt(40, 'get', { objectRef: undefined, requestURI: '/readyz' } as object),
    ];
    const rows = await rowsOf(events, verbSession(4, plain));
    expect(rows.map((row) => JSON.stringify(row))).toEqual([
      '{"line":0,"auditID":"id-30","label":[1,0,1,1,1],"action":{"group":"","resource":"pods","subresource":null,"verb":"create","namespaced":true,"single":true},"confidence":0.5905}',
      '{"line":1,"auditID":"id-10","label":null,"skipped":"stage RequestReceived"}',
      '{"line":2,"auditID":"id-20","label":[2,0,2,2,2],"action":null,"confidence":0.5905}',
      '{"line":3,"auditID":"id-40","label":null,"skipped":"no objectRef"}',
    ]);
  });

  it('gives the labels of the ordered log, whatever order the lines come in', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), fc.integer({ min: 1, max: 6 }), async (events, seed, window) => {
        const session = verbSession(window, moody);
        const shuffled = randomStream(seed, 'arrival').shuffle(events);
        const rows = await rowsOf(shuffled, session);
        expect(rows.map(({ line }) => line)).toEqual(events.map((_, i) => i));
        expect(rows.map(({ auditID }) => auditID)).toEqual(shuffled.map(({ auditID }) => auditID));
        expect(byID(rows)).toEqual(byID(await rowsOf(events, session)));
      }),
    );
  });

  it('does so with a small buffer too, while no line is later than the buffer', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), fc.integer({ min: 1, max: 6 }), async (events, seed, buffer) => {
        const session = verbSession(5, moody);
        const random = randomStream(seed, 'arrival');
        const late: AuditEvent[] = [];
        for (let from = 0; from < events.length; from += buffer)
          late.push(...random.shuffle(events.slice(from, from + buffer)));
        expect(byID(await rowsOf(late, session, { buffer, batch: 2 }))).toEqual(
          byID(await rowsOf(events, session)),
        );
      }),
    );
  });

  it('gives rows while the log goes on', async () => {
    let read = 0;
    const endless = function* (): Generator<AuditEvent> {
      for (let i = 0; ; i++) yield eventAt(i, 'get');
    };
    const lines = linesOf(endless(), (line) => {
      read = line;
    });
    const predictor = windowPredictor(verbSession(10, plain), { batch: 4 });
    for await (const row of labelLines(lines, { predictor, table, buffer: 50 })) if (row.line === 200) break;
    expect(read).toBeLessThan(600);
  });

  it('labels by itself what can no longer fall into order, says so, and holds nothing back for it', async () => {
    const session = verbSession(3, moody);
    const events = Array.from({ length: 60 }, (_, i) => eventAt(1000 + 10 * i, VERBS[i % 4]!));
    const sound = await rowsOf(events, session, { buffer: 4, batch: 1 });
    const strange = [...events];
    strange.splice(20, 0, eventAt(86_400e6, 'create'));
    strange.splice(40, 0, eventAt(1, 'delete', { stageTimestamp: '2026-01-01T00:00:00.002Z' }));
    let read = 0;
    const rows: LabelRow[] = [];
    const lines = linesOf(strange, (line) => {
      read = line;
    });
    const predictor = windowPredictor(session, { batch: 1 });
    for await (const row of labelLines(lines, { predictor, table, buffer: 4 })) {
      rows.push(row);
      expect(read - row.line).toBeLessThan(24);
    }
    const out = rows.filter(({ outOfTime }) => outOfTime);
    expect(out.map(({ line, outOfTime }) => [line, outOfTime])).toEqual([
      [20, 'ahead'],
      [40, 'late'],
    ]);
    expect(out[0]!.label).toEqual((await rowsOf([eventAt(1, 'create')], session))[0]!.label);
    expect(byID(rows.filter(({ outOfTime }) => !outOfTime))).toEqual(byID(sound));
  });

  it.each([
    ['when the log is silent', { silence: 5 }],
    ['after the time that a line may be held', { silence: 5, hold: 10 }],
  ])('gives all rows that can be given %s, and the same as without a wait', async (_, wait) => {
    const session = verbSession(3, moody);
    const events = Array.from({ length: 30 }, (_, i) => eventAt(10 * i, VERBS[i % 4]!));
    const rows: LabelRow[] = [];
    let release = (): void => {};
    const enough = new Promise<void>((resolve) => {
      release = resolve;
    });
    const live = (async function* () {
      for await (const line of linesOf(events)) {
        if (line.line === 25) await enough;
        yield line;
      }
    })();
    const predictor = windowPredictor(session);
    for await (const row of labelLines(live, { predictor, table, ...wait })) {
      rows.push(row);
      // The rows of the last window wait for the next lines.
      if (rows.length === 23) release();
    }
    expect(rows).toEqual(await rowsOf(events, session));
  });

  it('waits no longer than it is told by the log’s own clock, while lines come without a pause', async () => {
    const session = verbSession(3, moody);
    const events = Array.from({ length: 60 }, (_, i) => eventAt(10 * (i ^ 1), VERBS[i % 4]!));
    let read = 0;
    const rows: LabelRow[] = [];
    const lines = linesOf(events, (line) => {
      read = line;
    });
    const predictor = windowPredictor(session, { batch: 1 });
    for await (const row of labelLines(lines, { predictor, table, wait: 50 })) {
      rows.push(row);
      if (read < 59) expect(read - row.line).toBeLessThan(16);
    }
    expect(rows.filter(({ outOfTime }) => outOfTime)).toEqual([]);
    expect(rows.map(({ line }) => line)).toEqual(events.map((_, i) => i));
    const late = [...events.slice(0, 40), eventAt(5, 'get'), ...events.slice(40)];
    const told = [];
    for await (const row of labelLines(linesOf(late), {
      predictor: windowPredictor(session),
      table,
      wait: 50,
    }))
      if (row.outOfTime) told.push([row.line, row.outOfTime]);
    expect(told).toEqual([[40, 'late']]);
  });

  it('waits with bounded lines where nearly none has a label, and goes on after', async () => {
    const buffer = 4;
    const most = 8 * buffer;
    const blanks = 200;
    let read = 0;
    const lines = (async function* () {
      for await (const line of linesOf([eventAt(0, 'get')])) yield { ...line, line: read++ };
      for (; read <= blanks; read++) yield { line: read, text: '', event: null, skipped: 'blank line' };
      for await (const line of linesOf([1, 2, 3, 4, 5, 6].map((at) => eventAt(at, 'get'))))
        yield { ...line, line: read++ };
    })();
    const predictor = windowPredictor(verbSession(5, plain));
    let rows = 0;
    let waited = 0;
    for await (const { line, label } of labelLines(lines, { predictor, table, buffer })) {
      expect(line).toBe(rows++);
      expect(label === null).toBe(line > 0 && line <= blanks);
      waited = Math.max(waited, read - rows);
    }
    expect(rows).toBe(blanks + 7);
    expect(waited).toBeLessThanOrEqual(most);
  });

  it('gives the same rows every time', async () => {
    const events = VERBS.flatMap((verb, i) => [eventAt(3 * i, verb), eventAt(20 - i, 'get')]);
    const session = verbSession(3, moody);
    expect(await rowsOf(events, session)).toEqual(await rowsOf(events, session));
  });

  it('gives nothing for an empty log', async () => {
    expect(await rowsOf([], verbSession(3, plain))).toEqual([]);
  });

  it.each<[Partial<LabelerOptions> & PredictorOptions, string]>([
    [{ stride: 0 }, 'model: expected stride to be an integer from 1 to 3, got 0.'],
    [{ stride: 4 }, 'model: expected stride to be an integer from 1 to 3, got 4.'],
    [{ stride: 1.5 }, 'model: expected stride to be an integer from 1 to 3, got 1.5.'],
    [{ buffer: 0 }, 'labeling: expected buffer to be an integer from 1, got 0.'],
    [{ wait: 0 }, 'labeling: expected wait to be an integer from 1, got 0.'],
    [{ hold: 0 }, 'labeling: expected hold to be an integer from 1, got 0.'],
  ])('refuses %j', async (options, message) => {
    await expect(rowsOf([], verbSession(3, plain), options)).rejects.toThrow(message);
  });
});
