import type { Label } from '../../audit/labels.js';
import type { Request } from './request.js';

/** Most lists of most objects are empty; those that are not are as long as they have to be, for one that grows has room for 17. */
const NONE: readonly never[] = [];

/**
 * A request that set others off, as far as later lines need it. It holds no other request, so that it ends with the last mark of it. A
 * class, for many are kept and asked about: literals that are put together of parts have a shape each.
 */
export class Cause {
  auditID: string;
  /** The line that says most of it, the last one: as `push` was told. */
  line: number;
  /** Grows with the order in which causes were met. */
  readonly rank: number;
  micros: number;
  until: number;
  kind: Request['kind'];
  verb: string;
  objectRef: Request['objectRef'];
  resource: string;
  subresource: string;
  name: string;
  place: string;
  code: number;
  /** Lines that were given to it, the last one's time, and its role, resource and verb. */
  lines = 0;
  seen: number;
  last: { role: string; resource: string; verb: string };
  /** The looks that its lines have, and how many have each. */
  looks: readonly string[] = NONE;
  alike: number[] = [];
  /** The label of its own action, and the reference that it was read off; null before it was asked for. */
  label: Label | null = null;
  labelled: Request['objectRef'] = null;

  /** @param at.rank Grows from one cause to the next. */
  constructor(request: Request, { line, rank }: { line: number; rank: number }) {
    this.auditID = request.auditID;
    this.line = line;
    this.rank = rank;
    this.micros = request.micros;
    this.until = request.until;
    this.kind = request.kind;
    this.verb = request.verb;
    this.objectRef = request.objectRef;
    this.resource = request.resource;
    this.subresource = request.subresource;
    this.name = request.name;
    this.place = request.place;
    this.code = request.code;
    this.seen = request.micros;
    this.last = { role: request.role, resource: request.resource, verb: request.verb };
  }

  /** How many of its lines have a look. */
  alikeTo(look: string): number {
    const at = this.looks.indexOf(look);
    return at < 0 ? 0 : this.alike[at]!;
  }
}

/** Takes over what a later line of the same request says, as in the name that a create was given. */
export function hearMore(cause: Cause, request: Request, line: number): void {
  cause.auditID = request.auditID;
  cause.line = line;
  cause.micros = request.micros;
  cause.until = request.until;
  cause.kind = request.kind;
  cause.verb = request.verb;
  cause.objectRef = request.objectRef;
  cause.resource = request.resource;
  cause.subresource = request.subresource;
  cause.name = request.name;
  cause.place = request.place;
  cause.code = request.code;
}

/** Who did something, and when (microseconds since 1970). */
export interface Mark {
  cause: Cause;
  micros: number;
}

/** What is known of an object. */
export class ObjectNote {
  uid: string;
  readonly resource: string;
  readonly namespace: string;
  name: string;
  /** Last change to the object itself, its status left out. */
  touched: Mark | null = null;
  /** Last change to what the object is to be, not to its labels and annotations alone: what its controllers act upon. */
  shaped: Mark | null = null;
  /** Last of those that was no removal. */
  made: Mark | null = null;
  /** Last change of any kind, status too. */
  moved: Mark | null = null;
  removed: Mark | null = null;
  /** Last change to something that the object owns, and last removal of such. */
  signal: Mark | null = null;
  gone: Mark | null = null;
  owners: readonly ObjectNote[] = NONE;
  /** Where bodies are not logged: what has the longest beginning of its name. Null: not looked for yet. */
  above: readonly ObjectNote[] | null = null;
  /** Whether nothing owns it, whatever its name begins with: a person made it, or its body names no owner. */
  free = false;
  shape = 0;
  /** Objects that name it in their spec, newest last, at most eight. */
  users: readonly ObjectNote[] = NONE;
  labels: Record<string, string> | null = null;
  targets: Map<string, string> | null = null;
  selector: Record<string, string> | null = null;
  /** Since when the scheduler could not place it; 0: it could. */
  waiting = 0;
  /** Last changes by different causes, newest last, at most four. */
  history: readonly Mark[] = NONE;
  /** When a line last spoke of it, and when it was removed for good (0: it is there). */
  seen = 0;

  constructor(resource: string, namespace: string, name: string, uid: string) {
    this.resource = resource;
    this.namespace = namespace;
    this.name = name;
    this.uid = uid;
  }

  /** Lets go of all others, so that a note that has ended keeps none of them. */
  cut(): void {
    this.owners = NONE;
    this.above = NONE;
    this.users = NONE;
    this.targets = null;
  }
}

/** What is known of a namespace. */
export class NamespaceNote {
  /** Its deletion, until one of that name is made again, and whether the namespace controller has begun to empty it. */
  ending: Mark | null = null;
  emptying = false;
  /** Last changes by different causes, newest last, at most four. */
  any: readonly Mark[] = NONE;
  /** Last object that came or went, by resource; `pods/binding`: was given a node. */
  readonly population = new Map<string, Mark>();
  /** Last line of each actor of the control plane, and last pod of each node. */
  readonly actors = new Map<string, Mark>();
  readonly nodes = new Map<string, Mark>();
  readonly pods = new Map<string, ObjectNote>();
  /** When a line last spoke of it. */
  seen = 0;
}

/** Marks with another behind them, one for each cause, at most four: a list of its own, for one that grows has room for many more. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const count =
    marks.length > 0 && marks[marks.length - 1]!.cause === mark.cause ? marks.length - 1 : marks.length;
  switch (count) {
    case 0:
      return [mark];
    case 1:
      return [marks[0]!, mark];
    case 2:
      return [marks[0]!, marks[1]!, mark];
    default:
      return [...marks.slice(count - 3, count), mark];
  }
}

/** The latest of some marks, or null. */
export function latest(marks: Iterable<Mark | null | undefined>): Mark | null {
  let best: Mark | null = null;
  for (const mark of marks) if (mark && (!best || mark.micros > best.micros)) best = mark;
  return best;
}
