import type { AuditEvent } from '../../audit/event.js';
import {
  type AttributeOptions,
  type Attribution,
  attribute,
  directTriggers,
} from '../attribution/attribute.js';
import { gatherRequests, type Request } from '../attribution/request.js';
import { type Carried, causesOf } from './carried.js';

/** The truth of one line, as the cluster itself carried the cause along. */
export interface Propagation extends Attribution {
  /** Positions of the lines of the requests that it comes of directly, as far as they are in the capture, in order of notice. */
  causes: number[];
  /** Positions of the triggering lines that these go back to. */
  roots: number[];
}

/** How many requests one after another may be missing in the log. */
const UNSEEN = 8;

/** What is known of a request. */
interface Origin {
  /** Audit-ID of its context's triggering request. */
  trigger: string;
  how: 'direct' | 'propagated' | 'several' | 'background' | 'clock' | 'unfollowed';
  /** Audit-IDs. */
  roots: readonly string[];
}

/**
 * Says for each line of a capture which people's requests caused it, by what the cluster's processes carried along: no rule is asked, and
 * neither time nor names are looked at.
 *
 * - `direct`: a person's, by Audit-ID.
 * - `propagated`: all that it was sent for goes back to one triggering request; `several`: to more than one, and its context is that of the
 *   cause that was noticed last; disputed.
 * - `background`: sent for nothing, and of a kind that comes by the clock.
 * - `clock`: sent for what goes back to nobody's request: to the clock, or to before the capture.
 * - `unfollowed`: sent for nothing that is known, though rules name a context, which is given; disputed. So is what goes back to such a
 *   request alone.
 *
 * @param events The capture's events in order of arrival.
 * @returns Shape [N].
 */
export function propagate(
  events: readonly AuditEvent[],
  options: AttributeOptions,
  carried: Carried,
): Propagation[] {
  const requests = gatherRequests(events);
  const byId = new Map(requests.map((request) => [request.auditID, request]));
  const triggers = directTriggers(requests, options);
  const byRules = attribute(events, options);
  const rulesOf = (id: string): Attribution => byRules[byId.get(id)!.lines[0]!]!;
  const idAt = new Map(requests.map(({ auditID, chief }) => [chief, auditID]));
  const known = new Map<string, Origin>();
  /** What a policy leaves out of the log is passed over. */
  const causesIn = (id: string, unseen = 0): string[] =>
    causesOf(carried, id).flatMap((cause) => {
      if (byId.has(cause)) return [cause];
      return unseen < UNSEEN && carried.sentFor.has(cause) ? causesIn(cause, unseen + 1) : [];
    });

  const byRule = (id: string): Origin => {
    const { trigger, background } = rulesOf(id);
    if (background) return { trigger: id, how: 'background', roots: [] };
    const named = idAt.get(trigger) ?? id;
    return { trigger: named === id ? id : originOf(named).trigger, how: 'unfollowed', roots: [] };
  };

  /** Causes come before what they cause; one that is being looked at already is a loop of names, and cut. */
  const originOf = (id: string): Origin => {
    const before = known.get(id);
    if (before) return before;
    const own = triggers.get(id);
    if (own !== undefined) {
      const origin: Origin = { trigger: own, how: 'direct', roots: [own] };
      known.set(id, origin);
      return origin;
    }
    known.set(id, { trigger: id, how: 'clock', roots: [] });
    const origins = causesIn(id).map(originOf);
    const origin = together(origins) ?? (carried.sentFor.get(id)?.length ? null : byRule(id));
    known.set(id, origin ?? { trigger: id, how: 'clock', roots: [] });
    return known.get(id)!;
  };
  for (const { auditID } of requests) originOf(auditID);
  return spread(requests, known, { ...options, byId, byRules, causesIn });
}

/** Where causes go back to, or null when to nobody. */
function together(origins: readonly Origin[]): Origin | null {
  const rooted = origins.filter(({ roots }) => roots.length > 0);
  const roots = [...new Set(rooted.flatMap((origin) => origin.roots))];
  const last = rooted.at(-1);
  if (last) return { trigger: last.trigger, how: roots.length === 1 ? 'propagated' : 'several', roots };
  return origins.findLast(({ how }) => how === 'unfollowed') ?? null;
}

interface SpreadOptions extends AttributeOptions {
  byId: ReadonlyMap<string, Request>;
  byRules: readonly Attribution[];
  causesIn: (id: string) => string[];
}

function spread(
  requests: readonly Request[],
  origins: ReadonlyMap<string, Origin>,
  { capture, sentBy, byId, byRules, causesIn }: SpreadOptions,
): Propagation[] {
  const names = new Map<string, string>();
  for (const { auditID } of requests)
    if (origins.get(auditID)!.trigger === auditID)
      names.set(auditID, `${capture}-${String(names.size + 1).padStart(6, '0')}`);
  const rows: Propagation[] = [];
  const lineOf = (id: string): number => byId.get(id)!.chief;
  /** A trigger found while a loop was open may have found its own since. */
  const headOf = (id: string): string => {
    let head = id;
    for (let i = 0; i < 8 && !names.has(head); i++) head = origins.get(head)!.trigger;
    return names.has(head) ? head : id;
  };
  for (const { auditID, lines } of requests) {
    const { trigger: named, how, roots } = origins.get(auditID)!;
    const trigger = headOf(named);
    const { byTime } = byRules[lines[0]!]!;
    for (const line of lines)
      rows[line] = {
        context: names.get(trigger)!,
        trigger: lineOf(trigger),
        background: how === 'background' || how === 'clock',
        how,
        disputed: how === 'several' || how === 'unfollowed',
        command: sentBy.get(trigger) ?? null,
        ...(byTime === undefined ? {} : { byTime }),
        causes: how === 'direct' ? [] : causesIn(auditID).map(lineOf),
        roots: how === 'direct' ? [] : roots.map(lineOf),
      };
  }
  return rows;
}
