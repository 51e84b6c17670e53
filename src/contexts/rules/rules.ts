import type { Attribution, Attributor } from '../attribution.js';
import { asksChange, type ContextLine, connects, removes } from '../line.js';
import { RecentMap } from '../recent-map.js';
import { faultOf, getsNothing, Incidents, lostNode } from './incidents.js';
import { LINKS } from './links.js';
import { Memory } from './memory.js';
import { type Burst, People, startsContext, triggersOf } from './person.js';
import { RecentRequests } from './recent.js';
import { record } from './record.js';

/** A node that the node controller changes so long after a person did was lost: 10 s. */
const LOST_AFTER = 10_000_000;
/** Requests that go on, remembered until they end. */
const MOST_GOING_ON = 20_000;
/** Those of one auditID. */
const MOST_ALIKE = 64;

/** A request that goes on, and the line that started its context. */
interface Going {
  key: string;
  trigger: number;
}

/**
 * Finds contexts by rules that learn nothing: identity and ownership as the lines tell them (objectRef, uid, ownerReferences,
 * involvedObject, claimRef), the end of a namespace, and time for what one person sends.
 *
 * Without bodies the links that only bodies hold are missing, and more lines have a context of their own.
 */
export class Rules implements Attributor {
  readonly #memory = new Memory();
  readonly #people = new People();
  readonly #recent = new RecentRequests();
  readonly #incidents = new Incidents();
  readonly #connected = new RecentMap<number>(MOST_GOING_ON);
  #clock = Number.NEGATIVE_INFINITY;
  /** Contexts of requests whose last line is still to come, by auditID: several, where clients choose the same. */
  readonly #goingOn: RecentMap<readonly Going[]>;

  /** @param mostGoing Requests that go on, remembered until they end. Default 20,000. */
  constructor(mostGoing: number = MOST_GOING_ON) {
    this.#goingOn = new RecentMap(mostGoing);
  }

  push(line: ContextLine): Attribution[] {
    this.#clock = Math.max(this.#clock, line.micros);
    const over = this.#people.over(this.#clock).flatMap((burst) => this.#closeBurst(burst));
    const found = this.#find(line);
    return over.length === 0 ? found : [...over, ...found];
  }

  #find(line: ContextLine): Attribution[] {
    const known = this.#endOf(line);
    if (known !== undefined) return [attribution(line, known, known, 'request')];
    if (line.background !== null) return this.#background(line);
    if (line.role === 'person' || (line.role === 'program' && !this.#isCaused(line)))
      return this.#person(line);
    return this.#system(line);
  }

  passed(until: number): Attribution[] {
    return this.#people.over(until).flatMap((burst) => this.#closeBurst(burst));
  }

  end(): Attribution[] {
    return this.passed(Number.POSITIVE_INFINITY);
  }

  /** What a program does is caused when it reports, or when what it changes has an owner; else it acts by itself. */
  #isCaused(line: ContextLine): boolean {
    if (!asksChange(line)) return false;
    return line.resource === 'events' || line.subresource === 'status' || line.facts.owners.length > 0;
  }

  #person(line: ContextLine): Attribution[] {
    const found = this.#people.push(line).flatMap((burst) => this.#closeBurst(burst));
    if (connects(line)) this.#connect(line);
    if (line.event.user.username === undefined && line.outcome === 'refused') return found;
    if (!startsContext(line) || line.ahead) return found;
    this.#enter(line, line.line);
    if (removes(line) && line.outcome === 'done') this.#people.hasDeleted(line, line.line);
    return [...found, attribution(line, line.line, null, 'asked')];
  }

  /** Remembers a connection under the line of its first stage, which starts its context. */
  #connect(line: ContextLine): void {
    const key = requestKey(line);
    const first = this.#connected.get(key) ?? line.line;
    this.#connected.set(key, first);
    this.#recent.push(line, first);
  }

  #closeBurst({ lines }: Burst): Attribution[] {
    const triggers = triggersOf(lines);
    const begun = new Map<string, number>();
    return lines.flatMap((line, i): Attribution[] => {
      const ends = begun.size > 0 && line.event.stage === 'ResponseComplete';
      const started = ends ? begun.get(requestKey(line)) : undefined;
      if (started !== undefined) {
        this.#endOf(line);
        return [attribution(line, started, started, 'request')];
      }
      const at = lines[triggers[i]!]!;
      const unnamed = line.event.user.username === undefined && line.outcome === 'refused';
      if (startsContext(line) && !line.ahead && !unnamed) return [];
      const waited = startsContext(at) ? null : this.#people.waitsFor(line);
      const trigger = unnamed ? this.#incidents.begin(faultOf(line)!, line) : (waited ?? at.line);
      const going = line.ahead || line.event.stage === 'ResponseStarted';
      if (going) {
        this.#goOn(line, trigger);
        begun.set(requestKey(line), trigger);
      }
      if (line.ahead) return [];
      if (unnamed && trigger === line.line)
        return [{ ...attribution(line, trigger, null, 'incident'), incident: faultOf(line)!.text }];
      return [
        attribution(
          line,
          trigger,
          trigger === line.line ? null : trigger,
          trigger === line.line ? 'asked' : 'command',
        ),
      ];
    });
  }

  #background(line: ContextLine): Attribution[] {
    if (line.ahead) return [];
    const fault = getsNothing(line) ? faultOf(line) : null;
    if (fault) return [this.#incident(line, fault)];
    return [{ ...attribution(line, line.line, null, line.background!), background: true }];
  }

  #system(line: ContextLine): Attribution[] {
    for (const { reason, find } of LINKS) {
      const mark = find(line, this.#memory, this.#recent);
      if (!mark) continue;
      if (lostNode(line) !== null && line.micros - mark.micros > LOST_AFTER) break;
      if (line.ahead) {
        this.#goOn(line, mark.trigger);
        return [];
      }
      this.#enter(line, mark.trigger);
      return [attribution(line, mark.trigger, mark.line, reason)];
    }
    if (line.ahead) return [];
    const fault = faultOf(line);
    if (fault) return [this.#incident(line, fault)];
    this.#enter(line, line.line);
    return [attribution(line, line.line, null, 'no cause found')];
  }

  #incident(line: ContextLine, fault: { key: string; text: string }): Attribution {
    const trigger = this.#incidents.begin(fault, line);
    this.#enter(line, trigger);
    const node = lostNode(line);
    if (node !== null)
      this.#memory.note(`nodes//${node}`).touched = { line: line.line, trigger, micros: line.micros };
    const made = attribution(line, trigger, trigger === line.line ? null : trigger, 'incident');
    return trigger === line.line ? { ...made, incident: fault.text } : made;
  }

  #enter(line: ContextLine, trigger: number): void {
    record(this.#memory, line, trigger);
    this.#recent.push(line, trigger);
  }

  #goOn(line: ContextLine, trigger: number): void {
    const { auditID } = line.event;
    const key = requestKey(line);
    const others = (this.#goingOn.get(auditID) ?? []).filter((one) => one.key !== key);
    this.#goingOn.set(auditID, [...others.slice(1 - MOST_ALIKE), { key, trigger }]);
  }

  /** The context of a request that ends with this line, and was begun by another. */
  #endOf(line: ContextLine): number | undefined {
    const { stage, auditID } = line.event;
    // Most lines are all there is of a request, and their keys are long.
    const going = stage === 'ResponseComplete' ? this.#goingOn.get(auditID) : undefined;
    if (!going) return undefined;
    const key = requestKey(line);
    const known = going.find((one) => one.key === key);
    if (!known) return undefined;
    if (going.length === 1) this.#goingOn.delete(auditID);
    else
      this.#goingOn.set(
        auditID,
        going.filter((one) => one !== known),
      );
    return known.trigger;
  }
}

function attribution(line: ContextLine, trigger: number, cause: number | null, reason: string): Attribution {
  return { line, trigger, cause, reason, confidence: null, background: false, decidedBy: 'rules' };
}

/** What makes two stages lines of one request. Clients choose auditIDs, so that one alone says little. */
function requestKey({ event, actor, micros }: ContextLine): string {
  return `${event.auditID} ${micros} ${actor} ${event.verb} ${event.requestURI ?? ''}`;
}
