import type { AuditEvent } from '../../../src/audit/event.js';
import { type Finding, Follower, type FollowerOptions } from '../../../src/model/pointer/follower.js';
import { readRequest } from '../../../src/model/pointer/request.js';
import { WordCount } from '../../../src/model/pointer/words.js';

/** A small log: a line each, `at` milliseconds after noon. */
export interface Told {
  at: number;
  user: string;
  verb: string;
  /** As in `apps/deployments`, `pods/status`, `/healthz`. */
  on: string;
  in?: string;
  name?: string;
  query?: string;
  code?: number;
  stage?: string;
  /** Milliseconds that it took. Default 3. */
  took?: number;
  body?: Record<string, unknown>;
  agent?: string;
  as?: string;
  id?: string;
}

export const ACCOUNT = 'system:serviceaccount:kube-system:';
const GROUPS = new Set(['apps', 'batch', 'autoscaling', 'policy', 'discovery.k8s.io', 'never.seen']);
let count = 0;

export function tell(told: Told): AuditEvent {
  const parts = told.on.split('/');
  const group = GROUPS.has(parts[0]!) ? parts.shift()! : '';
  const [resource = '', subresource] = parts;
  const time = (ms: number): string =>
    new Date(Date.UTC(2026, 0, 2, 12) + ms).toISOString().replace('Z', '000Z');
  return {
    level: told.body ? 'RequestResponse' : 'Metadata',
    auditID: told.id ?? `id-${count++}`,
    stage: told.stage ?? 'ResponseComplete',
    requestURI: `${told.on.startsWith('/') ? told.on : `/apis/x/${resource}`}?${told.query ?? ''}`,
    verb: told.verb,
    user: { username: told.user },
    ...(told.as ? { impersonatedUser: { username: told.as } } : {}),
    userAgent: told.agent ?? 'kubectl/v1.34.4',
    ...(told.on.startsWith('/')
      ? {}
      : {
          objectRef: {
            resource,
            ...(group ? { apiGroup: group } : {}),
            ...(subresource ? { subresource } : {}),
            ...(told.in ? { namespace: told.in } : {}),
            ...(told.name ? { name: told.name } : {}),
          },
        }),
    responseStatus: { code: told.code ?? 200 },
    ...(told.body ? { responseObject: told.body as never } : {}),
    requestReceivedTimestamp: time(told.at),
    stageTimestamp: time(told.at + (told.took ?? 3)),
  };
}

/** What a follower finds of each line, in the order of the lines. */
export function follow(log: readonly AuditEvent[], options: Partial<FollowerOptions> = {}): Finding[] {
  const follower = new Follower({
    words: new WordCount().words(),
    choose: ({ answer, candidates }) => ({
      cause: answer ? answer.cause : (candidates.causes[0] ?? null),
      confidence: 0.5,
      reason: answer?.id ?? 'nearest',
    }),
    ...options,
  });
  const found: Finding[] = [];
  const keep = (): void => {
    for (const { line, finding } of follower.take()) found[line] = finding;
  };
  log.forEach((event, line) => {
    follower.push(readRequest(event), line);
    keep();
  });
  follower.end();
  keep();
  return found;
}

/** Which line caused each line; null: nobody. */
export const causes = (
  log: readonly AuditEvent[],
  options: Partial<FollowerOptions> = {},
): (number | null)[] =>
  follow(log, options).map(({ cause }) =>
    cause ? log.findIndex(({ auditID }) => auditID === cause.auditID) : null,
  );
