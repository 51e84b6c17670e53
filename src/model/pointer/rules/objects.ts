import { isCustomGroup } from '../../../audit/background.js';
import { latest } from '../notes.js';
import { ancestorsOf, changeOf, type IdentityRule, lastOf, notesOf } from './rule.js';

/** What only the object of a request, or what it names, can say. */
export const OBJECT_RULES: readonly IdentityRule[] = [
  {
    id: 'claim',
    why: 'the claim, or its volume, was changed',
    find: ({ request, note, registry }) =>
      request.resource === 'persistentvolumes' || request.resource === 'persistentvolumeclaims'
        ? latest([note?.touched, lastOf(notesOf(registry, request.facts.claims), 'touched')])
        : null,
  },
  {
    id: 'custom-informer',
    why: 'the definition of its kind was made or changed',
    find: ({ request: { group, resource, verb }, registry: { definitions } }) =>
      isCustomGroup(group) && (verb === 'list' || verb === 'watch')
        ? (definitions.get(`${resource}.${group}`) ?? definitions.get(group) ?? null)
        : null,
  },
  {
    id: 'status',
    why: 'the object, or something that it owns, was changed',
    find: ({ request, note }) =>
      request.subresource === 'status' && note ? latest([changeOf([note], request), note.signal]) : null,
  },
  {
    id: 'object',
    why: 'the object was changed',
    find: ({ request, note }) => (note ? changeOf([note], request) : null),
  },
  {
    id: 'owner',
    why: 'what owns it was changed',
    find: (asked) => lastOf(ancestorsOf(asked), 'touched'),
  },
  {
    id: 'related',
    why: 'an object that it names was changed',
    find: ({ request: { facts }, registry }) =>
      lastOf(
        notesOf(registry, [...facts.claims, ...facts.bound, ...facts.involved, ...facts.about]),
        'touched',
      ),
  },
  {
    id: 'claim-protection',
    why: 'a claim was deleted in the namespace',
    find: ({ request, registry }) =>
      request.role === 'pvc-protection-controller' && request.verb === 'list'
        ? (registry.namespace(request.namespace)?.population.get('persistentvolumeclaims') ?? null)
        : null,
  },
  {
    id: 'namespace-start',
    why: 'its namespace was made or changed',
    find: ({ request, registry }) =>
      request.namespace ? (registry.find(`namespaces//${request.namespace}`)?.touched ?? null) : null,
  },
];
