import { AuditweaveError } from '../../errors.js';
import type { ContextLine } from '../line.js';

/**
 * The paper's ways to tell contexts of one label apart, in the order in which they are tried: the same objectRef; involvedObject,
 * claimRef, ownerReferences and what they lead to; equal shares of lines that nothing tells apart [K8NTEXT, §5.9].
 */
export const METHODS = ['object', 'related', 'uniform'] as const;
export type Method = (typeof METHODS)[number];

/** @throws {AuditweaveError} A method is unknown. */
export function readMethods(names: readonly string[]): Method[] {
  for (const name of names)
    if (!(METHODS as readonly string[]).includes(name))
      throw new AuditweaveError(`contexts: expected methods among ${METHODS.join(', ')}, got ${name}.`);
  return METHODS.filter((method) => names.includes(method));
}

/** Keys under which a line's own object is found again. */
export function ownKeys({ facts, resource, namespace, name, event }: ContextLine): string[] {
  const keys = [...facts.self];
  if (name === '' && event.objectRef) keys.push(`${resource}/${namespace}/`);
  if (resource === 'namespaces' && name) keys.push(`in/${name}`);
  return keys;
}

/** Keys of the objects that a line refers to: owners, what an Event is about, the other half of a claim, a token's pod, its namespace. */
export function relatedKeys({ facts, namespace }: ContextLine): string[] {
  return [
    ...facts.owners,
    ...facts.involved,
    ...facts.claims,
    ...facts.bound,
    ...facts.about,
    ...(namespace ? [`in/${namespace}`] : []),
  ];
}
