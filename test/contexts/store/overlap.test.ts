import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { goJson } from '../../../src/audit/go-json.js';
import type { Context } from '../../../src/contexts/context.js';
import { readQuery } from '../../../src/contexts/query/check.js';
import { Links } from '../../../src/contexts/store/links.js';
import { Store } from '../../../src/contexts/store/store.js';
import { type WriteOptions, writeStore } from '../../../src/contexts/store/write-store.js';
import { account, contextsBy, request } from '../log.js';

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'overlap-')), 'store');

async function put(dir: string, log: readonly AuditEvent[], options: WriteOptions = {}): Promise<void> {
  const links = new Links();
  for (const context of await contextsBy(log, { idle: 10e6 }, true)) links.add(context);
  async function* lines() {
    for (const [line, event] of log.entries()) yield { line, text: goJson(event), event };
  }
  await writeStore(dir, lines(), links, { level: 1, ...options });
}

async function contextsOf(dir: string, asked = ''): Promise<Context[]> {
  const store = await Store.open(dir);
  const found: Context[] = [];
  for await (const one of store.contexts(readQuery(asked, { now: 0 }))) found.push(one);
  await store.close();
  return found;
}

const deploy = (i: number, second: number): AuditEvent =>
  request(second, 'ann', 'create', `deployments/shop/web-${i}`, { uid: `d${i}` });
const caused = (i: number, of: number, second: number): AuditEvent =>
  request(second, account('deployment-controller'), 'create', `replicasets/shop/web-${of}-${i}`, {
    uid: `r${of}-${i}`,
    owners: [`d${of}`],
  });

describe('a store of logs that overlap', () => {
  const event = fc
    .tuple(fc.boolean(), fc.nat(2), fc.nat(3), fc.constantFrom(0, 1, 2, 30))
    .map(([isDeploy, of, i, second]) => (isDeploy ? deploy(of, second) : caused(i, of, second + i / 10)));
  const logs = fc.array(fc.array(event, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 });

  it.each(['raw', 'compact'] as const)(
    'kept %s has no name twice, and names none that is not there',
    async (keep) => {
      await fc.assert(
        fc.asyncProperty(logs, fc.constantFrom(2, 3, 100), async (all, partLines) => {
          const dir = folder();
          for (const log of all) await put(dir, log, { partLines, keep });
          const contexts = await contextsOf(dir);
          const ids = contexts.map(({ context }) => context);
          expect(new Set(ids).size).toBe(ids.length);
          const lines = contexts.flatMap((one) => one.lines);
          expect(new Set(lines).size).toBe(lines.length);
          for (const { context, trigger, continues } of contexts) {
            expect(context).toBe(`c${trigger.line}`);
            if (continues !== undefined && keep === 'raw') expect(ids).toContain(continues);
          }
        }),
        { numRuns: 10 },
      );
    },
    60_000,
  );

  it('has a question with the change that follows it, also where the store has that change already', async () => {
    const dir = folder();
    const asked = request(0, 'ann', 'get', 'deployments/shop/web-1');
    await put(dir, [deploy(1, 0.1)]);
    await put(dir, [request(-9, 'bob', 'delete', 'pods/shop/x'), asked, deploy(1, 0.1)]);
    expect((await contextsOf(dir)).map(({ context, lines, text }) => [context, lines, text])).toEqual([
      ['c1', [1], 'delete pod x in shop'],
      ['c3', [2, 3], 'create deployment web-1 in shop'],
      ['c0', [0], 'create deployment web-1 in shop'],
    ]);
  });

  it('tells of a context that stands twice in one log what the longer one has', async () => {
    const [web, other] = [deploy(1, 0), request(5, 'bob', 'delete', 'pods/shop/x')];
    const [one, two, three] = [caused(1, 1, 0.2), caused(2, 1, 6), caused(3, 1, 7)];
    const log = [web, one, other, web, one, other, two, three];
    const whole = [{ context: 'c0', lines: [0, 1, 6, 7], milliseconds: 7001 }];
    for (const partLines of [2, 100]) {
      const dir = folder();
      for (const again of [log, log, [web, one]]) {
        await put(dir, again, { partLines });
        expect(await contextsOf(dir, 'lines == 4')).toMatchObject(whole);
        expect(await contextsOf(dir)).toMatchObject([...whole, { context: 'c2', lines: [2] }]);
      }
    }
  });

  it('names a context that another goes on from as the store does', async () => {
    const dir = folder();
    await put(dir, [deploy(0, -100), deploy(2, -90)]);
    const log = [deploy(1, 0), request(50, 'bob', 'list', 'pods/shop/'), caused(1, 1, 60)];
    await put(dir, log);
    expect(await contextsOf(dir, 'from >= 2026-01-01')).toMatchObject([
      { context: 'c2', lines: [2] },
      { context: 'c3', lines: [3] },
      { context: 'c4', lines: [4], continues: 'c2' },
    ]);
  });
});
