import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Carried, readCarried, type SentFor } from '../../../src/collect/propagation/carried.js';
import { propagate } from '../../../src/collect/propagation/propagate.js';
import { jsonLines, temporaryFolders } from '../../fixtures/dataset.js';
import { event, object } from '../events.js';

const folders = temporaryFolders();
afterAll(folders.clear);

interface Line {
  what: string;
  /** Version that the request makes. */
  makes?: string;
  /** Versions that it was sent for, or the position of a request. */
  for?: readonly (string | number)[];
}

/** For each line: how its origin is known, the triggering line, and those of its direct causes. */
function tell(lines: readonly Line[]): string[] {
  const events = lines.map(({ what }, i) => event({ what, at: 10 * i, body: object(`uid-${i}`) }));
  const sentBy = new Map(
    events.flatMap(({ auditID, user }, i) =>
      user.username!.includes(':') ? [] : [[auditID, `command-${i}`] as const],
    ),
  );
  const carried: Carried = { sentFor: new Map(), madeBy: new Map() };
  lines.forEach((line, i) => {
    const { auditID } = events[i]!;
    if (line.makes) carried.madeBy.set(line.makes, auditID);
    if (sentBy.has(auditID)) return;
    const causes = (line.for ?? []).map(
      (one): SentFor => (typeof one === 'number' ? { request: events[one]!.auditID } : { version: one }),
    );
    carried.sentFor.set(auditID, causes);
  });
  return propagate(events, { capture: 't', commands: [], sentBy }, carried).map(
    ({ how, trigger, causes, roots, disputed }) =>
      `${how} ${trigger} of ${causes.join('+') || '-'} from ${roots.join('+') || '-'}${disputed ? ' disputed' : ''}`,
  );
}

describe('propagate', () => {
  it('follows versions and served requests back to a person’s', () => {
    expect(
      tell([
        { what: 'ops-a create deployments shop/web', makes: '11' },
        { what: 'ops-b create pods shop/other', makes: '12' },
        { what: 'sa:deployment-controller create replicasets shop/web-1', makes: '13', for: ['11'] },
        { what: 'sa:replicaset-controller create pods shop/web-1-a', makes: '14', for: ['13'] },
        { what: 'system:apiserver update resourcequotas/status shop/q', for: [3] },
        { what: 'system:kube-scheduler create pods/binding shop/other', for: ['12'] },
      ]),
    ).toEqual([
      'direct 0 of - from -',
      'direct 1 of - from -',
      'propagated 0 of 0 from 0',
      'propagated 0 of 2 from 0',
      'propagated 0 of 3 from 0',
      'propagated 1 of 1 from 1',
    ]);
  });

  it('keeps all causes that came together, and gives the context of the last', () => {
    const [, , both, after] = tell([
      { what: 'ops-a create pods shop/a', makes: '11' },
      { what: 'ops-b create pods shop/b', makes: '12' },
      { what: 'sa:endpointslice-controller update endpointslices shop/s', makes: '13', for: ['12', '11'] },
      { what: 'sa:endpointslice-controller update endpointslices shop/s', for: ['13', '12'] },
    ]);
    expect(both).toBe('several 0 of 1+0 from 1+0 disputed');
    expect(after).toBe('several 1 of 2+1 from 1+0 disputed');
  });

  it('takes what goes back to the clock, or to before the capture, for nobody’s', () => {
    expect(
      tell([
        { what: 'system:node:worker-1 update leases kube-node-lease/worker-1', makes: '11' },
        { what: 'sa:node-controller patch nodes worker-1', for: ['11'] },
        { what: 'sa:daemon-set-controller create pods kube-system/p', for: ['4'] },
      ]),
    ).toEqual(['background 0 of - from -', 'clock 1 of 0 from -', 'clock 2 of - from -']);
  });

  it('passes over what the log does not have', () => {
    const events = [
      event({ what: 'ops-a create pods shop/a' }),
      event({ what: 'sa:x create pods shop/b', at: 9 }),
    ];
    const [person, late] = events.map(({ auditID }) => auditID) as [string, string];
    const carried: Carried = {
      sentFor: new Map([
        ['unlogged', [{ version: '11' }]],
        [late, [{ version: '12' }]],
      ]),
      madeBy: new Map([
        ['11', person],
        ['12', 'unlogged'],
      ]),
    };
    const rows = propagate(events, { capture: 't', commands: [], sentBy: new Map([[person, 'c']]) }, carried);
    expect(rows[1]).toMatchObject({ how: 'propagated', trigger: 0, causes: [0], roots: [0] });
  });

  it('says what it cannot follow, and gives what rules name', () => {
    expect(
      tell([
        { what: 'ops-a create pods shop/web', makes: '11' },
        { what: 'system:node:worker-1 patch pods/status shop/web', makes: '12' },
        { what: 'sa:endpointslice-controller update endpointslices shop/s', for: ['12'] },
      ]),
    ).toEqual([
      'direct 0 of - from -',
      'unfollowed 0 of - from - disputed',
      'unfollowed 0 of 1 from - disputed',
    ]);
  });
});

describe('readCarried', () => {
  it('reads every process’s file, and nothing where there is none', () => {
    const folder = folders.make();
    expect(readCarried(join(folder, 'absent'))).toBeNull();
    expect(readCarried(folder)).toBeNull();
    mkdirSync(folder, { recursive: true });
    const server = [
      { version: 7, verb: 'create', auditID: 'a', key: '/registry/pods/shop/web' },
      { version: 8, verb: 'update', auditID: '', key: '/registry/leases/x' },
      { version: 9, verb: 'delete', auditID: 'd', key: '/registry/services/specs/shop/web' },
      { version: 10, verb: 'delete', auditID: '', key: '/registry/services/endpoints/shop/web' },
    ];
    writeFileSync(join(folder, 'kube-apiserver.jsonl'), jsonLines(server));
    writeFileSync(
      join(folder, 'kubelet.jsonl'),
      jsonLines([{ auditID: 'b', causes: [{ version: '7', notice: 'add' }] }]),
    );
    const { sentFor, madeBy } = readCarried(folder)!;
    expect([...madeBy]).toEqual([
      ['7', 'a'],
      ['9', 'd'],
      ['10', 'd'],
    ]);
    expect(sentFor.get('b')).toEqual([{ version: '7', notice: 'add' }]);
  });
});
