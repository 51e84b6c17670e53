import type { AuditEvent, JsonValue } from '../../src/audit/event.js';
import { type Attribution, attribute } from '../../src/collect/attribution/attribute.js';

export const ACCOUNT = 'system:serviceaccount:kube-system:';

interface Sketch {
  /** `user verb resource[/subresource] [namespace/]name` */
  what: string;
  /** Milliseconds since the beginning. Default: one after the event before. */
  at?: number;
  body?: JsonValue;
  request?: JsonValue;
  code?: number;
  group?: string;
  uri?: string;
}

/** One completed event from a short sketch: `ops-a create pods shop/web`. */
export function event({ what, at = 0, body, request, code = 200, group, uri = '/' }: Sketch): AuditEvent {
  const [who = '', verb = '', path = '', place = ''] = what.split(' ');
  const [resource = '', subresource] = path.split('/');
  const [first = '', second] = place.split('/');
  const [namespace, name] = second === undefined ? [undefined, first] : [first, second];
  const time = new Date(Date.UTC(2026, 0, 1) + at).toISOString();
  const user = who.startsWith('sa:') ? ACCOUNT + who.slice(3) : who;
  return {
    auditID: `${who} ${verb} ${path} ${place} ${at}`,
    stage: 'ResponseComplete',
    requestURI: uri,
    verb,
    user: { username: user },
    ...(resource && resource !== '-'
      ? {
          objectRef: {
            resource,
            ...(subresource ? { subresource } : {}),
            ...(namespace ? { namespace } : {}),
            ...(name ? { name } : {}),
            ...(group ? { apiGroup: group } : {}),
          },
        }
      : {}),
    responseStatus: { code },
    ...(body === undefined ? {} : { responseObject: body }),
    ...(request === undefined ? {} : { requestObject: request }),
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  };
}

/** An object of a kind, with its uid and owners. */
export function object(uid: string, rest: Record<string, JsonValue> = {}, owners: string[] = []): JsonValue {
  return {
    kind: 'Thing',
    metadata: {
      uid,
      ownerReferences: owners.map((owner) => ({ kind: 'Thing', uid: owner })),
      ...(rest.metadata as Record<string, JsonValue> | undefined),
    },
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'metadata')),
  };
}

/**
 * Attributes sketches in which people's requests (users without a colon) are a command each.
 *
 * @returns For each line `how ← what`, the trigger's user, verb and resource.
 */
export function story(sketches: readonly Sketch[]): string[] {
  const events = sketches.map((sketch, i) => event({ ...sketch, at: sketch.at ?? 10 * i }));
  const sentBy = new Map(
    events.flatMap(({ auditID, user }, i) =>
      user.username!.includes(':') ? [] : [[auditID, `command-${i}`] as const],
    ),
  );
  const rows = attribute(events, { capture: 't', commands: [], sentBy });
  return rows.map((row) => tell(row, events));
}

function tell({ how, trigger }: Attribution, events: readonly AuditEvent[]): string {
  const { user, verb, objectRef } = events[trigger]!;
  return `${how} ← ${user.username!.replace(ACCOUNT, 'sa:')} ${verb} ${objectRef?.resource ?? ''}${objectRef?.name ? ` ${objectRef.name}` : ''}`;
}
