import type { AuditEvent } from '../../audit/event.js';
import { actionText } from '../action-text.js';
import type { ContextLine } from '../line.js';
import { RecentMap } from '../recent-map.js';

/** How long an incident goes on without a line: 5 minutes. */
const QUIET = 300_000_000;
/** Incidents remembered. */
const MOST = 2_000;

/** What went wrong, and what makes two lines of one incident. */
export interface Fault {
  key: string;
  text: string;
}

/** Faults that go on: the same one again within five minutes is one incident. Bounded. */
export class Incidents {
  readonly #open = new RecentMap<{ trigger: number; micros: number }>(MOST);

  /** The line that began the incident: an earlier one, or this. */
  begin({ key }: Fault, { line, micros }: ContextLine): number {
    const known = this.#open.get(key);
    if (known && micros - known.micros <= QUIET) {
      known.micros = Math.max(known.micros, micros);
      return known.trigger;
    }
    this.#open.set(key, { trigger: line, micros });
    return line;
  }
}

/**
 * What a line tells of something that goes wrong without anybody's asking [K8NTEXT, §3.3.1]: a component that is refused or
 * fails, a Warning, a node that is lost.
 *
 * @returns Null when nothing is wrong.
 */
export function faultOf(line: ContextLine): Fault | null {
  const { event, actor, tool, outcome, resource, namespace, facts } = line;
  const code = event.responseStatus?.code ?? 0;
  const who = event.user.username ? actor : tool || actor;
  if (getsNothing(line)) {
    const fails = outcome === 'refused' ? 'is refused' : 'gets no answer';
    const where = namespace || line.name;
    return {
      key: `${who} ${code} ${event.verb} ${resource}/${line.subresource} ${where}`,
      text: `${who} ${fails} (${code}): ${actionText(event)}`,
    };
  }
  const node = lostNode(line);
  if (node !== null) return { key: `node ${node}`, text: `node ${node} is not ready` };
  if (resource === 'events' && isWarning(line)) {
    const about = facts.involved.find((key) => key.includes('/')) ?? facts.about[0] ?? 'something';
    return { key: `warning ${about}`, text: `${facts.reason || 'Warning'}: ${about.replace('//', '/')}` };
  }
  return null;
}

/** Whether a request was refused, or ended in a fault of the server. */
export const getsNothing = ({ outcome, event }: ContextLine): boolean =>
  outcome === 'refused' || isServerFault(event);

const isServerFault = ({ responseStatus }: AuditEvent): boolean => (responseStatus?.code ?? 0) >= 500;

/** Whether what a fault began with is nobody's doing: a lost node, a fault of the server, a request without a name that is refused. */
export const isNobodys = (line: ContextLine): boolean =>
  lostNode(line) !== null ||
  isServerFault(line.event) ||
  (line.event.user.username === undefined && line.outcome === 'refused');

/** The node that the node controller has given up, or null. */
export function lostNode({ actor, resource, name, event, facts }: ContextLine): string | null {
  if (!actor.endsWith(':node-controller') && !actor.endsWith(':taint-eviction-controller')) return null;
  if (resource === 'nodes' && (event.verb === 'patch' || event.verb === 'update')) return name;
  if (resource !== 'events' || !/NotReady|Deleting/.test(facts.reason)) return null;
  const about = facts.involved.find((key) => key.startsWith('nodes//'));
  return about === undefined ? null : about.slice('nodes//'.length);
}

function isWarning({ event }: ContextLine): boolean {
  const body = event.requestObject ?? event.responseObject;
  return typeof body === 'object' && body !== null && 'type' in body && body.type === 'Warning';
}
