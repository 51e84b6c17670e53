import { LEVELS, type Level, lowerLevel } from '../../audit/level.js';
import { type RandomStream, randomStream } from '../../random.js';
import type { Request } from './request.js';

/** Level at which a policy has a request logged; null: not at all. */
export type AuditPolicy = (request: Request) => Level | null;

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** What policies keep short wherever they keep the rest, and how often. */
const SHORT: ReadonlySet<string> = new Set(['secrets', 'configmaps', 'serviceaccounts/token']);
const OFTEN = 0.8;
/** Share of the kinds of objects for which a policy has a rule of its own. */
const OWN_RULE = 0.25;

/**
 * Draws an audit policy that mixes levels, as those of managed clusters and of handbooks do: one level for changes and a lower one for
 * reads, other levels for some kinds of objects, reports of kubelets apart, nothing that is secret, and often no Events. What people ask
 * for is always logged.
 *
 * @param seed Root seed.
 * @param id Which policy of the seed.
 * @example drawPolicy(7, 'a1/0')(request) // 'metadata'
 */
export function drawPolicy(seed: number, id: string): AuditPolicy {
  const random = randomStream(seed, `policy/${id}`);
  const changes = draw(random, [0.3, 0.25]);
  const reads = draw(random, [0.3, 0.5]);
  const [events, reports, served] = [random.next() < 0.5, random.next() < 0.5, random.next() < 0.5];
  const kinds = new Map<string, Level>();
  const levelOf = (kind: string): Level => {
    const known = kinds.get(kind);
    if (known) return known;
    const own = randomStream(seed, `policy/${id}/${kind}`);
    const short = SHORT.has(kind) && own.next() < OFTEN;
    const level = short ? 'metadata' : own.next() < OWN_RULE ? draw(own, [1 / 3, 1 / 3]) : changes;
    kinds.set(kind, level);
    return level;
  };
  return ({ resource, subresource, verb, kind, role }) => {
    if (kind === 'system') {
      if (events && resource === 'events') return null;
      if (served && role === 'system:apiserver' && resource === 'namespaces' && verb === 'get') return null;
    }
    const level = levelOf(subresource ? `${resource}/${subresource}` : resource);
    if (READS.has(verb)) return lowerLevel(level, reads);
    return reports && role === 'node' && subresource === 'status' ? lowerLevel(level, 'request') : level;
  };
}

/** A level, by the shares of the two lower ones. */
function draw(random: RandomStream, [metadata, request]: readonly [number, number]): Level {
  const at = random.next();
  return LEVELS[at < metadata ? 0 : at < metadata + request ? 1 : 2]!;
}
