import type { AuditEvent } from './event.js';

/** Names of the control plane's own users and of service accounts. */
const SYSTEM = 'system:';

/**
 * Who acts: the impersonated user where there is one, for the other only carries the request (a proxy's service account, as Rancher's).
 * A person who takes a service account's place (`kubectl --as=system:serviceaccount:…`) is still the person.
 *
 * @returns A name; empty where none is known.
 * @example actorOf({ user: { username: 'system:serviceaccount:cattle:proxy' }, impersonatedUser: { username: 'dana' } }) // 'dana'
 */
export function actorOf({ user, impersonatedUser }: Pick<AuditEvent, 'user' | 'impersonatedUser'>): string {
  const carrier = user.username ?? '';
  const acting = impersonatedUser?.username;
  if (!acting) return carrier;
  return acting.startsWith(SYSTEM) && carrier !== '' && !carrier.startsWith(SYSTEM) ? carrier : acting;
}
