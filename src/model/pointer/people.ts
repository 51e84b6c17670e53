import type { Cause } from './notes.js';
import { isChange, isCommand, isConnect, isRemoval, type Request } from './request.js';

/** What silences between two requests of one person and tool mean, in microseconds. */
export interface Silences {
  /** Shorter: the same command goes on. Default 120 ms. */
  joins: number;
  /** Longer: another command begins, unless something is prepared, polled or discovered. Default 190 ms. */
  cuts: number;
  /** After discovery. Default 1 s. */
  discovery: number;
  /** Before the change that a read prepares, and between two polls for the end of what was deleted. Default 1.3 s. */
  waits: number;
}

export const SILENCES: Silences = { joins: 120_000, cuts: 190_000, discovery: 1_000_000, waits: 1_300_000 };

/** Microseconds of silence after which nothing is remembered of a person. */
const FORGOTTEN = 60_000_000;
/** Requests that one command remembers. */
const MOST = 256;

/** A request of a person, and whose it is found to be. */
export interface Member {
  request: Request;
  /** Its last line. */
  line: number;
  /** The member that triggers it; null: not known yet. */
  trigger: Member | null;
  /** Itself as a cause, once it is one. */
  cause: Cause | null;
}

/**
 * Cuts each person's requests into commands, from the log alone, and says which request of its command triggers each.
 *
 * A change, done or refused, triggers itself, and so does what opens a connection. A read belongs to the change of its own object after it,
 * else before it, else to the next change, else to the last one; where nothing is changed, each list is a question of its own and a get
 * takes the reads after it along. Requests of one person and tool are of one command while silence is short; discovery, polling for the end
 * of what is deleted, and a read before the change of the same object may take longer. A list in pieces (`limit=`), discovery after a
 * request, and another `fieldManager=` begin a command anew; where commands follow one another at once, reads between changes of two
 * managers are for the second.
 */
export class People {
  readonly #silences: Silences;
  /** The command that each person and tool is at, the one that was silent for longest first. */
  readonly #open = new Map<string, Member[]>();
  /** Those of them with members whose trigger is not known, in the same order: few, however many people there are. */
  readonly #undecided = new Set<Member[]>();

  constructor(silences: Partial<Silences> = {}) {
    this.#silences = { ...SILENCES, ...silences };
  }

  /** People who are at something. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Adds a request.
   *
   * @returns It, and the members whose trigger is known now.
   */
  add(request: Request, line: number): { member: Member; settled: Member[] } {
    const key = `${request.actor}\n${request.tool}`;
    const settled: Member[] = [];
    let command = this.#open.get(key);
    if (command && !this.#goesOn(command, request)) {
      settled.push(...settle(command));
      this.#undecided.delete(command);
      command = undefined;
    }
    command ??= [];
    this.#open.delete(key);
    this.#open.set(key, command);
    const member: Member = { request, line, trigger: null, cause: null };
    if (isCommand(request) || isConnect(request)) member.trigger = member;
    command.push(member);
    if (command.length > MOST) settled.push(...settle(command, command.splice(0, MOST / 2)));
    if (this.#undecided.delete(command) || !member.trigger) this.#undecided.add(command);
    if (member.trigger) settled.push(member);
    return { member, settled };
  }

  /**
   * What is known once nothing more of a command can come, or a read has waited for long enough.
   *
   * @param now Microseconds up to which all requests are in.
   * @param patience Microseconds that a read may wait.
   */
  settle(now: number, patience: number): Member[] {
    const settled: Member[] = [];
    for (const command of this.#undecided) {
      const over = this.#isOver(command, now);
      const isLate = ({ trigger, request }: Member): boolean => !trigger && now - request.micros >= patience;
      if (over || command.some(isLate))
        settled.push(...settle(command, over ? command : command.filter(isLate)));
      if (over || command.every(({ trigger }) => trigger)) this.#undecided.delete(command);
    }
    for (const [key, command] of this.#open) {
      if (now - command.at(-1)!.request.micros <= FORGOTTEN) break;
      if (this.#isOver(command, now) && !this.#undecided.has(command)) this.#open.delete(key);
    }
    return settled;
  }

  #isOver(command: readonly Member[], now: number): boolean {
    const last = command.at(-1)!.request;
    return now - Math.max(last.micros, Math.min(last.until, now)) > this.#silences.waits;
  }

  #goesOn(command: readonly Member[], request: Request): boolean {
    const { joins, cuts, discovery, waits } = this.#silences;
    const last = command.at(-1)!.request;
    const silence = request.micros - last.until;
    // A command that has changed something looks for no more by pieces of lists: somebody asks anew.
    if (isCommand(last) && asksAnew(request)) return false;
    if (silence < joins || command.slice(-6).some(({ request: { until } }) => until > request.micros))
      return true;
    const managers = command.map(({ request: { manager } }) => manager).filter(Boolean);
    if (silence < waits && belongs(command, last, request)) return true;
    const other = request.manager && managers.length > 0 && request.manager !== managers.at(-1);
    if (
      (request.limit && request.resource !== 'events') ||
      (request.path.startsWith('/openapi') && last.resource)
    )
      return false;
    if (other && request.manager !== 'kubectl-replace') return false;
    if (silence < cuts || (silence < discovery && !last.resource)) return true;
    if (silence >= waits) return false;
    const removed = (): boolean =>
      command.some(({ request: one }) => isRemoval(one) && one.name === request.name);
    const polls =
      request.verb === 'get' && command.some(({ request: one }) => sameObject(one, request)) && removed();
    const remakes = request.verb === 'create' && request.manager === 'kubectl-replace' && removed();
    return polls || remakes;
  }
}

/** What is read of the pods of a node before they are evicted. */
const DRAINED: ReadonlySet<string> = new Set(['daemonsets', 'pods', 'jobs', 'replicasets', 'statefulsets']);

/** Whether the last request of a command, or the command, can only be there for what comes now. */
function belongs(command: readonly Member[], last: Request, now: Request): boolean {
  const samePlace = last.namespace === now.namespace;
  // An edit: the object is read, then changed.
  if (last.verb === 'get' && isChange(now) && sameObject(last, now)) return true;
  // Only a client that looks for the objects to work on lists without a limit: all that it then changes, or the pods of a workload.
  const listed = last.verb === 'list' && !last.limit;
  if (
    listed &&
    samePlace &&
    isCommand(now) &&
    (last.resource === now.resource || now.subresource === 'eviction')
  )
    return true;
  if (
    last.verb === 'get' &&
    last.code < 300 &&
    samePlace &&
    now.verb === 'list' &&
    now.resource === 'pods' &&
    !now.limit
  )
    return true;
  // A node that is drained: its pods are listed, their owners read, and they are evicted.
  const drains = command.some(({ request }) => /^spec\.nodeName(=|%3D)[^,%]+$/.test(request.fieldSelector));
  if (drains && (now.subresource === 'eviction' || (now.verb === 'get' && DRAINED.has(now.resource))))
    return true;
  if (describes(command, now)) return true;
  // A wait for what one object becomes, and a list that goes on as a watch.
  const waits =
    now.fieldSelector.startsWith('metadata.name') && (now.verb === 'list' || now.verb === 'watch');
  if (waits && command.some(({ request: { name } }) => name !== '' && now.fieldSelector.endsWith(name)))
    return true;
  if (last.verb === 'list' && now.verb === 'watch' && samePlace && last.resource === now.resource)
    return true;
  // A bundle that is applied: objects are read one after another, those that differ are changed, and those that are not there are made.
  const namesPlace = now.resource === 'namespaces' && now.name === last.namespace;
  if (last.verb === 'get' && last.code === 404 && now.verb === 'get' && namesPlace) return true;
  if (
    last.verb === 'get' &&
    last.resource === 'namespaces' &&
    now.manager &&
    command.some(({ request }) => sameObject(request, now))
  )
    return true;
  const applies = command.some(({ request }) => request.manager.includes('apply'));
  return applies && now.verb === 'get' && samePlace && !sameObject(last, now) && alike(last, now);
}

/** Whether a list of Events is of an object that the command has read. */
function describes(command: readonly Member[], { verb, resource, fieldSelector }: Request): boolean {
  if (verb !== 'list' || resource !== 'events' || !fieldSelector.includes('involvedObject')) return false;
  return command.some(
    ({ request: { name, verb: asked } }) => asked === 'get' && name !== '' && fieldSelector.includes(name),
  );
}

/** Whether two names begin alike, with at least four letters and half of the shorter one. */
function alike({ name: a }: Request, { name: b }: Request): boolean {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i >= Math.max(4, Math.min(a.length, b.length) / 2);
}

function sameObject(a: Request, b: Request): boolean {
  return a.name !== '' && a.resource === b.resource && a.namespace === b.namespace && a.name === b.name;
}

/** Gives members of a command their triggers; those that had one before are left out of what it returns. */
function settle(command: readonly Member[], those: readonly Member[] = command): Member[] {
  const waiting = those.filter(({ trigger }) => !trigger);
  if (waiting.length === 0) return [];
  const all = those === command || command.includes(those[0]!) ? command : [...those, ...command];
  const triggers = triggersOf(all.map(({ request }) => request));
  for (const member of waiting) member.trigger = all[triggers[all.indexOf(member)]!]!;
  return waiting;
}

/** For each request of a command, the position of the one that triggers it. */
export function triggersOf(requests: readonly Request[]): number[] {
  const positions = requests.map((_, i) => i);
  const changes = positions.filter((i) => isCommand(requests[i]!));
  if (changes.length > 0)
    return positions.map((i) =>
      isCommand(requests[i]!) || asksAnew(requests[i]!) ? i : changeOf(requests, changes, i),
    );
  const connects = positions.filter((i) => isConnect(requests[i]!));
  if (connects.length > 0) return positions.map((i) => connects.find((one) => one >= i) ?? connects.at(-1)!);
  const first = Math.max(
    0,
    positions.findIndex((i) => requests[i]!.resource !== ''),
  );
  let current = first;
  return positions.map((i) => {
    const { verb, resource } = requests[i]!;
    const asks = verb === 'list' && resource !== '' && resource !== 'events';
    if (i > first && asks && requests[current]!.verb === 'list') current = i;
    return current;
  });
}

/** Whether a list is to be shown to somebody: in pieces, and of more than one object or node. */
const asksAnew = ({ verb, limit, resource, fieldSelector, tool }: Request): boolean =>
  verb === 'list' && limit !== '' && fieldSelector === '' && resource !== 'events' && tool === 'kubectl';

/** The change that a read of a command prepares, or waits for. */
function changeOf(requests: readonly Request[], changes: readonly number[], read: number): number {
  const same = (i: number): boolean => sameObject(requests[i]!, requests[read]!);
  let after = changes.filter((i) => i > read);
  let before = changes.filter((i) => i < read);
  // Commands that follow one another at once: each has one field manager, and reads come before its change.
  const next = after.map((i) => requests[i]!.manager).find(Boolean);
  if (next) {
    const isOther = (i: number): boolean => ![next, ''].includes(requests[i]!.manager);
    const end = after.findIndex(isOther);
    if (end >= 0) after = after.slice(0, end);
    before = before.slice(1 + before.findLastIndex(isOther));
  }
  return after.find(same) ?? before.findLast(same) ?? after[0] ?? before.at(-1)!;
}
