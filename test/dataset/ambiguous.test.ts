import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import {
  AMBIGUOUS,
  type AmbiguousLines,
  ambiguousLines,
  readAmbiguous,
  type TrueLine,
} from '../../src/dataset/ambiguous.js';
import { openDataset } from '../../src/dataset/load.js';

const BEGIN = Date.UTC(2026, 0, 1);
let next = 0;

interface Asked {
  at: number;
  context: string;
  user?: string;
  verb?: string;
  resource?: string;
  name?: string;
  owner?: string;
  /** Milliseconds that it takes. */
  takes?: number;
  code?: number;
}

/** A request at a millisecond; what people ask is direct, what controllers do follows. */
function line({
  at,
  context,
  user = 'dana',
  verb = 'patch',
  resource = 'deployments',
  name = 'web',
  owner,
  takes = 5,
  code = 200,
}: Asked): TrueLine {
  const own = !user.startsWith('system:');
  const time = (ms: number): string => new Date(BEGIN + ms).toISOString().replace('Z', '000Z');
  const event = {
    auditID: `id-${next}`,
    stage: 'ResponseComplete',
    verb,
    user: { username: user },
    objectRef: { resource, namespace: 'shop', name, apiGroup: '' },
    responseStatus: { code },
    requestReceivedTimestamp: time(at),
    stageTimestamp: time(at + takes),
    responseObject: {
      kind: 'Thing',
      metadata: {
        uid: `uid-${name}`,
        name,
        ...(owner ? { ownerReferences: [{ uid: `uid-${owner}` }] } : {}),
      },
    },
  } as unknown as AuditEvent;
  const truth = { line: next++, context, trigger: own, background: false, how: own ? 'direct' : 'owned' };
  return { event, truth };
}

const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';
const pod = (more: Partial<Asked> & Pick<Asked, 'at' | 'context'>): TrueLine =>
  line({ user: CONTROLLER, verb: 'create', resource: 'pods', name: 'web-1-a', owner: 'web', ...more });

const othersOf = (lines: TrueLine[]): string[][] => ambiguousLines(lines).map(({ others }) => others);

describe('ambiguous lines', () => {
  it('are what a controller does after two changes of what it looks after', () => {
    const lines = [
      line({ at: 0, context: 'a' }),
      line({ at: 400, context: 'b' }),
      pod({ at: 600, context: 'b' }),
    ];
    expect(ambiguousLines(lines)).toEqual([{ line: lines[2]!.truth.line, context: 'b', others: ['a'] }]);
  });

  it('are not those after one change, two of one context, one that was refused, or two of other objects', () => {
    expect(othersOf([line({ at: 0, context: 'a' }), pod({ at: 9, context: 'a' })])).toEqual([]);
    const twice = [
      line({ at: 0, context: 'a' }),
      line({ at: 5, context: 'a' }),
      pod({ at: 9, context: 'a' }),
    ];
    expect(othersOf(twice)).toEqual([]);
    const refused = [line({ at: 0, context: 'a', code: 409 }), line({ at: 5, context: 'b' })];
    expect(othersOf([...refused, pod({ at: 9, context: 'b' })])).toEqual([]);
    const elsewhere = [line({ at: 0, context: 'a', name: 'api' }), line({ at: 5, context: 'b' })];
    expect(othersOf([...elsewhere, pod({ at: 9, context: 'b' })])).toEqual([]);
  });

  it('are not those after the controller answered the first change, or more than two seconds later', () => {
    const [first, second] = [line({ at: 0, context: 'a' }), line({ at: 400, context: 'b' })];
    const answered = pod({ at: 200, context: 'a' });
    const later = pod({ at: 600, context: 'b', name: 'web-1-b' });
    expect(othersOf([first, answered, second, later])).toEqual([]);
    expect(othersOf([first, second, pod({ at: 2_100, context: 'b' })])).toEqual([]);
  });

  it('are what the API server looks up while it answers two people in a namespace', () => {
    const look = line({
      at: 50,
      context: 'a',
      user: 'system:apiserver',
      verb: 'list',
      resource: 'limitranges',
    });
    const [a, b] = [
      line({ at: 0, context: 'a', takes: 80 }),
      line({ at: 20, context: 'b', name: 'api', takes: 80 }),
    ];
    expect(othersOf([a, b, look])).toEqual([['b']]);
    const over = line({ at: 20, context: 'b', name: 'api', takes: 5 });
    expect(othersOf([a, over, look])).toEqual([]);
  });
});

const DATASETS = readdirSync('datasets')
  .map((name) => join('datasets', name))
  .filter((dir) => existsSync(join(dir, AMBIGUOUS)));

describe.each(DATASETS)('the ambiguous lines of %s', (dir) => {
  it('are those of this very dataset: npx tsx scripts/datasets/ambiguous.ts DIR', async () => {
    const { cascade, lines } = JSON.parse(readFileSync(join(dir, AMBIGUOUS), 'utf8')) as AmbiguousLines;
    const read = await readAmbiguous(await openDataset(dir));
    expect(read).toEqual(new Set(lines.map(({ line: at }) => at)));
    expect(lines.length).toBeLessThan(0.06 * cascade);
    expect(await readAmbiguous({ dir, sha256: 'another' })).toBeNull();
  });
});
