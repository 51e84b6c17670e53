import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { receivedMicros } from '../../../src/audit/event.js';
import { interleave, type KnownLine } from '../../../src/dataset/interleave/interleave.js';

const uid = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-a000-000000000000`;
const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString().replace('Z', '000Z');

interface Told extends Partial<Omit<KnownLine, 'event'>> {
  ms: number;
  user?: string;
  verb?: string;
  ref: Record<string, string>;
  body?: Record<string, unknown>;
}

let next = 0;
const line = ({ ms, user = 'ann', verb = 'create', ref, body, ...known }: Told): KnownLine => ({
  event: {
    auditID: uid(++next),
    stage: 'ResponseComplete',
    verb,
    user: { username: user },
    requestURI: `/apis/apps/v1/namespaces/${ref.namespace}/x?labelSelector=app%3D${ref.name}`,
    objectRef: ref,
    responseStatus: { code: 201 },
    requestReceivedTimestamp: at(ms),
    stageTimestamp: at(ms + 1),
    ...(body ? { responseObject: body } : {}),
  } as AuditEvent,
  context: 'c',
  trigger: false,
  background: false,
  ...known,
});

const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';
/** A person makes a deployment in a namespace, long silence, a controller makes a pod of it. */
const stream = (context = 'c'): KnownLine[] => [
  line({ ms: 0, ref: { resource: 'deployments', namespace: 'shop', name: 'web' }, context, trigger: true }),
  line({
    ...{
      ms: 10_000,
      user: CONTROLLER,
      context,
      ref: { resource: 'pods', namespace: 'shop', name: 'web-5d8f7c9b4x-abcde' },
    },
    body: {
      kind: 'Pod',
      metadata: { name: 'web-5d8f7c9b4x-abcde', uid: uid(900), labels: { name: 'web' } },
      message: 'made web',
    },
  }),
];
const objects = (lines: readonly { event: AuditEvent }[]) => lines.map(({ event }) => event.objectRef!);

describe('streams put together', () => {
  const made = interleave([stream(), stream()], { seed: 1 });
  const [one, two] = [0, 1].map((k) => made.filter(({ stream: own }) => own === k));

  it('keep their order, squeezed, and are named by stream', () => {
    const times = one!.map(({ event }) => receivedMicros(event));
    expect(times[1]! - times[0]!).toBeGreaterThan(200_000);
    expect(times[1]! - times[0]!).toBeLessThan(5_000_000);
    expect(new Set(made.map(({ context }) => context))).toEqual(new Set(['0-c', '1-c']));
    const order = made.map(({ event }) => event.stageTimestamp!);
    expect(order).toEqual([...order].sort());
  });

  it('have people, namespaces and uids of their own, and may call things in them alike', () => {
    const [a, b] = [objects(one!), objects(two!)];
    expect(a[0]!.namespace).not.toBe(b[0]!.namespace);
    expect(a[0]!.name).toBe(b[0]!.name);
    expect(one![0]!.event.user.username).not.toBe(two![0]!.event.user.username);
    expect(one![0]!.event.auditID).not.toBe(two![0]!.event.auditID);
    expect(JSON.stringify(made)).not.toMatch(/\b(ann|shop|web)\b/);
    expect(JSON.stringify(made)).not.toContain(uid(900));
  });

  it('redraw what is made for an object so that it still begins with its name, everywhere', () => {
    const [deployment, pod] = objects(one!);
    const { responseObject, requestURI } = one![1]!.event;
    expect(pod!.name!.startsWith(`${deployment!.name}-`)).toBe(true);
    expect(responseObject).toMatchObject({
      message: `made ${deployment!.name}`,
      metadata: { name: pod!.name, labels: { name: deployment!.name } },
    });
    expect(requestURI).toContain(`%3D${pod!.name}`);
    expect(one![1]!.event.user.username).toBe(CONTROLLER);
  });

  it('are the same bytes for the same seed', () => {
    const source = [stream(), stream()];
    const text = (seed: number) => JSON.stringify(interleave(source, { seed }));
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });
});

describe('what is left out', () => {
  it('is a line whose cause is elsewhere, and a change to what all share with all that it caused', () => {
    const cordon = { resource: 'nodes', name: 'worker-1' };
    const lines = [
      ...stream(),
      line({
        ms: 20_000,
        context: 'before',
        user: CONTROLLER,
        ref: { resource: 'pods', namespace: 'shop', name: 'old' },
      }),
      line({ ms: 21_000, context: 'cordon', verb: 'patch', trigger: true, ref: cordon }),
      line({ ms: 21_100, context: 'cordon', user: CONTROLLER, verb: 'patch', ref: cordon }),
    ];
    expect(interleave([lines], { seed: 1 }).map(({ context }) => context)).toEqual(['0-c', '0-c']);
  });

  it('is a share of the background', () => {
    const leases = Array.from({ length: 200 }, (_, i) =>
      line({
        ...{
          ms: 100 * i,
          context: `b${i}`,
          trigger: true,
          background: true,
          verb: 'update',
          user: 'system:node:n',
        },
        ref: { resource: 'leases', namespace: 'kube-node-lease', name: 'n' },
      }),
    );
    const count = (background: number) =>
      interleave([[...stream(), ...leases]], { seed: 1, background }).length - 2;
    expect(count(1)).toBe(200);
    expect(count(0)).toBe(0);
    expect(count(0.5)).toBeGreaterThan(70);
    expect(count(0.5)).toBeLessThan(130);
  });
});

describe('people', () => {
  it('are merged when asked', () => {
    const made = interleave([stream(), stream()], { seed: 1, merge: 1 });
    const people = made.flatMap(({ event: { user } }) =>
      user.username!.startsWith('system:') ? [] : [user.username],
    );
    expect(new Set(people).size).toBe(1);
  });
});
