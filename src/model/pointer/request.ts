import { actorOf } from '../../audit/actor.js';
import { type BackgroundRule, backgroundRule } from '../../audit/background.js';
import { type AuditEvent, isRecord, type ObjectReference, receivedMicros } from '../../audit/event.js';
import { type Facts, factsOf, isBare, NO_FACTS } from '../../audit/objects.js';
import { microsOf } from '../../audit/time.js';

/** Who sends a request: a person or a program that acts for one, a service account of the cluster's users, or the control plane. */
export type ActorKind = 'person' | 'robot' | 'system';

/** One request as far as its cause is asked: what its most telling line says. */
export interface Request {
  auditID: string;
  stage: string;
  /** Microseconds since 1970 at which it was received, and at which the line was written. */
  micros: number;
  until: number;
  /** Whose request it is; one made in somebody's name is that of both. */
  actor: string;
  kind: ActorKind;
  /** What the control plane's actors are to be told apart by, as in `replicaset-controller`, `node`. */
  role: string;
  /** The client program, as in `kubectl`. */
  tool: string;
  verb: string;
  /** What the line itself says that it is on; null for discovery and health checks. */
  objectRef: ObjectReference | null;
  group: string;
  resource: string;
  subresource: string;
  /** Empty for namespaces themselves, which the API names as lying in themselves. */
  namespace: string;
  name: string;
  /** The namespace that the request is in or on. */
  place: string;
  /** Path of a request that is on no resource. */
  path: string;
  code: number;
  /** `fieldManager=` and `limit=` of the URI; empty without. */
  manager: string;
  limit: string;
  /** What a list is narrowed to by a field, as in `spec.nodeName=worker-1`; empty without. */
  fieldSelector: string;
  tried: boolean;
  /** 0: no body; 1: what was asked; 2: what was answered too. */
  level: number;
  facts: Facts;
  uid: string;
  /** Why it comes by the clock, whoever does what; null when it does not. */
  background: BackgroundRule | null;
  /** Hash of what the object is to be; 0 when the line does not say. */
  shape: number;
}

const ACCOUNT = 'system:serviceaccount:';
const CONTROLLERS = `${ACCOUNT}kube-system:`;
const NODE = 'system:node:';
/** Names under which people go though they begin as the system's do. */
const PEOPLE = new Set(['system:admin', 'system:masters', 'system:anonymous']);

/** Subresources that are talked to, not changed. */
const CONNECTS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch', '']);

/**
 * Reads one audit line as a request. Pure.
 *
 * @example readRequest(event).role // 'replicaset-controller'
 */
export function readRequest(event: AuditEvent): Request {
  const { objectRef, verb, requestURI = '', userAgent = '' } = event;
  const user = event.user.username ?? '';
  const acting = event.impersonatedUser?.username;
  const resource = objectRef?.resource ?? '';
  const micros = receivedMicros(event);
  const [, query = ''] = requestURI.split('?', 2);
  const namespace = resource === 'namespaces' ? '' : (objectRef?.namespace ?? '');
  const bare = isBare(event);
  const facts = bare ? NO_FACTS : factsOf(event);
  const name = objectRef?.name ?? nameOf(event.responseObject);
  const actor = actorOf(event);
  const kind = kindOf(actor);
  return {
    auditID: event.auditID,
    stage: event.stage,
    micros,
    until: event.stageTimestamp ? microsOf(event.stageTimestamp) : micros,
    actor: acting === undefined ? user : `${user} as ${acting}`,
    kind,
    role: kind === 'system' ? roleOf(actor) : kind,
    tool: userAgent.slice(0, endOf(userAgent, '/')),
    verb,
    objectRef: resource ? objectRef! : null,
    group: objectRef?.apiGroup ?? '',
    resource,
    subresource: objectRef?.subresource ?? '',
    namespace,
    name,
    place: resource === 'namespaces' ? name : namespace,
    path: resource ? '' : requestURI.slice(0, endOf(requestURI, '?')),
    code: event.responseStatus?.code ?? 0,
    manager: parameter(query, 'fieldManager'),
    limit: parameter(query, 'limit'),
    fieldSelector: parameter(query, 'fieldSelector'),
    tried: query.includes('dryRun='),
    level: event.responseObject ? 2 : event.requestObject ? 1 : 0,
    facts,
    background: kind === 'system' ? backgroundRule(event) : null,
    uid: bare ? uidOf(objectRef) : (facts.self.find((key) => !key.includes('/')) ?? ''),
    shape: facts.shape,
  };
}

/** Whether a request asks for a change. Watching, executing and forwarding change nothing that the API keeps. */
export function isChange({ verb, subresource, resource, tried }: Request): boolean {
  return !READS.has(verb) && !CONNECTS.has(subresource) && !resource.endsWith('reviews') && !tried;
}

/** Whether a person asks for a change by it, done or refused, also only tried out. */
export function isCommand(request: Request): boolean {
  return request.resource !== '' && (isChange(request) || (request.tried && !READS.has(request.verb)));
}

/** Whether it opens a connection or reads a log. */
export function isConnect({ subresource }: Request): boolean {
  return CONNECTS.has(subresource);
}

/** Whether a change was made. */
export function isDone(request: Request): boolean {
  return request.code >= 200 && request.code < 400 && isChange(request);
}

/** Whether a request takes an object away. */
export function isRemoval({ verb, subresource }: Request): boolean {
  return verb === 'delete' || verb === 'deletecollection' || subresource === 'eviction';
}

function kindOf(user: string): ActorKind {
  if (user.startsWith(ACCOUNT)) return user.startsWith(CONTROLLERS) ? 'system' : 'robot';
  return user.startsWith('system:') && !PEOPLE.has(user) ? 'system' : 'person';
}

function roleOf(user: string): string {
  if (user.startsWith(NODE)) return 'node';
  return user.startsWith(CONTROLLERS) ? user.slice(CONTROLLERS.length) : user;
}

/** The node that a kubelet's request comes from; empty for others. */
export function nodeOf({ actor }: Request): string {
  return actor.startsWith(NODE) ? actor.slice(NODE.length) : '';
}

function uidOf(reference: ObjectReference | undefined): string {
  const { resource, uid } = reference ?? {};
  return resource && uid && !uid.includes('/') ? uid : '';
}

function nameOf(body: unknown): string {
  if (!isRecord(body) || body.kind === 'Status' || !isRecord(body.metadata)) return '';
  return typeof body.metadata.name === 'string' ? body.metadata.name : '';
}

function parameter(query: string, key: string): string {
  if (!query) return '';
  const at = `&${query}`.indexOf(`&${key}=`);
  if (at < 0) return '';
  const value = query.slice(at + key.length + 1);
  return value.slice(0, endOf(value, '&'));
}

function endOf(text: string, mark: string): number {
  const at = text.indexOf(mark);
  return at < 0 ? text.length : at;
}
