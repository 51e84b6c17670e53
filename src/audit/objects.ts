import { actorOf } from './actor.js';
import { type AuditEvent, isRecord } from './event.js';
import { hash } from './hash.js';
import { pluralOf } from './kind-names.js';

/** What a request says about which objects, as keys: uids, and `resource/namespace/name`. */
export interface Facts {
  /** The object itself. */
  self: readonly string[];
  /** Its owners, and objects that it cannot be without. */
  owners: readonly string[];
  /** What an Event is about. */
  involved: readonly string[];
  /** What an Event may be about, by its name alone. */
  about: readonly string[];
  /** Words of an Event's message, and its reason. */
  message: string;
  reason: string;
  /** The other half of a claim and its volume. */
  claims: readonly string[];
  /** The pod that a token is for. */
  bound: readonly string[];
  /** Pods behind a service: uid → state. */
  targets: Map<string, string> | null;
  /** Node of a binding, or that a pod is meant for. */
  node: string;
  labels: Readonly<Record<string, string>>;
  selector: Record<string, string> | null;
  /** Objects of a list that was deleted. */
  items: readonly string[];
  /** Claims that a pod uses. */
  mounts: readonly string[];
  /** What an autoscaler scales. */
  scales: string;
  /** Resources that a quota counts. */
  counts: readonly string[];
  /** Hash of what the object is to be, its body without metadata and status; 0 when the line does not say. */
  shape: number;
  /** Whatever else its spec names by kind and name: how custom resources refer. */
  refs: readonly string[];
  /** Pods of a list that a person read. */
  seen: readonly { name: string; uid: string; owners: string[] }[];
}

type Json = Record<string, unknown>;

/** Most lists of most lines are empty, and many lines wait at once: they share one. */
const NONE: readonly never[] = [];
const NO_LABELS: Facts['labels'] = {};

const shared = new WeakMap<AuditEvent, Facts>();

/** The facts of an event of which others will ask too: they are read once, and nobody changes them. */
export function shareFacts(event: AuditEvent): Facts {
  const facts = factsOf(event);
  // What has no body is read again as quickly.
  if (event.requestObject || event.responseObject) shared.set(event, facts);
  return facts;
}

/** Resources whose names alone tell of others. */
const TELLING: ReadonlySet<string> = new Set([
  ...['endpoints', 'apiservices', 'events', 'persistentvolumes'],
]);

/** Whether an event tells of no object but its own: it has no body, and its name says no more. */
export function isBare({ requestObject, responseObject, objectRef }: AuditEvent): boolean {
  return !requestObject && !responseObject && !TELLING.has(objectRef?.resource ?? '');
}

/** The facts of an event: those that were shared, or read now. */
export function factsOf(event: AuditEvent): Facts {
  return shared.get(event) ?? readFacts(event);
}

function noFacts(): Facts {
  return {
    self: NONE,
    owners: NONE,
    involved: NONE,
    about: NONE,
    message: '',
    reason: '',
    claims: NONE,
    bound: NONE,
    targets: null,
    node: '',
    labels: NO_LABELS,
    selector: null,
    items: NONE,
    mounts: NONE,
    scales: '',
    counts: NONE,
    shape: 0,
    refs: NONE,
    seen: NONE,
  };
}

/** The facts of what tells of nothing. */
export const NO_FACTS: Facts = noFacts();

/** Reads the facts of one audit line. Pure. */
export function readFacts(event: AuditEvent): Facts {
  const facts = noFacts();
  const reference = event.objectRef;
  if (!reference?.resource) return facts;
  const { resource } = reference;
  const namespace = resource === 'namespaces' ? '' : (reference.namespace ?? '');
  for (const body of [event.responseObject, event.requestObject]) {
    if (!isRecord(body)) continue;
    const kind = text(body.kind);
    if (kind === 'Status') {
      // The uid of what was deleted; a refusal names nothing.
      if (body.status === 'Success') add(facts, 'self', text(record(body.details).uid));
      continue;
    }
    if (kind.endsWith('List')) {
      if (event.verb === 'list' && resource === 'pods' && !actorOf(event).startsWith('system:'))
        facts.seen = list(body.items).map((item) => seen(record(item.metadata)));
      if (event.verb === 'deletecollection')
        for (const { uid, name } of list(body.items).map((item) => record(item.metadata)))
          add(facts, 'items', text(uid), `${resource}/${namespace}/${text(name)}`);
      continue;
    }
    readBody(facts, body, resource, namespace);
  }
  const name = reference.name ?? text(record(record(event.responseObject).metadata).name);
  if (reference.uid) add(facts, 'self', reference.uid);
  if (name) {
    // A text in one piece: one that is put together holds its parts, which take several times the room.
    add(facts, 'self', [resource, namespace, name].join('/'));
    if (resource === 'endpoints') add(facts, 'owners', `services/${namespace}/${name}`);
    if (resource === 'apiservices') add(facts, 'owners', `group/${name.slice(name.indexOf('.') + 1)}`);
    // A refused Event says only by its name what it is about.
    const [, about] = /^(.+)\.[0-9a-f]{10,}$/.exec(name) ?? [];
    if (resource === 'events' && about && facts.involved.length === 0)
      facts.about = ABOUT.map((kind) => [kind, namespace, about].join('/'));
    if (resource === 'persistentvolumes' && name.startsWith('pvc-')) add(facts, 'claims', name.slice(4));
  }
  return facts;
}

/** Items up to which a list is as long as it has to be. */
const SHORT = 4;

type ListName = { [K in keyof Facts]: Facts[K] extends readonly string[] ? K : never }[keyof Facts];

/** Adds keys that are not there yet; a list is made with its first. */
function add(facts: Facts, name: ListName, ...keys: (string | undefined)[]): void {
  for (const key of keys) {
    const list = facts[name];
    if (!key || list.includes(key)) continue;
    // A list that grows has room for 17, and many lines wait with theirs, which are short.
    if (list.length < SHORT) facts[name] = [...list, key];
    else (list as string[]).push(key);
  }
}

function readBody(facts: Facts, body: Json, resource: string, namespace: string): void {
  const metadata = record(body.metadata);
  const spec = record(body.spec);
  // A binding, an eviction, a token request or a scale has no uid of its own.
  add(facts, 'self', text(metadata.uid));
  if (!facts.shape && metadata.uid) {
    const { metadata: _, status: __, ...shape } = body;
    facts.shape = hash(JSON.stringify(shape)) || 1;
  }
  for (const owner of list(metadata.ownerReferences))
    if (owner.kind !== 'Node') add(facts, 'owners', text(owner.uid));
  const labels = Object.entries(record(metadata.labels)).filter(
    (label): label is [string, string] => typeof label[1] === 'string',
  );
  if (labels.length > 0) facts.labels = { ...facts.labels, ...Object.fromEntries(labels) };
  const account = text(record(metadata.annotations)['kubernetes.io/service-account.name']);
  if (account) add(facts, 'owners', `serviceaccounts/${namespace}/${account}`);
  const involved = record(body.involvedObject ?? body.regarding);
  if (involved.kind) {
    const plural = pluralOf(text(involved.kind));
    const place = plural === 'nodes' || plural === 'namespaces' ? '' : text(involved.namespace);
    add(facts, 'involved', text(involved.uid), `${plural}/${place}/${text(involved.name)}`);
    facts.message = text(body.message) || text(body.note);
    facts.reason = text(body.reason);
  }
  const boundTo = record(spec.boundObjectRef);
  add(facts, 'bound', text(boundTo.uid));
  if (boundTo.name && boundTo.kind === 'Pod') add(facts, 'bound', `pods/${namespace}/${text(boundTo.name)}`);
  add(facts, 'claims', text(record(spec.claimRef).uid));
  if (resource === 'persistentvolumeclaims' && spec.volumeName)
    add(facts, 'claims', `persistentvolumes//${text(spec.volumeName)}`);
  if (resource === 'persistentvolumes' && record(spec.claimRef).name)
    add(
      facts,
      'claims',
      `persistentvolumeclaims/${text(record(spec.claimRef).namespace)}/${text(record(spec.claimRef).name)}`,
    );
  const parent = record(spec.parentRef);
  if (parent.resource)
    add(facts, 'owners', `${text(parent.resource)}/${text(parent.namespace)}/${text(parent.name)}`);
  if (resource === 'pods') facts.node ||= text(record(body.target).name) || wantedNode(spec);
  if (resource === 'pods')
    for (const volume of list(spec.volumes)) {
      const claim = text(record(volume.persistentVolumeClaim).claimName);
      if (claim) add(facts, 'mounts', `persistentvolumeclaims/${namespace}/${claim}`);
    }
  if (resource === 'resourcequotas')
    for (const limit of Object.keys(record(spec.hard))) add(facts, 'counts', countedBy(limit));
  for (const { kind, namespace: place, name } of Object.values(spec).slice(0, REFERRING).flatMap(records))
    if (text(kind) && text(name))
      add(facts, 'refs', `${pluralOf(text(kind))}/${text(place) || namespace}/${text(name)}`);
  const target = record(spec.scaleTargetRef);
  if (target.kind) facts.scales = `${pluralOf(text(target.kind))}/${namespace}/${text(target.name)}`;
  if (resource === 'poddisruptionbudgets') {
    const labels = record(record(spec.selector).matchLabels);
    facts.selector ??= Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
  }
  if ((resource === 'endpoints' || resource === 'endpointslices') && !facts.targets)
    facts.targets = readTargets(body);
}

function seen({ namespace, name, uid, ownerReferences }: Json): Facts['seen'][number] {
  const owners = list(ownerReferences).map((owner) => text(owner.uid));
  return { name: `pods/${text(namespace)}/${text(name)}`, uid: text(uid), owners };
}

/** @example countedBy('count/leases.coordination.k8s.io') // 'leases' */
function countedBy(limit: string): string {
  const [first = ''] = limit.replace(/^count\//, '').split('.');
  return ['requests', 'limits', 'cpu', 'memory'].includes(first) ? 'pods' : first;
}

/** The node that a pod of a DaemonSet is made for. */
function wantedNode(spec: Json): string {
  const required = record(
    record(record(spec.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution,
  );
  const [term] = list(required.nodeSelectorTerms);
  const [field] = list(record(term).matchFields);
  const values = record(field).values;
  return Array.isArray(values) ? text(values[0]) : text(spec.nodeName);
}

function readTargets(body: Json): Map<string, string> {
  const targets = new Map<string, string>();
  for (const endpoint of list(body.endpoints)) {
    const uid = text(record(endpoint.targetRef).uid);
    if (uid) targets.set(uid, JSON.stringify(endpoint.conditions ?? {}));
  }
  for (const subset of list(body.subsets))
    for (const state of ['addresses', 'notReadyAddresses'])
      for (const address of list(subset[state])) {
        const uid = text(record(address.targetRef).uid);
        if (uid) targets.set(uid, state);
      }
  return targets;
}

/** Fields of a spec that are looked at for references. */
const REFERRING = 40;

/** What Events of the control plane are about. */
const ABOUT = [
  'pods',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'deployments',
  'jobs',
  'cronjobs',
  'persistentvolumeclaims',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
];

function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** A list's records, or the one record. */
function records(value: unknown): Json[] {
  return Array.isArray(value) ? list(value) : isRecord(value) ? [value] : [];
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
