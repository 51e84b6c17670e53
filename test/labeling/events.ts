import type { AuditEvent } from '../../src/audit/event.js';
import type { LogLine } from '../../src/audit/read.js';

/** An event of one verb, received `micros` microseconds into the log. */
export function eventAt(micros: number, verb: string, more: Partial<AuditEvent> = {}): AuditEvent {
  const received = new Date(Date.UTC(2026, 0, 1) + Math.floor(micros / 1000)).toISOString();
  const requestReceivedTimestamp = received.replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`);
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `id-${micros}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods/web',
    verb,
    user: { username: 'dev-a', groups: ['system:authenticated'] },
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
    requestReceivedTimestamp,
    stageTimestamp: requestReceivedTimestamp,
    ...more,
  } as AuditEvent;
}

/** The lines of a log that holds these events. */
export async function* linesOf(
  events: Iterable<AuditEvent>,
  onRead: (line: number) => void = () => {},
): AsyncGenerator<LogLine> {
  let line = 0;
  for (const event of events) {
    onRead(line);
    yield { line: line++, text: JSON.stringify(event), event };
  }
}
