import { isCustomGroup } from '../../audit/background.js';
import { Ledger } from './ledger.js';
import { nameKey } from './request.js';
import { by, type CascadeRule } from './rule.js';

/** What only the object of a request, or what it names, can say. */
export const OBJECT_RULES: readonly CascadeRule[] = [
  {
    id: 'claim',
    why: 'A claim and its volume move together.',
    find: ({ resource, facts }, ledger) =>
      resource === 'persistentvolumes' || resource === 'persistentvolumeclaims'
        ? Ledger.latest([ledger.of(ledger.touched, facts.self), ledger.of(ledger.touched, facts.claims)])
        : null,
  },
  {
    id: 'claim-protection',
    why: 'Whether pods still use a claim is asked when one is deleted in their namespace.',
    find: (request, ledger) =>
      by(request, 'pvc-protection-controller') && request.verb === 'list'
        ? (ledger.claimsGone.get(request.namespace) ?? null)
        : null,
  },
  {
    id: 'custom-informer',
    why: 'Controllers list and watch a custom resource because its definition was made or changed.',
    find: ({ group, resource, verb }, ledger) =>
      isCustomGroup(group) && (verb === 'list' || verb === 'watch')
        ? (ledger.shaped.get(nameKey('customresourcedefinitions', '', `${resource}.${group}`)) ??
          ledger.touched.get(`group/${group}`) ??
          null)
        : null,
  },
  {
    id: 'status',
    why: 'A controller reports on an object after the last change of the object or of something it owns.',
    find: (request, ledger) => {
      const { self } = request.facts;
      return request.subresource === 'status'
        ? Ledger.latest([ledger.cause(self, request), ledger.of(ledger.signalled, self)])
        : null;
    },
  },
  {
    id: 'object',
    why: 'A request on an object belongs to the last change of that object.',
    find: (request, ledger) => ledger.cause(request.facts.self, request),
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
      ledger.of(ledger.touched, [...facts.claims, ...facts.bound, ...facts.involved, ...facts.about]),
  },
  {
    id: 'namespace-start',
    why: 'What the control plane puts into a namespace that nobody else touched is the namespace’s creation.',
    find: ({ namespace }, ledger) =>
      namespace ? (ledger.touched.get(nameKey('namespaces', '', namespace)) ?? null) : null,
  },
];
