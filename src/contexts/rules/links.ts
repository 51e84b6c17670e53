import { isCustomGroup } from '../../audit/background.js';
import { PARTS, POD_ENDS } from '../../audit/workloads.js';
import { type ContextLine, removes } from '../line.js';
import { later, latest, type Mark, type Memory } from './memory.js';
import { shapes } from './record.js';

/** What leads from a request of the control plane to the one that caused it. */
export interface Link {
  /** Why, in a word. */
  reason: string;
  find(line: ContextLine, memory: Memory, recent: Recent): Mark | null;
}

/** Latest changes and connections, for what the API server and kubelets ask while they serve them. */
export interface Recent {
  /** Changes of a namespace, oldest first, a few. */
  changes(namespace: string): readonly Served[];
  connection(micros: number): Mark | null;
}

export interface Served extends Mark {
  until: number;
  eviction: boolean;
}

const ACCOUNT = 'system:serviceaccount:kube-system:';
/** How soon a controller answers a change of labels or annotations: half a second. */
const ECHO = 500_000;

// Without putting a text together: many links ask of each line.
const by = ({ actor }: ContextLine, controller: string): boolean =>
  actor.length === ACCOUNT.length + controller.length &&
  actor.endsWith(controller) &&
  actor.startsWith(ACCOUNT);
const isKubelet = ({ actor }: ContextLine): boolean => actor.startsWith('system:node:');

/**
 * The last change of an object that a request comes of. Of labels and annotations alone comes only what a controller does at once; what
 * it does later, and all that kubelets and the scheduler do, comes of what the object is to be.
 */
function causeOf(memory: Memory, keys: readonly string[], line: ContextLine): Mark | null {
  const shaped = memory.of('shaped', keys);
  const touched = memory.of('touched', keys);
  if (!shaped || !touched) return shaped ?? touched;
  const blind = isKubelet(line) || line.actor === 'system:kube-scheduler';
  return !blind && line.micros - touched.micros < ECHO ? touched : shaped;
}

/** The links, in the order in which they are followed; the first that leads somewhere is believed. */
export const LINKS: readonly Link[] = [
  {
    reason: 'admission',
    find: ({ actor, namespace, resource, micros }, _, recent) => {
      if (actor !== 'system:apiserver' || !namespace) return null;
      if (!['limitranges', 'poddisruptionbudgets', 'resourcequotas'].includes(resource)) return null;
      const budget = resource === 'poddisruptionbudgets';
      const here = recent
        .changes(namespace)
        .filter((one) => one.micros <= micros && (!budget || one.eviction));
      return here.findLast(({ until }) => until >= micros) ?? here.at(-1) ?? null;
    },
  },
  {
    reason: 'connection',
    find: (line, _, recent) =>
      isKubelet(line) && line.resource.endsWith('reviews') ? recent.connection(line.micros) : null,
  },
  {
    reason: 'volume',
    find: (line, memory) =>
      isKubelet(line) && ['configmaps', 'secrets'].includes(line.resource)
        ? (memory.get(`arrival/${line.actor.slice(12)} ${line.namespace}`)?.moved ?? null)
        : null,
  },
  {
    reason: 'mount',
    find: (line, memory) => {
      if (!isKubelet(line) || !line.resource.startsWith('persistentvolume')) return null;
      const pods = [...line.facts.self, ...line.facts.claims].flatMap(
        (key) => memory.get(`mount/${key}`)?.owners ?? [],
      );
      return latest(pods.map((pod) => memory.get(pod)?.touched));
    },
  },
  {
    reason: 'token',
    find: ({ subresource, facts }, memory) =>
      subresource === 'token' && facts.bound.length > 0
        ? (memory.of('made', facts.bound) ?? memory.of('touched', facts.bound))
        : null,
  },
  {
    reason: 'node lost',
    find: (line, memory) =>
      (by(line, 'node-controller') || by(line, 'taint-eviction-controller')) &&
      line.resource === 'pods' &&
      removes(line) &&
      line.facts.node
        ? (memory.get(`nodes//${line.facts.node}`)?.touched ?? null)
        : null,
  },
  {
    reason: 'event',
    find: (line, memory) => {
      const { resource, facts, namespace } = line;
      if (resource !== 'events') return null;
      const about = facts.involved;
      if (about.length === 0) return null;
      const pod = about.some((key) => key.startsWith('pods/'));
      const makes = facts.reason === 'SuccessfulCreate';
      const named = pod
        ? null
        : latest(
            facts.message.split(/[\s"',:]+/, 64).flatMap((word) =>
              PARTS.map((kind) => `${kind}/${namespace}/${word}`)
                .filter((key) => !about.includes(key))
                .map((key) => memory.get(key)?.[makes ? 'made' : 'touched']),
            ),
          );
      const starts = pod && !POD_ENDS.has(facts.reason) ? memory.of('made', about) : null;
      return named ?? starts ?? causeOf(memory, about, line);
    },
  },
  {
    reason: 'targets',
    find: (line, memory) => {
      const { facts, resource, event } = line;
      if (resource !== 'endpoints' && resource !== 'endpointslices') return null;
      if (facts.targets === null && !removes(line)) return null;
      const before =
        facts.self.map((key) => memory.get(key)?.targets).find(Boolean) ?? new Map<string, string>();
      const now = facts.targets ?? new Map<string, string>();
      const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
        (pod) => before.get(pod) !== now.get(pod),
      );
      const service = memory.of('touched', facts.owners);
      const pods = latest(changed.map((pod) => memory.get(pod)?.moved));
      if (event.verb === 'create') return service ?? pods;
      if (removes(line)) return later(service, pods);
      return pods ?? later(service, memory.of('touched', facts.self));
    },
  },
  {
    reason: 'quota',
    find: ({ resource, facts, namespace }, memory) =>
      resource === 'resourcequotas'
        ? latest([
            memory.of('touched', facts.self),
            ...facts.counts.map((one) => memory.get(`population/${namespace}/${one}`)?.moved),
          ])
        : null,
  },
  {
    reason: 'garbage',
    find: (line, memory) =>
      by(line, 'generic-garbage-collector')
        ? (latest(
            memory.ancestors(line.facts.self, line.facts.owners).map((key) => memory.get(key)?.removed),
          ) ?? memory.of('removed', line.facts.self))
        : null,
  },
  {
    reason: 'namespace ends',
    find: (line, memory) => {
      const note = memory.get(`ending/${line.resource === 'namespaces' ? line.name : line.namespace}`);
      const end = note?.removed;
      if (!end) return null;
      if (by(line, 'namespace-controller')) return end;
      if (!note.moved && line.outcome !== 'refused') return null;
      const own = memory.of('touched', line.facts.self);
      return !own || own.micros <= end.micros || own.trigger === end.trigger ? end : null;
    },
  },
  {
    reason: 'owner',
    find: (line, memory) => {
      const { facts, event, resource, role, subresource } = line;
      const controls = event.verb === 'create' || event.verb === 'delete' || event.verb === 'update';
      if (
        !controls ||
        subresource !== '' ||
        role !== 'system' ||
        isKubelet(line) ||
        resource.startsWith('endpoint')
      )
        return null;
      const owners =
        facts.owners.length > 0 ? facts.owners : facts.self.flatMap((key) => memory.get(key)?.owners ?? []);
      if (owners.length === 0) return null;
      const asked = event.verb !== 'update' || shapes(memory, line) ? 'shaped' : 'touched';
      const lost = event.verb === 'create' && resource !== 'jobs';
      return latest(owners.flatMap((key) => [memory.get(key)?.[asked], lost ? memory.get(key)?.gone : null]));
    },
  },
  {
    reason: 'template',
    find: (line, memory) => {
      if (!by(line, 'statefulset-controller') || line.resource !== 'persistentvolumeclaims') return null;
      // A claim is called by its template, its set and the number of the pod.
      const words = line.name.replace(/-\d+$/, '').split('-', 32);
      return latest(
        words.map((_, i) => memory.get(`statefulsets/${line.namespace}/${words.slice(i).join('-')}`)?.shaped),
      );
    },
  },
  {
    reason: 'scaler',
    find: (line, memory) =>
      by(line, 'horizontal-pod-autoscaler') && line.subresource === 'scale'
        ? later(
            memory.get(`scaler/${line.resource}/${line.namespace}/${line.name}`)?.shaped,
            memory.of('touched', line.facts.self),
          )
        : null,
  },
  {
    reason: 'roles',
    find: (line, memory) =>
      by(line, 'clusterrole-aggregation-controller')
        ? (memory.get('aggregate/clusterroles')?.touched ?? null)
        : null,
  },
  {
    reason: 'claim',
    find: ({ resource, facts }, memory) =>
      resource.startsWith('persistentvolume')
        ? later(memory.of('touched', facts.self), memory.of('touched', facts.claims))
        : null,
  },
  {
    reason: 'definition',
    find: ({ group, resource, event }, memory) =>
      isCustomGroup(group) && (event.verb === 'list' || event.verb === 'watch')
        ? (memory.get(`customresourcedefinitions//${resource}.${group}`)?.shaped ??
          memory.get(`group/${group}`)?.touched ??
          null)
        : null,
  },
  {
    reason: 'status',
    find: (line, memory) =>
      line.subresource === 'status'
        ? later(causeOf(memory, line.facts.self, line), memory.of('signalled', line.facts.self))
        : null,
  },
  { reason: 'object', find: (line, memory) => causeOf(memory, line.facts.self, line) },
  {
    reason: 'owner',
    find: ({ facts }, memory) => memory.of('touched', memory.ancestors(facts.self, facts.owners)),
  },
  {
    reason: 'related',
    find: ({ facts }, memory) =>
      memory.of('touched', [...facts.claims, ...facts.bound, ...facts.involved, ...facts.about]),
  },
  {
    reason: 'namespace begins',
    find: ({ namespace }, memory) =>
      namespace ? (memory.get(`namespaces//${namespace}`)?.touched ?? null) : null,
  },
];
