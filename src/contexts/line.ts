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
  /** Lets go of facts that can be read again: a line may be held long after it was attributed. */
  forgetFacts(): void;
}

const CONTROL_PLANE =
  /^(kube-(apiserver|controller-manager|scheduler|proxy)|kubelet|cloud-controller-manager)\b/;
/** System names that people and strangers have. */
const PEOPLE = new Set(['system:admin', 'system:anonymous', 'system:unauthenticated']);
const ACCOUNT = 'system:serviceaccount:';

/**
 * Reads what contexts need of an event. Its facts, and what it does in words, are read when they are asked for.
 *
 * @param ahead The line does not count; a later stage of the same request does. Default false.
 */
export function contextLine(event: AuditEvent, line: number, ahead = false): ContextLine {
  return new ReadLine(event, line, ahead);
}

/** The same without bodies, for lines that wait long: what is needed of them is read at once. */
export function slimLine(event: AuditEvent, line: number, ahead = false): ContextLine {
  const read = new ReadLine(event, line, ahead);
  read.slim();
  return read;
}

class ReadLine implements ContextLine {
  readonly line: number;
  event: AuditEvent;
  readonly micros: number;
  readonly until: number;
  readonly actor: string;
  readonly role: Role;
  readonly tool: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly background: string | null;
  readonly ahead: boolean;
  #facts: Facts | undefined = undefined;
  /** Whether facts are of a body that is gone. */
  #isSlim = false;
  #text: string | undefined = undefined;

  constructor(event: AuditEvent, line: number, ahead: boolean) {
    const { objectRef } = event;
    const resource = objectRef?.resource ?? '';
    this.line = line;
    this.event = event;
    this.micros = receivedMicros(event);
    this.until = endMicros(event, this.micros);
    this.actor = actorOf(event);
    this.role = roleOf(event);
    this.tool = toolOf(event);
    this.group = objectRef?.apiGroup ?? '';
    this.resource = resource;
    this.subresource = objectRef?.subresource ?? '';
    this.namespace = resource === 'namespaces' ? '' : (objectRef?.namespace ?? '');
    this.name = objectRef?.name ?? '';
    this.outcome = outcomeOf(event);
    this.background = this.role === 'person' ? null : backgroundOf(event, this.role);
    this.ahead = ahead;
  }

  get facts(): Facts {
    this.#facts ??= factsOf(this.event);
    return this.#facts;
  }

  get text(): string {
    return this.#text ?? actionText(this.event);
  }

  forgetFacts(): void {
    if (!this.#isSlim) this.#facts = undefined;
  }

  /** Lets go of bodies. Without them an event says the same at any time. */
  slim(): void {
    const { event } = this;
    if (event.requestObject === undefined && event.responseObject === undefined) return;
    this.#facts = shareFacts(event);
    this.#isSlim = true;
    // Only what is made without a name has it in its body.
    if (event.verb === 'create' && this.name === '') this.#text = actionText(event);
    this.event = withoutBodies(event);
  }
}

function withoutBodies(event: AuditEvent): AuditEvent {
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
  const end = userAgent.search(/[/\s]/);
  return end < 0 ? userAgent : userAgent.slice(0, end);
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
