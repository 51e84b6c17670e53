import { isCustomGroup } from './background.js';
import { Ledger, type Mark } from './ledger.js';
import { CONNECTS, isRemoval, nameKey, type Request } from './request.js';

/** How a cascade line is followed back to the request that caused it. */
export interface CascadeRule {
  id: string;
  why: string;
  /** The mark of the cause, or null when the rule says nothing about the request. */
  find(request: Request, ledger: Ledger): Mark | null;
}

const ACCOUNT = 'system:serviceaccount:kube-system:';
const by = ({ user }: Request, controller: string): boolean => user === ACCOUNT + controller;
const isKubelet = ({ user }: Request): boolean => user.startsWith('system:node:');

/** Which controllers make and remove what an object owns. */
const WORKLOAD_CONTROLLERS: Record<string, readonly string[]> = {
  'deployment-controller': ['replicasets'],
  'replicaset-controller': ['pods'],
  'replication-controller': ['pods'],
  'statefulset-controller': ['pods', 'controllerrevisions', 'persistentvolumeclaims'],
  'daemon-set-controller': ['pods', 'controllerrevisions'],
  'job-controller': ['pods'],
  'cronjob-controller': ['jobs'],
  'endpointslice-controller': [],
};

/** The rules, in the order in which they are asked; the first that answers is believed. */
export const CASCADE_RULES: readonly CascadeRule[] = [
  {
    id: 'admission',
    why: 'The API server looks up limits, budgets and quota of a namespace, and counts quota, while it serves a request there.',
    find: (request, { recent }) => {
      if (request.user !== 'system:apiserver' || !request.namespace) return null;
      if (!['limitranges', 'poddisruptionbudgets', 'resourcequotas'].includes(request.resource)) return null;
      const { micros, namespace } = request;
      const here = recent.filter(
        (one) => one.request.namespace === namespace && one.request.micros <= micros,
      );
      const served = here.filter(
        (one) => one.request.until >= micros && one.request.user !== 'system:apiserver',
      );
      const cause = served.at(-1) ?? here.at(-1);
      return cause ? { context: cause.context, micros: cause.request.micros } : null;
    },
  },
  {
    id: 'kubelet-review',
    why: 'A kubelet asks whether a log, exec or proxy request that the API server passes on to it is allowed.',
    find: (request, { recent }) => {
      if (!isKubelet(request) || !request.resource.endsWith('reviews')) return null;
      const cause = recent.findLast(
        (one) => CONNECTS.has(one.request.subresource) && one.request.micros <= request.micros,
      );
      return cause ? { context: cause.context, micros: cause.request.micros } : null;
    },
  },
  {
    id: 'kubelet-volume',
    why: 'A kubelet reads and watches a configmap or secret for the pod that was given to its node last in that namespace.',
    find: (request, { arrivals }) =>
      isKubelet(request) && ['configmaps', 'secrets'].includes(request.resource)
        ? (arrivals.get(`${request.user.slice(12)} ${request.namespace}`) ?? null)
        : null,
  },
  {
    id: 'token',
    why: 'A token bound to a pod is the pod’s, not the shared account’s.',
    find: ({ subresource, facts }, ledger) =>
      subresource === 'token' && facts.bound.length ? ledger.of(ledger.touched, facts.bound) : null,
  },
  {
    id: 'event-named',
    why: 'An Event whose message names an object that its own object owns tells of that one.',
    find: (request, ledger) => {
      const { resource, facts, namespace } = request;
      if (resource !== 'events' || facts.involved.length === 0) return null;
      for (const word of facts.message.split(/[\s"',:]+/).reverse())
        for (const kind of ['pods', 'replicasets', 'jobs', 'persistentvolumeclaims']) {
          const key = nameKey(kind, namespace, word);
          if (facts.involved.includes(key)) continue;
          const mark = ledger.touched.get(key);
          if (mark) return mark;
        }
      return null;
    },
  },
  {
    id: 'event',
    why: 'An Event belongs to the last change of the object that it is about.',
    find: ({ resource, facts }, ledger) =>
      resource === 'events' && facts.involved.length ? ledger.of(ledger.touched, facts.involved) : null,
  },
  {
    id: 'node-opens',
    why: 'A pod that could not be placed is placed because a node was changed.',
    find: (request, ledger) => {
      if (request.user !== 'system:kube-scheduler' || request.subresource !== 'binding') return null;
      if (!ledger.waiting.has(nameKey('pods', request.namespace, request.name))) return null;
      const pod = ledger.of(ledger.touched, request.facts.self);
      return ledger.nodeChange && (!pod || ledger.nodeChange.micros > pod.micros) ? ledger.nodeChange : null;
    },
  },
  {
    id: 'garbage',
    why: 'The garbage collector removes what a removed object owned.',
    find: (request, ledger) => {
      if (!by(request, 'generic-garbage-collector')) return null;
      const owners = ledger.ancestors(request.facts.self, request.facts.owners);
      return (
        Ledger.latest(owners.map((key) => ledger.removed.get(key))) ??
        ledger.of(ledger.removed, request.facts.self)
      );
    },
  },
  {
    id: 'namespace-end',
    why: 'While a namespace is being deleted, what happens in it is the deletion’s.',
    find: (request, ledger) => {
      const place = request.resource === 'namespaces' ? request.name : request.namespace;
      const end = ledger.ending.get(place);
      if (!end) return null;
      if (by(request, 'namespace-controller')) return end;
      const own = ledger.of(ledger.touched, request.facts.self);
      return !own || own.micros <= end.micros ? end : null;
    },
  },
  {
    id: 'node',
    why: 'Controllers tolerate, taint and label a node after somebody changed it.',
    find: ({ resource, facts }, ledger) =>
      resource === 'nodes' ? ledger.of(ledger.touched, facts.self) : null,
  },
  {
    id: 'daemon',
    why: 'A daemon’s pod is made or removed for a change of the daemon set, of its pods, or of the node it is for.',
    find: (request, ledger) => {
      if (!by(request, 'daemon-set-controller') || request.resource !== 'pods') return null;
      const owners = ledger.ancestors(request.facts.self, request.facts.owners);
      const node = request.facts.node ? ledger.touched.get(nameKey('nodes', '', request.facts.node)) : null;
      return Ledger.latest([
        ...owners.flatMap((key) => [
          ledger.touched.get(key),
          ledger.gone.get(key),
          ledger.signalled.get(key),
        ]),
        node,
      ]);
    },
  },
  {
    id: 'owned',
    why: 'A workload controller makes, changes and removes what an object owns for the last change of that object or of its other parts.',
    find: (request, ledger) => {
      const [, controller = ''] = request.user.split(ACCOUNT);
      if (!WORKLOAD_CONTROLLERS[controller]?.includes(request.resource)) return null;
      const { self, owners: named } = request.facts;
      const direct = named.length ? named : self.flatMap((key) => ledger.owners.get(key) ?? []);
      if (direct.length === 0) return null;
      // A replica set replaces lost pods; the state of the others does not make it act.
      const simple = controller === 'replicaset-controller' || controller === 'replication-controller';
      const removal = isRemoval(request);
      return Ledger.latest(
        direct.flatMap((key) => [
          ledger.touched.get(key),
          simple ? (removal ? null : ledger.gone.get(key)) : ledger.signalled.get(key),
        ]),
      );
    },
  },
  {
    id: 'targets',
    why: 'Endpoints change for the pods that came, went or changed state; else for their service.',
    find: (request, ledger) => {
      const { facts, resource } = request;
      if (resource !== 'endpoints' && resource !== 'endpointslices') return null;
      if (facts.targets === null && !isRemoval(request)) return null;
      const before = ledger.targetsOf(facts.self);
      const now = facts.targets ?? new Map<string, string>();
      const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
        (pod) => before.get(pod) !== now.get(pod),
      );
      const service = ledger.of(ledger.touched, facts.owners);
      const pods = Ledger.latest(changed.map((pod) => ledger.moved.get(pod)));
      return request.verb === 'create' || isRemoval(request)
        ? (Ledger.latest([service, ...(request.verb === 'create' ? [] : [pods])]) ?? pods)
        : (pods ?? Ledger.latest([service, ledger.of(ledger.touched, facts.self)]));
    },
  },
  {
    id: 'budget',
    why: 'A disruption budget counts anew when it or a pod that it selects changes.',
    find: (request, ledger) => {
      const { resource, facts, namespace } = request;
      if (resource !== 'poddisruptionbudgets') return null;
      const { selector } = facts;
      const selected = selector
        ? [...ledger.pods]
            .filter(([, pod]) => pod.namespace === namespace)
            .filter(([, pod]) => Object.entries(selector).every(([key, value]) => pod.labels[key] === value))
            .map(([key]) => ledger.moved.get(key))
        : [];
      return Ledger.latest([ledger.of(ledger.touched, facts.self), ...selected]);
    },
  },
  {
    id: 'quota',
    why: 'A quota’s use is counted anew for the last object that came to or left its namespace.',
    find: (request, ledger) =>
      request.resource === 'resourcequotas'
        ? Ledger.latest([
            ledger.of(ledger.touched, request.facts.self),
            ledger.population.get(request.namespace),
          ])
        : null,
  },
  {
    id: 'claim',
    why: 'A claim and its volume move together.',
    find: ({ resource, facts }, ledger) =>
      resource === 'persistentvolumes' || resource === 'persistentvolumeclaims'
        ? Ledger.latest([ledger.of(ledger.touched, facts.self), ledger.of(ledger.touched, facts.claims)])
        : null,
  },
  {
    id: 'custom-informer',
    why: 'Controllers list and watch a custom resource because its definition was made or changed.',
    find: ({ group, resource, verb }, ledger) =>
      isCustomGroup(group) && (verb === 'list' || verb === 'watch')
        ? (ledger.touched.get(nameKey('customresourcedefinitions', '', `${resource}.${group}`)) ??
          ledger.touched.get(`group/${group}`) ??
          null)
        : null,
  },
  {
    id: 'status',
    why: 'A controller reports on an object after the last change of the object or of something it owns.',
    find: ({ subresource, facts }, ledger) =>
      subresource === 'status'
        ? Ledger.latest([ledger.of(ledger.touched, facts.self), ledger.of(ledger.signalled, facts.self)])
        : null,
  },
  {
    id: 'object',
    why: 'A request on an object belongs to the last change of that object.',
    find: ({ facts }, ledger) => ledger.of(ledger.touched, facts.self),
  },
  {
    id: 'owner',
    why: 'A request on an object that nobody has changed belongs to the last change of its owner.',
    find: ({ facts }, ledger) => ledger.of(ledger.touched, ledger.ancestors(facts.self, facts.owners)),
  },
  {
    id: 'related',
    why: 'A request that names other objects belongs to the last change of those.',
    find: ({ facts }, ledger) =>
      ledger.of(ledger.touched, [...facts.claims, ...facts.bound, ...facts.involved]),
  },
  {
    id: 'namespace-start',
    why: 'What the control plane puts into a namespace that nobody else touched is the namespace’s creation.',
    find: ({ namespace }, ledger) =>
      namespace ? (ledger.touched.get(nameKey('namespaces', '', namespace)) ?? null) : null,
  },
];

/**
 * Follows a request back to its cause.
 *
 * @returns The rule that answered and the context it names, or null when none does.
 */
export function followBack(request: Request, ledger: Ledger): { rule: string; context: string } | null {
  for (const { id, find } of CASCADE_RULES) {
    const mark = find(request, ledger);
    if (mark) return { rule: id, context: mark.context };
  }
  return null;
}
