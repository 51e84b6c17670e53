import { actorOf as actingUser } from '../audit/actor.js';
import { backgroundRule } from '../audit/background.js';
import { type AuditEvent, receivedMicros } from '../audit/event.js';
import { type Facts, factsOf, shareFacts } from '../audit/objects.js';
import { CHANGES } from '../audit/verbs.js';
import { actionText } from './action-text.js';
import { actorOf, endMicros, type Outcome, outcomeOf } from './context.js';

/** Whose request a line is: a person's, a program's with an account of its own, or the control plane's. */
export type Role = 'person' | 'program' | 'system';

/** One counted audit line, as contexts are made of it. */
export interface ContextLine {
  /** From 0, in order of the input. */
  line: number;
  event: AuditEvent;
  /** Microseconds since 1970 at which the request was received, and at which this stage ended. */
  micros: number;
  until: number;
  actor: string;
  role: Role;
  /** Program that sent it: the first word of its user agent. */
  tool: string;
  group: string;
  resource: string;
  subresource: string;
  /** Empty for what lies in none, and for namespaces themselves. */
  namespace: string;
  name: string;
  outcome: Outcome;
  /** Id of the rule that makes it background, or null. */
  background: string | null;
  /** The line does not count; a later stage of the same request does. */
  ahead: boolean;
  readonly facts: Facts;
  /** What it does, in words. */
  readonly text: string;
}

const CONTROL_PLANE =
  /^(kube-(apiserver|controller-manager|scheduler|proxy)|kubelet|cloud-controller-manager)\b/;
/** System names that people and strangers have. */
const PEOPLE = new Set(['system:admin', 'system:anonymous', 'system:unauthenticated']);
const ACCOUNT = 'system:serviceaccount:';

/**
 * Reads what contexts need of an event. Its facts are read when they are asked for.
 *
 * @param ahead The line does not count; a later stage of the same request does. Default false.
 */
export function contextLine(event: AuditEvent, line: number, ahead = false): ContextLine {
  const { objectRef } = event;
  const micros = receivedMicros(event);
  const resource = objectRef?.resource ?? '';
  const actor = actorOf(event);
  const role = roleOf(event);
  let facts: Facts | undefined;
  return {
    line,
    event,
    micros,
    until: endMicros(event, micros),
    actor,
    role,
    tool: toolOf(event),
    group: objectRef?.apiGroup ?? '',
    resource,
    subresource: objectRef?.subresource ?? '',
    namespace: resource === 'namespaces' ? '' : (objectRef?.namespace ?? ''),
    name: objectRef?.name ?? '',
    outcome: outcomeOf(event),
    background: role === 'person' ? null : backgroundOf(event, role),
    ahead,
    get facts() {
      facts ??= factsOf(event);
      return facts;
    },
    get text() {
      return actionText(event);
    },
  };
}

/** The same line without bodies, for lines that wait long: what is needed of them is read at once. */
export function slim(line: ContextLine): ContextLine {
  const { micros, until, actor, role, tool, group, resource, subresource, namespace, name } = line;
  const { event, outcome, background, ahead } = line;
  return {
    line: line.line,
    event: withoutBodies(event),
    ...{ micros, until, actor, role, tool, group, resource, subresource, namespace, name },
    ...{ outcome, background, ahead },
    facts: shareFacts(event),
    text: actionText(event),
  };
}

function withoutBodies(event: AuditEvent): AuditEvent {
  if (event.requestObject === undefined && event.responseObject === undefined) return event;
  const { requestObject: _, responseObject: __, ...rest } = event;
  return rest;
}

/**
 * Whose request it is. An impersonated name counts, not who carries it; without a name, as after a failed login, the program does.
 *
 * @example roleOf(event) // 'person'
 */
function roleOf(event: AuditEvent): Role {
  const name = actingUser(event);
  if (name === '') return CONTROL_PLANE.test(toolOf(event)) ? 'system' : 'person';
  if (!name.startsWith('system:') || PEOPLE.has(name)) return 'person';
  if (name.startsWith(ACCOUNT) && !name.startsWith(`${ACCOUNT}kube-system:`)) return 'program';
  return 'system';
}

function toolOf({ userAgent = '' }: AuditEvent): string {
  return /^[^/\s]*/.exec(userAgent)![0];
}

function backgroundOf(event: AuditEvent, role: Role): string | null {
  if (role === 'system') return backgroundRule(event)?.id ?? null;
  if (event.objectRef?.resource === 'leases') return 'lease';
  const informs =
    event.verb === 'watch' || (event.verb === 'list' && /[?&]resourceVersion=/.test(event.requestURI ?? ''));
  return informs ? 'informer' : null;
}

const CONNECTS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** Whether a request asks for a change of a resource, or to run something. */
export function asksChange({ event: { verb }, resource }: ContextLine): boolean {
  return resource !== '' && CHANGES.has(verb);
}

/** Whether a request talks to a pod, node or service. */
export function connects({ subresource }: ContextLine): boolean {
  return CONNECTS.has(subresource);
}

/** Whether what the API keeps was changed: not by a dry run, a review, or by talking to a pod. */
export function hasChanged(line: ContextLine): boolean {
  return (
    asksChange(line) &&
    !connects(line) &&
    (line.outcome === 'done' || line.event.responseStatus === undefined) &&
    !line.resource.endsWith('reviews') &&
    !/[?&]dryRun=/.test(line.event.requestURI ?? '')
  );
}

/** Whether a request takes an object away. */
export function removes({ event: { verb }, subresource }: ContextLine): boolean {
  return verb === 'delete' || verb === 'deletecollection' || subresource === 'eviction';
}
