import type { AuditEvent } from '../../audit/event.js';
import { findTriggers } from './contexts.js';
import { Ledger } from './ledger.js';
import { gatherRequests, type Request } from './request.js';
import { followBack } from './rules.js';

/** What a command is, as far as attribution needs it. */
export interface Command {
  id: string;
  /** The first line that came after its start, when people worked one at a time. */
  firstLine: number | null;
}

export interface AttributeOptions {
  capture: string;
  /** Commands in the order in which they were started. */
  commands: readonly Command[];
  /** auditID → id of the command that sent it. */
  sentBy: ReadonlyMap<string, string>;
}

/** The truth of one line. */
export interface Attribution {
  /** The context's id. */
  context: string;
  /** Position of the triggering event's line. */
  trigger: number;
  background: boolean;
  /** `direct`, `background`, a rule of the cascade table, `time` or `near`. */
  how: string;
  disputed: boolean;
  /** The command whose context it is, or null. */
  command: string | null;
  /** The command that time alone would name; undefined when people worked at once. */
  byTime?: string | null;
}

/**
 * Says for each line of a capture which request caused it.
 *
 * Direct requests are known by Audit-ID, background by rule, cascades by identity. Where people worked one at a time the cut by time is
 * a second, independent opinion; a line on which the two differ is disputed.
 *
 * @param events The capture's events in order of arrival.
 * @returns Shape [N].
 */
export function attribute(events: Iterable<AuditEvent>, options: AttributeOptions): Attribution[] {
  const requests = gatherRequests(events);
  const triggers = directTriggers(requests, options);
  const commandOf = new Map<string, string>();
  for (const [id, trigger] of triggers) commandOf.set(trigger, options.sentBy.get(id)!);
  const timed = options.commands.some(({ firstLine }) => firstLine !== null);
  const opened = new Map<string, string[]>();
  const ledger = new Ledger();
  const found = new Map<string, { trigger: string; how: string; disputed: boolean }>();
  let latest: string | null = null;
  for (const request of requests) {
    const own = triggers.get(request.auditID);
    const atTime = timed ? commandAt(options.commands, request.lines[0]!) : undefined;
    let result: { trigger: string; how: string; disputed: boolean };
    if (own !== undefined) {
      result = { trigger: own, how: 'direct', disputed: false };
      const command = commandOf.get(own)!;
      opened.set(command, [...(opened.get(command) ?? []), own]);
    } else if (request.background !== null)
      result = { trigger: request.auditID, how: 'background', disputed: false };
    else {
      const identity = followBack(request, ledger);
      const inTime = atTime ? (opened.get(atTime)?.at(-1) ?? null) : null;
      if (identity) {
        const differs = atTime !== undefined && atTime !== (commandOf.get(identity.context) ?? null);
        result = { trigger: identity.context, how: identity.rule, disputed: differs || identity.doubtful };
      } else if (inTime) result = { trigger: inTime, how: 'time', disputed: false };
      else if (latest && !timed && request.namespace)
        result = { trigger: latest, how: 'near', disputed: true };
      else result = { trigger: request.auditID, how: 'alone', disputed: true };
    }
    found.set(request.auditID, result);
    if (result.how !== 'background') {
      ledger.record(request, result.trigger);
      if (own !== undefined) latest = own;
    }
  }
  return spread(requests, found, commandOf, options, timed);
}

/** auditID of each direct request → auditID of its triggering event. */
export function directTriggers(
  requests: readonly Request[],
  { sentBy }: AttributeOptions,
): Map<string, string> {
  const commands = new Map<string, Request[]>();
  for (const request of requests) {
    const command = sentBy.get(request.auditID);
    if (command === undefined) continue;
    const known = commands.get(command);
    if (known) known.push(request);
    else commands.set(command, [request]);
  }
  const triggers = new Map<string, string>();
  for (const own of commands.values())
    findTriggers(own).forEach((position, i) => {
      triggers.set(own[i]!.auditID, own[position]!.auditID);
    });
  return triggers;
}

/** The last command that had begun when a line came. */
function commandAt(commands: readonly Command[], line: number): string | null {
  let low = 0;
  let high = commands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((commands[middle]!.firstLine ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? commands[low - 1]!.id : null;
}

function spread(
  requests: readonly Request[],
  found: ReadonlyMap<string, { trigger: string; how: string; disputed: boolean }>,
  commandOf: ReadonlyMap<string, string>,
  { capture, commands }: AttributeOptions,
  timed: boolean,
): Attribution[] {
  const byId = new Map(requests.map((request) => [request.auditID, request]));
  const names = new Map<string, string>();
  for (const { auditID } of requests)
    if (found.get(auditID)!.trigger === auditID)
      names.set(auditID, `${capture}-${String(names.size + 1).padStart(6, '0')}`);
  const rows: Attribution[] = [];
  for (const request of requests) {
    const { trigger, how, disputed } = found.get(request.auditID)!;
    const command = commandOf.get(trigger) ?? null;
    const byTime = timed ? commandAt(commands, request.lines[0]!) : undefined;
    for (const line of request.lines)
      rows[line] = {
        context: names.get(trigger)!,
        trigger: byId.get(trigger)!.chief,
        background: how === 'background',
        how,
        disputed,
        command,
        ...(byTime === undefined ? {} : { byTime }),
      };
  }
  return rows;
}
