import { HAVE_PARTS, PARTS, POD_ENDS } from '../../audit/workloads.js';
import { Ledger } from './ledger.js';
import { CONNECTS, isChange, nameKey } from './request.js';
import { by, type CascadeRule, isKubelet } from './rule.js';

/** What the API server and kubelets ask for while they serve somebody, and what Events tell. */
export const SERVING_RULES: readonly CascadeRule[] = [
  {
    id: 'admission',
    why: 'The API server looks up limits, budgets and quota of a namespace, and counts quota, while it serves a request there.',
    find: (request, { recent }) => {
      if (request.user !== 'system:apiserver' || !request.namespace) return null;
      if (!['limitranges', 'poddisruptionbudgets', 'resourcequotas'].includes(request.resource)) return null;
      const { micros, namespace } = request;
      const forEviction = request.resource === 'poddisruptionbudgets';
      const here = recent.filter(
        (one) =>
          one.request.namespace === namespace &&
          one.request.micros <= micros &&
          (forEviction
            ? one.request.subresource === 'eviction'
            : isChange(one.request) && one.request.resource !== 'events'),
      );
      const served = here.filter(
        (one) => one.request.until >= micros && one.request.user !== 'system:apiserver',
      );
      const cause = served.at(-1) ?? here.at(-1);
      return cause ? { context: cause.context, micros: cause.request.micros } : null;
    },
  },
  {
    id: 'address',
    why: 'The API server takes and gives back an address for the last change of the service that has it.',
    find: ({ user, resource, facts }, ledger) =>
      user === 'system:apiserver' && resource === 'ipaddresses'
        ? ledger.of(ledger.touched, ledger.ancestors(facts.self, facts.owners))
        : null,
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
    id: 'kubelet-claim',
    why: 'A kubelet reads a claim and its volume for the last pod that uses it.',
    find: (request, ledger) => {
      if (!isKubelet(request) || !['persistentvolumeclaims', 'persistentvolumes'].includes(request.resource))
        return null;
      const claims = [...request.facts.self, ...request.facts.claims];
      const pods = claims.flatMap((claim) => [...(ledger.users.get(claim) ?? [])]);
      return Ledger.latest(pods.map((pod) => ledger.touched.get(pod)));
    },
  },
  {
    id: 'token',
    why: 'A token bound to a pod is the pod’s, not the shared account’s.',
    find: ({ subresource, facts }, ledger) =>
      subresource === 'token' && facts.bound.length
        ? (ledger.of(ledger.made, facts.bound) ?? ledger.of(ledger.touched, facts.bound))
        : null,
  },
  {
    id: 'node-opens',
    why: 'A pod that could not be placed is tried again because a node was changed.',
    find: (request, ledger) => {
      if (request.user !== 'system:kube-scheduler') return null;
      const { self, involved } = request.facts;
      const pod = request.resource === 'events' ? involved : self;
      const since = pod.map((key) => ledger.waiting.get(key)).find((one) => one !== undefined);
      const node = ledger.nodeChange;
      if (since === undefined || !node || node.micros < since) return null;
      const own = ledger.cause(pod, request);
      return !own || own.micros < node.micros ? node : null;
    },
  },
  {
    id: 'budget',
    why: 'A disruption budget counts anew, and tells of it, when it or a pod that it selects changes.',
    find: (request, ledger) => {
      if (!by(request, 'disruption-controller')) return null;
      const { facts, namespace } = request;
      const self = request.resource === 'events' ? facts.involved : facts.self;
      const selector = facts.selector ?? self.map((key) => ledger.selectors.get(key)).find(Boolean);
      const selected = [...(selector ? ledger.pods : [])]
        .filter(([, pod]) => pod.namespace === namespace)
        .filter(([, pod]) => Object.entries(selector!).every(([key, value]) => pod.labels[key] === value))
        .map(([key]) => ledger.moved.get(key));
      return Ledger.latest([ledger.of(ledger.touched, self), ...selected]);
    },
  },
  {
    id: 'event-named',
    why: 'An Event of a workload whose message names one of its parts tells of that part.',
    find: (request, ledger) => {
      const { resource, facts, namespace } = request;
      if (resource !== 'events' || !facts.involved.some((key) => HAVE_PARTS.has(key.split('/')[0]!)))
        return null;
      const makes = facts.reason === 'SuccessfulCreate';
      const words = facts.message.split(/[\s"',:]+/);
      return Ledger.latest(
        words.flatMap((word) =>
          PARTS.map((kind) => nameKey(kind, namespace, word))
            .filter((key) => !facts.involved.includes(key))
            .map((key) => (makes ? ledger.made : ledger.touched).get(key)),
        ),
      );
    },
  },
  {
    id: 'event',
    why: 'An Event belongs to the last change of the object that it is about; one of a pod that starts, to what made the pod.',
    find: (request, ledger) => {
      const { involved, reason } = request.facts;
      if (request.resource !== 'events' || involved.length === 0) return null;
      const starts = involved.some((key) => key.startsWith('pods/')) && !POD_ENDS.has(reason);
      return (starts ? ledger.of(ledger.made, involved) : null) ?? ledger.cause(involved, request);
    },
  },
];
