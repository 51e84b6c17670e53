import { isCustomGroup } from '../../audit/background.js';
import type { Mark, ObjectNote } from './notes.js';
import { beginnings } from './object-index.js';
import type { Registry } from './registry.js';
import { isCommand, nodeOf, type Request } from './request.js';

/**
 * How a line may name its cause; each is the age of a mark. By what the line speaks of: its own object (`self`), owners (`own`) and their
 * owners (`anc`), what an Event is about (`inv`, and the words of its message), claims, the pod of a token (`bound`), references, pods
 * behind a service (`target`) or of a budget (`select`), what begins as its name does (`pre`), its namespace (`ns`, `pop`), who asks.
 */
export const RELATIONS = [
  ...['self_touched', 'self_shaped', 'self_made', 'self_moved', 'self_removed', 'self_signal', 'self_gone'],
  ...['own_touched', 'own_shaped', 'own_made', 'own_removed', 'own_gone', 'own_signal'],
  ...['anc_touched', 'anc_shaped', 'anc_removed'],
  ...['inv_touched', 'inv_shaped', 'inv_made', 'inv_moved', 'inv_signal', 'inv_removed'],
  ...['invown_shaped', 'invown_touched', 'word_touched', 'word_made'],
  ...['claim_touched', 'bound_made', 'bound_touched', 'ref_touched', 'refby_touched', 'refby_moved'],
  ...[
    'target_moved',
    'select_moved',
    'ns_ending',
    'ns_touched',
    'pop_res',
    'pop_pods',
    'pop_count',
    'ns_any',
  ],
  ...[
    'served',
    'served_any',
    'user_last',
    'userns_last',
    'connect',
    'node_ns',
    'node_change',
    'crd',
    'kind_last',
  ],
  ...['human_last', 'pre_touched', 'pre_shaped', 'pre_made', 'pre_removed', 'pre_signal', 'pre_moved'],
  ...['cluster_any', 'bind_last'],
] as const;

export type Relation = (typeof RELATIONS)[number];

/** Relations that tell much the same, whose nearest age is a column of its own. */
export const FAMILIES: readonly (readonly Relation[])[] = [
  ['self_'],
  ['own_', 'anc_'],
  ['inv', 'word_'],
  ['claim_', 'bound_', 'ref', 'target_', 'select_'],
  ['ns_', 'pop_', 'served', 'node_', 'crd', 'kind_'],
  ['pre_'],
].map((starts) => RELATIONS.filter((relation) => starts.some((start) => relation.startsWith(start))));

const INDEX = Object.fromEntries(RELATIONS.map((relation, i) => [relation, i])) as Record<Relation, number>;

/** Where relations are put: the index of one among `RELATIONS`, the mark that it names, and the object that has the mark. */
export type Put = (relation: number, mark: Mark | null | undefined, of?: ObjectNote) => void;

/** Objects of a line as its relations found them. */
export interface Subjects {
  owners: ObjectNote[];
  /** What an Event is about. */
  involved: readonly ObjectNote[];
}

const NONE: readonly never[] = [];
/** A request is served for so long, in microseconds. */
const SERVED = 3_000_000;
const NAMES = ['touched', 'shaped', 'made', 'removed', 'signal'] as const;
type Five = 'self' | 'own' | 'inv' | 'pre';
/** Indices of the five relations of a family, in the order of `NAMES`. */
const FIVE = Object.fromEntries(
  (['self', 'own', 'inv', 'pre'] as const).map((family) => [
    family,
    NAMES.map((name) => INDEX[`${family}_${name}`]),
  ]),
) as Record<Five, number[]>;

/**
 * Puts each mark that some relation of a line names.
 *
 * @param note The line's own object.
 */
export function relate(request: Request, note: ObjectNote | null, registry: Registry, put: Put): Subjects {
  const { facts, namespace, name, resource } = request;
  const find = (keys: readonly string[]): readonly ObjectNote[] =>
    keys.length === 0 ? NONE : keys.map((key) => registry.find(key)).filter((found) => found !== undefined);
  const owners = [...find(facts.owners)];
  if (note) {
    five('self', note, put, 3);
    put(INDEX.self_moved, note.moved, note);
    put(INDEX.self_gone, note.gone, note);
    for (const owner of note.owners) if (!owners.includes(owner)) owners.push(owner);
  }
  for (const owner of owners) {
    five('own', owner, put, 2);
    put(INDEX.own_gone, owner.gone, owner);
  }
  putAncestors(owners, put);
  const about = resource === 'events' ? name.slice(0, Math.max(0, name.lastIndexOf('.'))) || name : '';
  let involved = find(facts.involved);
  if (involved.length === 0 && about) involved = [...registry.named(namespace, about)];
  for (let i = 0; i < involved.length && i < 4; i++) {
    const subject = involved[i]!;
    five('inv', subject, put, 2);
    put(INDEX.inv_moved, subject.moved, subject);
    for (const owner of subject.owners) {
      put(INDEX.invown_shaped, owner.shaped, owner);
      put(INDEX.invown_touched, owner.touched, owner);
    }
    for (const user of subject.users.slice(-4)) put(INDEX.refby_touched, user.touched, user);
  }
  if (facts.message) putWords(request, involved, registry, put);
  for (const found of find(facts.claims)) put(INDEX.claim_touched, found.touched, found);
  for (const found of find(facts.bound)) {
    put(INDEX.bound_touched, found.touched, found);
    put(INDEX.bound_made, found.made, found);
  }
  for (const found of find(facts.refs)) put(INDEX.ref_touched, found.touched, found);
  if (note) {
    for (const user of note.users.slice(-6)) {
      put(INDEX.refby_touched, user.touched, user);
      put(INDEX.refby_moved, user.moved, user);
    }
    for (const pod of changedTargets(request, note, registry)) put(INDEX.target_moved, pod.moved, pod);
  }
  put(INDEX.select_moved, selectedPods(request, note, involved, registry));
  if (namespace && name) putBeginnings(request, note, about, registry, put);
  putPlace(request, registry, put);
  return { owners, involved };
}

function five(family: Five, note: ObjectNote, put: Put, older: number): void {
  const { history } = note;
  const [touched, shaped, made, removed, signal] = FIVE[family] as [number, number, number, number, number];
  for (let i = Math.max(0, history.length - older); i < history.length; i++) put(touched, history[i], note);
  put(touched, note.touched, note);
  put(shaped, note.shaped, note);
  put(made, note.made, note);
  put(removed, note.removed, note);
  put(signal, note.signal, note);
}

function putAncestors(owners: readonly ObjectNote[], put: Put): void {
  if (owners.length === 0) return;
  const seen = [...owners];
  for (let i = 0; i < seen.length && seen.length < owners.length + 8; i++)
    for (const above of seen[i]!.owners) {
      if (seen.includes(above)) continue;
      seen.push(above);
      put(INDEX.anc_touched, above.touched, above);
      put(INDEX.anc_shaped, above.shaped, above);
      put(INDEX.anc_removed, above.removed, above);
    }
}

/** An Event's message may name its cause's object. */
function putWords(
  { facts, namespace }: Request,
  involved: readonly ObjectNote[],
  registry: Registry,
  put: Put,
): void {
  for (const word of facts.message.split(/[\s"',:]+/, 60))
    for (const note of registry.named(namespace, word)) {
      if (involved.includes(note)) continue;
      put(INDEX.word_touched, note.touched, note);
      put(INDEX.word_made, note.made, note);
    }
}

/** Pods that came, went or changed state behind a service. */
export function changedTargets({ facts }: Request, note: ObjectNote, registry: Registry): ObjectNote[] {
  if (!facts.targets) return [];
  const before = note.targets ?? new Map<string, string>();
  const changed: ObjectNote[] = [];
  for (const uid of new Set([...before.keys(), ...facts.targets.keys()])) {
    if (before.get(uid) === facts.targets.get(uid)) continue;
    const pod = registry.find(uid);
    if (pod) changed.push(pod);
  }
  return changed;
}

/** The last move of a pod that a disruption budget selects. */
export function selectedPods(
  { facts, resource, namespace }: Request,
  note: ObjectNote | null,
  involved: readonly ObjectNote[],
  registry: Registry,
): Mark | null {
  const selector = facts.selector ?? (resource === 'events' ? involved[0] : note)?.selector;
  const pods = selector && registry.namespace(namespace)?.pods;
  if (!pods) return null;
  const pairs = Object.entries(selector);
  let last: Mark | null = null;
  for (const pod of pods.values())
    if (pod.moved && (!last || pod.moved.micros >= last.micros))
      if (pairs.every(([key, value]) => pod.labels?.[key] === value)) last = pod.moved;
  return last;
}

/** What the line's name begins with, the two longest that are names of something. */
function putBeginnings(
  { namespace, name }: Request,
  note: ObjectNote | null,
  about: string,
  registry: Registry,
  put: Put,
): void {
  const base = about || name;
  let found = 0;
  const look = (beginning: string): void => {
    for (const other of registry.named(namespace, beginning)) {
      if (other === note) continue;
      five('pre', other, put, 0);
      put(INDEX.pre_moved, other.moved, other);
      if (beginning !== base) found = 1 + (found | 0);
    }
  };
  if (!about) look(base);
  let longest = 0;
  for (const beginning of beginnings(base)) {
    const before = found;
    look(beginning);
    if (found > before && ++longest === 2) return;
  }
}

function putPlace(request: Request, registry: Registry, put: Put): void {
  const { place, resource, actor, facts, group, name, role } = request;
  const namespace = registry.namespace(place);
  if (place && resource !== 'namespaces')
    put(INDEX.ns_touched, registry.find(`namespaces//${place}`)?.touched);
  if (namespace) {
    put(INDEX.ns_ending, namespace.ending);
    put(INDEX.pop_res, namespace.population.get(resource));
    put(INDEX.pop_pods, namespace.population.get('pods'));
    put(INDEX.bind_last, namespace.population.get('pods/binding'));
    for (const counted of facts.counts) put(INDEX.pop_count, namespace.population.get(counted));
    for (const mark of namespace.any.slice(-3)) put(INDEX.ns_any, mark);
    put(INDEX.userns_last, namespace.actors.get(actor));
    const node = nodeOf(request);
    if (node) put(INDEX.node_ns, namespace.nodes.get(node));
  }
  if (role === 'system:apiserver') {
    put(
      INDEX.served,
      served(request, registry, ({ place: at }) => place !== '' && at === place),
    );
    put(
      INDEX.served_any,
      served(request, registry, ({ kind }) => kind !== 'system'),
    );
  }
  put(INDEX.user_last, registry.actors.get(actor));
  put(INDEX.connect, registry.connected);
  put(INDEX.node_change, registry.nodeChange);
  put(INDEX.human_last, registry.byPerson);
  if (isCustomGroup(group))
    put(INDEX.crd, registry.definitions.get(`${resource}.${group}`) ?? registry.definitions.get(group));
  if (resource === 'apiservices') put(INDEX.crd, registry.definitions.get(name.slice(name.indexOf('.') + 1)));
  if (!request.namespace) put(INDEX.kind_last, registry.kinds.get(resource));
  if (!place) for (const mark of registry.cluster.slice(-2)) put(INDEX.cluster_any, mark);
}

/** The last change that the API server is still serving. */
function served(request: Request, { recent }: Registry, fits: (other: Request) => boolean): Mark | null {
  for (let i = recent.length - 1; i >= 0 && i >= recent.length - 100; i--) {
    const { request: other, cause } = recent[i]!;
    if (other.micros > request.micros || other.until < request.micros) continue;
    if (request.micros - other.micros < SERVED && isCommand(other) && fits(other))
      return { cause, micros: other.micros };
  }
  return null;
}
