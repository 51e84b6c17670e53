import { CONNECTS, isChange, type Request } from './request.js';

/**
 * Finds the triggering events of one command.
 *
 * Each changing request triggers a context. A read that comes before a change of the same object prepares it, one that comes after waits
 * for it; other reads prepare the next change. A command that changes nothing asks: what it connects to or reads a log of is what it
 * asks for, else each list is a question of its own, and a get takes the reads after it along.
 *
 * @param requests The command's requests in order of time.
 * @returns For each, the position of its triggering event.
 * @example findTriggers([getWeb, patchWeb, watchWeb]) // [1, 1, 1]
 */
export function findTriggers(requests: readonly Request[]): number[] {
  const asks = (i: number): boolean => requests[i]!.resource !== '';
  const positions = requests.map((_, i) => i);
  const changes = positions.filter((i) => isCommand(requests[i]!) && asks(i));
  if (changes.length > 0)
    return positions.map((i) => (changes.includes(i) ? i : changeOf(requests, changes, i)));
  const connects = positions.filter((i) => CONNECTS.has(requests[i]!.subresource));
  if (connects.length > 0)
    return positions.map((i) => connects.find((one) => one >= i) ?? connects[connects.length - 1]!);
  const first = positions.find(asks) ?? 0;
  let current = first;
  return positions.map((i) => {
    const { verb, resource } = requests[i]!;
    if (
      i > first &&
      asks(i) &&
      verb === 'list' &&
      resource !== 'events' &&
      requests[current]!.verb === 'list'
    )
      current = i;
    return current;
  });
}

/** A request of a person for a change, done or refused, also only tried out. */
function isCommand(request: Request): boolean {
  if (isChange(request)) return true;
  return /[?&]dryRun=/.test(request.uri) && !['get', 'list', 'watch'].includes(request.verb);
}

function changeOf(requests: readonly Request[], changes: readonly number[], read: number): number {
  const { resource, namespace, name } = requests[read]!;
  const same = (i: number): boolean => {
    const change = requests[i]!;
    return (
      name !== '' && change.resource === resource && change.namespace === namespace && change.name === name
    );
  };
  const after = changes.filter((i) => i > read);
  const before = changes.filter((i) => i < read);
  return after.find(same) ?? before.findLast(same) ?? after[0] ?? before[before.length - 1]!;
}
