import { MADE_BY } from '../../../audit/workloads.js';
import { latest } from '../notes.js';
import { beginnings } from '../object-index.js';
import { changedTargets, selectedPods } from '../relations.js';
import { isDone, isRemoval } from '../request.js';
import { ancestorsOf, changeOf, type IdentityRule, lastOf, notesOf, ownersOf } from './rule.js';

/** What controllers do with what people made. */
export const WORKLOAD_RULES: readonly IdentityRule[] = [
  {
    id: 'garbage',
    why: 'what the collector removes was owned by what was removed',
    find: (asked) =>
      asked.request.role === 'generic-garbage-collector'
        ? (lastOf(ancestorsOf(asked), 'removed') ?? asked.note?.removed ?? null)
        : null,
  },
  {
    id: 'namespace-end',
    why: 'its namespace is being deleted',
    find: ({ request, note, registry }) => {
      const place = registry.namespace(request.place);
      if (!place?.ending) return null;
      if (request.role === 'namespace-controller') return place.ending;
      if (!place.emptying && request.code !== 403) return null;
      const own = note?.touched;
      const older = !own || own.micros <= place.ending.micros || own.cause === place.ending.cause;
      return older ? place.ending : null;
    },
  },
  {
    id: 'node',
    why: 'the node was changed',
    find: ({ request, note }) => (request.resource === 'nodes' ? (note?.touched ?? null) : null),
  },
  {
    id: 'daemon',
    why: 'the DaemonSet that owns the pod, or the node it is for, was changed, or a pod was lost',
    find: (asked) => {
      const { request, registry } = asked;
      if (request.role !== 'daemon-set-controller' || request.resource !== 'pods') return null;
      const owners = ancestorsOf(asked);
      if (owners.length === 0) return null;
      const node = registry.find(`nodes//${request.facts.node}`)?.touched;
      const lost = isRemoval(request) ? null : lastOf(owners, 'gone');
      return latest([lastOf(owners, 'shaped'), lost, node]);
    },
  },
  {
    id: 'owned',
    why: 'its owner was changed, or lost a part',
    find: (asked) => {
      const { request, note, registry } = asked;
      const { role, resource, verb } = request;
      if (!MADE_BY.get(role)?.includes(resource)) return null;
      const owners = ownersOf(asked);
      if (owners.length === 0) return null;
      // A finalizer of a pod goes when the pod ends, or its owner.
      if (resource === 'pods' && verb === 'patch')
        return latest([note && changeOf([note], request), lastOf(owners, 'removed')]);
      const which = verb !== 'update' || registry.reshapes(request, note) ? 'shaped' : 'touched';
      const lost = verb === 'create' && resource !== 'jobs' ? lastOf(owners, 'gone') : null;
      return latest([lastOf(owners, which), lost]);
    },
  },
  {
    id: 'claim-template',
    why: 'its StatefulSet was changed, or lost a pod',
    find: ({ request, registry }) => {
      const { role, resource, namespace, name } = request;
      if (role !== 'statefulset-controller' || resource !== 'persistentvolumeclaims') return null;
      const words = name.replace(/-\d+$/, '').split('-');
      const sets = words.map((_, i) =>
        registry.find(`statefulsets/${namespace}/${words.slice(i).join('-')}`),
      );
      const set = sets.find((one) => one?.touched);
      return set ? latest([set.shaped, set.gone]) : null;
    },
  },
  {
    id: 'autoscaler',
    why: 'its autoscaler, or what that scales, was changed',
    find: ({ request, note, registry }) => {
      if (request.role !== 'horizontal-pod-autoscaler') return null;
      if (request.resource === 'pods')
        return registry.namespace(request.namespace)?.actors.get(request.actor) ?? null;
      if (request.subresource !== 'scale' || !note) return null;
      const scalers = note.users.filter(({ resource }) => resource === 'horizontalpodautoscalers');
      const own = lastOf(scalers, 'shaped');
      return isDone(request) ? latest([own, note.touched]) : own;
    },
  },
  {
    id: 'cron',
    why: 'the CronJob, or a Job of its, was changed',
    find: ({ request, note }) =>
      request.role === 'cronjob-controller' && request.resource === 'cronjobs'
        ? lastOf([note], 'touched') && latest([note?.touched, note?.signal])
        : null,
  },
  {
    id: 'aggregate',
    why: 'a cluster role was changed',
    find: ({ request, registry }) =>
      request.role === 'clusterrole-aggregation-controller' ? registry.roleChange : null,
  },
  {
    id: 'targets',
    why: 'pods behind the service came, went or changed, or the service did',
    find: (asked) => {
      const { request, note, registry } = asked;
      const { facts, resource, verb, namespace } = request;
      if (resource !== 'endpoints' && resource !== 'endpointslices') return null;
      if ((facts.targets === null && !isRemoval(request)) || !note) return null;
      const services = ownersOf(asked);
      const service = lastOf(services, 'touched');
      const pods = lastOf(changedTargets(request, note, registry), 'moved');
      if (verb === 'create') return latest([service, note.removed, lastOf(services, 'gone')]) ?? pods;
      if (isRemoval(request)) return latest([service, pods]);
      return (
        pods ??
        latest([service, note.touched]) ??
        registry.namespace(namespace)?.population.get('pods') ??
        null
      );
    },
  },
  {
    id: 'quota',
    why: 'an object that the quota counts came or went',
    find: ({ request, note, registry }) => {
      if (request.resource !== 'resourcequotas' || request.facts.counts.length === 0) return null;
      const population = registry.namespace(request.namespace)?.population;
      return latest([note?.touched, ...request.facts.counts.map((counted) => population?.get(counted))]);
    },
  },
  {
    id: 'budget',
    why: 'the disruption budget, or a pod that it selects, was changed',
    find: ({ request, note, registry }) => {
      if (request.role !== 'disruption-controller') return null;
      const involved = notesOf(registry, request.facts.involved);
      const own = request.resource === 'events' ? involved : note ? [note] : [];
      return latest([lastOf(own, 'touched'), selectedPods(request, note, involved, registry)]);
    },
  },
  {
    id: 'name-begins',
    why: 'what its name begins with was changed',
    find: ({ request, note, registry }) => {
      // Only where nothing else is said of a made object.
      if (request.verb !== 'create' || !request.name || note?.touched || request.facts.owners.length > 0)
        return null;
      for (const beginning of beginnings(request.name)) {
        const found = registry.named(request.namespace, beginning).filter(({ shaped }) => shaped);
        if (found.length > 0) return lastOf(found, 'shaped');
      }
      return null;
    },
  },
];
