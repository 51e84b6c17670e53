/**
 * The resource that serves a kind, as the API's own names have it, by the rule of Kubernetes' own `UnsafeGuessKindToResource`.
 *
 * @example pluralOf('NetworkPolicy') // 'networkpolicies'
 */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

/**
 * One of a resource: the other way.
 *
 * @example singularOf('networkpolicies') // 'networkpolicy'
 */
export function singularOf(resource: string): string {
  if (resource === 'endpoints') return resource;
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  if (/(ss|status)es$/.test(resource)) return resource.slice(0, -2);
  return /[^s]s$/.test(resource) ? resource.slice(0, -1) : resource;
}
