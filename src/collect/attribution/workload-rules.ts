import { MADE_BY } from '../../audit/workloads.js';
import { Ledger } from './ledger.js';
import { isDone, isRemoval, nameKey } from './request.js';
import { ACCOUNT, by, type CascadeRule } from './rule.js';

/** Which controllers make and remove what an object owns. */
const WORKLOAD_CONTROLLERS = new Map([...MADE_BY, ['endpointslice-controller', []]]);

/** What controllers and the scheduler do with what people made. */
export const WORKLOAD_RULES: readonly CascadeRule[] = [
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
    why: 'While a namespace is being emptied, what happens in it is the deletion’s; before, only what is refused for it.',
    find: (request, ledger) => {
      const place = request.resource === 'namespaces' ? request.name : request.namespace;
      const end = ledger.ending.get(place);
      if (!end) return null;
      if (by(request, 'namespace-controller')) return end;
      if (!ledger.emptying.has(place) && request.code !== 403) return null;
      const own = ledger.of(ledger.touched, request.facts.self);
      return !own || own.micros <= end.micros || own.context === end.context ? end : null;
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
    why: 'A daemon’s pod is made or removed for the last change of what its set is to be, of the node it is for, or for the loss of a pod.',
    find: (request, ledger) => {
      if (!by(request, 'daemon-set-controller') || request.resource !== 'pods') return null;
      const owners = ledger.ancestors(request.facts.self, request.facts.owners);
      const node = request.facts.node ? ledger.touched.get(nameKey('nodes', '', request.facts.node)) : null;
      const lost = isRemoval(request) ? [] : owners.map((key) => ledger.gone.get(key));
      return Ledger.latest([...owners.map((key) => ledger.shaped.get(key)), ...lost, node]);
    },
  },
  {
    id: 'owned',
    why: 'A workload controller makes and removes parts for the last change of what their owner is to be, or for the loss of a part.',
    find: (request, ledger) => {
      const [, controller = ''] = request.user.split(ACCOUNT);
      const { resource, verb, facts } = request;
      if (!WORKLOAD_CONTROLLERS.get(controller)?.includes(resource)) return null;
      const owners = facts.owners.length
        ? facts.owners
        : facts.self.flatMap((key) => ledger.owners.get(key) ?? []);
      if (owners.length === 0) return null;
      // A finalizer of a pod goes when the pod ends, or its owner.
      if (resource === 'pods' && verb === 'patch')
        return Ledger.latest([
          ledger.cause(facts.self, request),
          ...owners.map((key) => ledger.removed.get(key)),
        ]);
      const asked = verb !== 'update' || ledger.reshapes(request) ? ledger.shaped : ledger.touched;
      const lost = verb === 'create' && resource !== 'jobs' ? ledger.gone : null;
      return Ledger.latest(owners.flatMap((key) => [asked.get(key), lost?.get(key)]));
    },
  },
  {
    id: 'claim-template',
    why: 'A stateful set makes the claim of a pod for the last change of what the set is to be, or for the loss of a pod.',
    find: (request, ledger) => {
      if (!by(request, 'statefulset-controller') || request.resource !== 'persistentvolumeclaims')
        return null;
      const { name, namespace } = request;
      const words = name.replace(/-\d+$/, '').split('-');
      const sets = words.map((_, i) => nameKey('statefulsets', namespace, words.slice(i).join('-')));
      const set = sets.find((key) => ledger.touched.has(key));
      return set
        ? Ledger.latest([ledger.shaped.get(set), ledger.gone.get(ledger.uids.get(set) ?? set)])
        : null;
    },
  },
  {
    id: 'autoscaler',
    why: 'An autoscaler reads its target and asks for metrics by itself; it scales after the last change of either.',
    find: (request, ledger) => {
      if (!by(request, 'horizontal-pod-autoscaler')) return null;
      const { resource, subresource, namespace, name, user, facts } = request;
      if (resource === 'pods') {
        const asked = ledger.recent.findLast(
          (one) => one.request.user === user && one.request.namespace === namespace,
        );
        return asked ? { context: asked.context, micros: asked.request.micros } : null;
      }
      if (subresource !== 'scale') return null;
      const target = nameKey(resource, namespace, name);
      const scalers = [...ledger.scalers].filter(([, of]) => of === target);
      const own = Ledger.latest(scalers.map(([scaler]) => ledger.shaped.get(scaler)));
      if (own && scalers.length > 1) return { ...own, doubtful: true };
      return isDone(request) ? Ledger.latest([own, ledger.of(ledger.touched, facts.self)]) : own;
    },
  },
  {
    id: 'cron',
    why: 'A cron job is read anew after its last change or that of a job it owns.',
    find: (request, ledger) =>
      by(request, 'cronjob-controller') && request.resource === 'cronjobs'
        ? Ledger.latest([
            ledger.of(ledger.touched, request.facts.self),
            ledger.of(ledger.signalled, request.facts.self),
          ])
        : null,
  },
  {
    id: 'aggregate',
    why: 'Cluster roles that gather others are put together anew after a cluster role came, changed or went.',
    find: (request, ledger) => (by(request, 'clusterrole-aggregation-controller') ? ledger.roleChange : null),
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
      if (request.verb === 'create') {
        const lost = Ledger.latest([
          ledger.of(ledger.removed, facts.self),
          ...facts.owners.map((key) => ledger.gone.get(key)),
        ]);
        return Ledger.latest([service, lost]) ?? pods;
      }
      if (isRemoval(request)) return Ledger.latest([service, pods]);
      return (
        pods ??
        Ledger.latest([service, ledger.of(ledger.touched, facts.self)]) ??
        ledger.population.get(`${request.namespace}/pods`) ??
        null
      );
    },
  },
  {
    id: 'quota',
    why: 'A quota’s use is counted anew for the last object of what it counts that came or went.',
    find: (request, ledger) =>
      request.resource === 'resourcequotas'
        ? Ledger.latest([
            ledger.of(ledger.touched, request.facts.self),
            ...request.facts.counts.map((one) => ledger.population.get(`${request.namespace}/${one}`)),
          ])
        : null,
  },
];
