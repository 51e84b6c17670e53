import { isRecord, type JsonValue } from '../../audit/event.js';
import type { Label } from '../../audit/labels.js';
import { type Context, type DecidedBy, microsText, type Outcome, type Trigger } from '../context.js';
import type { Member } from './members.js';

/** A row of `contexts`. */
export interface Found extends Record<string, unknown> {
  context: number;
}

/**
 * A context as its row has it.
 *
 * @param members Its lines. Default: the triggering one, and how many more there are.
 */
export function contextOf(row: Found, members?: readonly Member[]): Context {
  const known = members ?? [{ line: row.context, cause: null, why: (row.why as string | null) ?? '' }];
  const lines = known.map(({ line }) => line);
  const decidedBy = row.decided_by as DecidedBy;
  const text = (column: string): string | undefined => (row[column] as string | null) ?? undefined;
  const micros = (column: string): string => microsText(Number(row[column]));
  const user = objectOf(row.user_json) ?? {};
  const impersonated = objectOf(row.impersonated_json);
  const actor = text('actor')!;
  const via = impersonated && user.username !== actor ? (user.username as string) : undefined;
  const more = Number(row.lines) - lines.length;
  return {
    context: text('id')!,
    label: row.label === null ? null : (JSON.parse(row.label as string) as Label),
    text: text('text')!,
    actor,
    ...(via === undefined ? {} : { via }),
    outcome: text('outcome') as Outcome,
    from: micros('first'),
    to: micros('last'),
    milliseconds: row.milliseconds as number,
    trigger: withoutAbsent({
      line: row.context,
      level: text('level'),
      auditID: text('audit_id'),
      stage: text('stage'),
      requestURI: text('request_uri'),
      verb: text('verb'),
      user,
      impersonatedUser: impersonated ?? undefined,
      sourceIPs: row.source_ips ?? undefined,
      userAgent: text('user_agent'),
      objectRef: absentOrSome({
        resource: text('resource'),
        namespace: text('namespace'),
        name: text('name'),
        uid: text('uid'),
        apiGroup: text('api_group'),
        apiVersion: text('api_version'),
        resourceVersion: text('resource_version'),
        subresource: text('subresource'),
      }),
      responseStatus: absentOrSome({
        message: text('message'),
        reason: text('reason'),
        code: row.code ?? undefined,
      }),
      requestReceivedTimestamp: row.received === null ? undefined : micros('received'),
      stageTimestamp: row.staged === null ? undefined : micros('staged'),
      annotations: absentOrSome({ 'authorization.k8s.io/decision': text('decision') }),
    }) as unknown as Trigger,
    lines,
    ...(decidedBy === 'labels' ? {} : { causes: known.map(({ cause }) => cause) }),
    reasons: known.map(({ why }) => why),
    ...(more > 0 ? { more } : {}),
    confidence: row.confidence as number | null,
    background: row.background as boolean,
    ...(row.incident === null ? {} : { incident: row.incident as string }),
    ...(row.continues === null ? {} : { continues: row.continues as string }),
    decidedBy,
  };
}

/** A user as the line has it, without `extra`, which holds credentials' ids. */
function objectOf(json: unknown): Record<string, unknown> | null {
  const value = typeof json === 'string' ? (JSON.parse(json) as JsonValue) : null;
  if (!isRecord(value)) return null;
  const { extra: _, ...rest } = value;
  return rest;
}

function withoutAbsent(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function absentOrSome(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const some = withoutAbsent(object);
  return Object.keys(some).length === 0 ? undefined : some;
}
