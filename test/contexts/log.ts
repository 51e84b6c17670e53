import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import type { Context } from '../../src/contexts/context.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream, type ContextStreamOptions } from '../../src/contexts/stream.js';

export const KCM = 'system:kube-controller-manager';
export const account = (name: string): string => `system:serviceaccount:kube-system:${name}`;

/** A request, by the second, of a user, on an object: `deployments/shop/web`, `pods.exec/shop/web-0`, `nodes//worker-1`. */
export function request(
  second: number,
  user: string,
  verb: string,
  object: string,
  more: {
    code?: number;
    uid?: string;
    owners?: string[];
    body?: Record<string, unknown>;
    agent?: string;
    id?: string;
    stage?: string;
    uri?: string;
    ends?: number;
  } = {},
): AuditEvent {
  const [kind = '', namespace = '', name = ''] = object.split('/');
  const [resource = '', subresource] = kind.split('.');
  const { code = verb === 'create' ? 201 : 200, uid, owners, body } = more;
  const metadata = {
    name,
    namespace,
    ...(uid ? { uid } : {}),
    ...(owners ? { ownerReferences: owners.map((one) => ({ uid: one, kind: 'X' })) } : {}),
  };
  const at = (micros: number): string =>
    new Date(Date.UTC(2026, 0, 1) + Math.round(micros * 1000)).toISOString();
  return {
    auditID: more.id ?? `id-${second}-${user}-${object}`,
    stage: more.stage ?? 'ResponseComplete',
    requestURI: more.uri ?? `/api/v1/${object}`,
    verb,
    user: user === '' ? {} : { username: user, groups: [] },
    sourceIPs: ['10.0.0.1'],
    userAgent: more.agent ?? (user.startsWith('system:') ? 'kube-controller-manager/v1.35' : 'kubectl/v1.35'),
    objectRef: {
      resource,
      ...(subresource ? { subresource } : {}),
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    },
    responseStatus: { code },
    ...(uid || owners || body
      ? { responseObject: { kind: 'X', metadata, spec: { second }, ...body } as AuditEvent['responseObject'] }
      : {}),
    requestReceivedTimestamp: at(second),
    stageTimestamp: at(more.ends ?? second + 0.001),
  } as AuditEvent;
}

/** Contexts of events by rules, background left out unless it is asked for, in order of their numbers. */
export async function contextsBy(
  events: readonly AuditEvent[],
  options: Partial<ContextStreamOptions> = {},
  withBackground = false,
): Promise<Context[]> {
  const stream = new ContextStream({ attributor: new Rules(), table: await loadResourceTable(), ...options });
  const all = events.flatMap((event, line) => stream.push({ line, text: '', event }));
  return [...all, ...stream.end()]
    .filter(({ background }) => withBackground || !background)
    .sort((a, b) => Number(a.context.slice(1)) - Number(b.context.slice(1)));
}

/** Lines of each context, for comparisons. */
export const linesBy = async (events: readonly AuditEvent[]): Promise<number[][]> =>
  (await contextsBy(events)).map(({ lines }) => lines);
