import { HAVE_PARTS, PARTS, POD_ENDS } from '../../../audit/workloads.js';
import { latest, type Mark } from '../notes.js';
import { isChange, type Request } from '../request.js';
import { ancestorsOf, changeOf, type IdentityRule, lastOf, notesOf } from './rule.js';

const IS_PART: ReadonlySet<string> = new Set(PARTS);

/** What the API server and kubelets ask for while they serve somebody, and what Events tell. */
export const SERVING_RULES: readonly IdentityRule[] = [
  {
    id: 'admission',
    why: 'the API server looks it up while it serves a request in the namespace',
    find: ({ request, registry: { recent } }) => {
      const { role, resource, namespace, micros } = request;
      if (role !== 'system:apiserver' || !namespace) return null;
      if (!['limitranges', 'poddisruptionbudgets', 'resourcequotas'].includes(resource)) return null;
      const evicts = resource === 'poddisruptionbudgets';
      const fits = (other: Request): boolean =>
        other.namespace === namespace &&
        other.micros <= micros &&
        (evicts ? other.subresource === 'eviction' : isChange(other));
      const here = recent.filter(({ request: other }) => fits(other));
      const serving = here.filter(
        ({ request: other }) => other.until >= micros && other.role !== 'system:apiserver',
      );
      const found = serving.at(-1) ?? here.at(-1);
      return found ? { cause: found.cause, micros: found.request.micros } : null;
    },
  },
  {
    id: 'address',
    why: 'it is the address of a service that was changed',
    find: (asked) =>
      asked.request.role === 'system:apiserver' && asked.request.resource === 'ipaddresses'
        ? lastOf(ancestorsOf(asked), 'touched')
        : null,
  },
  {
    id: 'kubelet-review',
    why: 'a kubelet asks whether a connection is allowed that was opened just before',
    find: ({ request, registry }) =>
      request.role === 'node' && request.resource.endsWith('reviews') ? registry.connected : null,
  },
  {
    id: 'kubelet-volume',
    why: 'a kubelet reads it for the pod that was given to its node last in the namespace',
    find: ({ request, registry }) =>
      request.role === 'node' && ['configmaps', 'secrets'].includes(request.resource)
        ? (registry.namespace(request.namespace)?.nodes.get(request.actor.slice(12)) ?? null)
        : null,
  },
  {
    id: 'kubelet-claim',
    why: 'a kubelet reads it for the last pod that uses the claim',
    find: ({ request, note, registry }) => {
      if (request.role !== 'node') return null;
      if (request.resource !== 'persistentvolumeclaims' && request.resource !== 'persistentvolumes')
        return null;
      const claims = [...(note ? [note] : []), ...notesOf(registry, request.facts.claims)];
      return lastOf(
        claims.flatMap(({ users }) => users.filter(({ resource }) => resource === 'pods')),
        'touched',
      );
    },
  },
  {
    id: 'token',
    why: 'the token is for a pod that was made',
    find: ({ request, registry }) => {
      if (request.subresource !== 'token') return null;
      const pods = notesOf(registry, request.facts.bound);
      return lastOf(pods, 'made') ?? lastOf(pods, 'touched');
    },
  },
  {
    id: 'node-opens',
    why: 'a pod that could not be placed is tried again because a node was changed',
    find: ({ request, note, registry }) => {
      if (request.role !== 'system:kube-scheduler') return null;
      const pods =
        request.resource === 'events' ? notesOf(registry, request.facts.involved) : note ? [note] : [];
      const since = pods.find(({ waiting }) => waiting > 0)?.waiting;
      const node = registry.nodeChange;
      if (since === undefined || !node || node.micros < since) return null;
      const own = changeOf(pods, request);
      return !own || own.micros < node.micros ? node : null;
    },
  },
  {
    id: 'event-named',
    why: 'its message names a part that was changed',
    find: ({ request, registry }) => {
      const { resource, facts, namespace } = request;
      if (resource !== 'events' || !facts.message) return null;
      const involved = notesOf(registry, facts.involved);
      if (!facts.involved.some((key) => HAVE_PARTS.has(key.split('/')[0]!))) return null;
      const which = facts.reason === 'SuccessfulCreate' ? 'made' : 'touched';
      let last: Mark | null = null;
      for (const word of facts.message.split(/[\s"',:]+/, 60))
        for (const part of registry.named(namespace, word))
          if (IS_PART.has(part.resource) && !involved.includes(part)) last = latest([last, part[which]]);
      return last;
    },
  },
  {
    id: 'event',
    why: 'the object that it tells of was changed',
    find: ({ request, registry }) => {
      const { resource, facts } = request;
      if (resource !== 'events' || facts.involved.length === 0) return null;
      const involved = notesOf(registry, facts.involved);
      const starts = involved.some((note) => note.resource === 'pods') && !POD_ENDS.has(facts.reason);
      return (starts ? lastOf(involved, 'made') : null) ?? changeOf(involved, request);
    },
  },
];
