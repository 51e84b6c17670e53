import { actorOf as actingUser } from '../audit/actor.js';
import type { AuditEvent } from '../audit/event.js';
import type { Label } from '../audit/labels.js';
import { microsOf } from '../audit/time.js';

/** How a request ended: carried out, not allowed (401, 403, denied), failed otherwise (400 and above, a panic), or not told. */
export const OUTCOMES = ['done', 'refused', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Who said which lines belong together: causes of a model, its labels and the paper's methods, or rules that learn nothing. */
export type DecidedBy = 'causes' | 'labels' | 'rules';

/** The triggering event without its bodies, and the place of its line. */
export interface Trigger
  extends Omit<AuditEvent, 'requestObject' | 'responseObject' | 'user' | 'impersonatedUser'> {
  /** From 0, in order of the input. */
  line: number;
  user: Omit<AuditEvent['user'], 'extra'>;
  impersonatedUser?: Omit<AuditEvent['user'], 'extra'>;
}

/** An action with every line that it caused: one JSON object a line of `contexts --json`. */
export interface Context {
  /**
   * `c` and the number of its triggering line: `c12`; that of its first line where the triggering one is of another context, or does not
   * count. No two of a log have the same. The same in a stream and in a file.
   */
  context: string;
  /** Read off the triggering event, or predicted; null when the table has no such action. */
  label: Label | null;
  /** The action in words: `create deployment web in shop`. */
  text: string;
  /** Who asked: the impersonated user where there is one. */
  actor: string;
  /** Who asked in that name. */
  via?: string;
  outcome: Outcome;
  /** When its first line was received, and its last one ended; RFC 3339, UTC. */
  from: string;
  to: string;
  /** Between the two. */
  milliseconds: number;
  trigger: Trigger;
  /** Numbers of its lines, ascending, the triggering one too. */
  lines: number[];
  /** For each line the one that caused it, null where that is not known; absent when no causes are known. */
  causes?: (number | null)[];
  /** For each line why it belongs here, in a word. */
  reasons?: string[];
  /** Lines that it has beyond those listed. */
  more?: number;
  /** Lowest over its lines, in [0, 1]; null where nothing was predicted. */
  confidence: number | null;
  /** The control plane's own work, by the clock. */
  background: boolean;
  /** What went wrong without anybody's asking, in words. */
  incident?: string;
  /** The context, closed by then, that its lines belong to, or its triggering one does. */
  continues?: string;
  decidedBy: DecidedBy;
}

/** @example contextId(12) // 'c12' */
export function contextId(line: number): string {
  return `c${line}`;
}

type Begun = Pick<Context, 'from'> & { trigger: Pick<Trigger, 'line'> };

/** In order of time, and of the log where that is the same: for `sort`. */
export const byTime = (a: Begun, b: Begun): number =>
  a.from < b.from ? -1 : a.from > b.from ? 1 : a.trigger.line - b.trigger.line;

/**
 * The triggering event as a context keeps it: no bodies, and nothing of `extra`, which holds credentials' ids.
 *
 * @param line From 0, in order of the input.
 */
export function triggerOf(event: AuditEvent, line: number): Trigger {
  const { requestObject: _, responseObject: __, user, impersonatedUser, ...rest } = event;
  return {
    line,
    ...rest,
    user: withoutExtra(user),
    ...(impersonatedUser ? { impersonatedUser: withoutExtra(impersonatedUser) } : {}),
  };
}

/**
 * Who asked, by name; `nobody` where the request has none, as after a failed login.
 *
 * @example actorOf(event) // 'dev-a'
 */
export function actorOf(event: Pick<AuditEvent, 'user' | 'impersonatedUser'>): string {
  return actingUser(event) || 'nobody';
}

/**
 * How a request ended.
 *
 * @example outcomeOf({ stage: 'ResponseComplete', responseStatus: { code: 403 } }) // 'refused'
 */
export function outcomeOf(event: Pick<AuditEvent, 'stage' | 'responseStatus' | 'annotations'>): Outcome {
  const { stage, responseStatus, annotations } = event;
  const code = responseStatus?.code;
  if (stage === 'Panic') return 'failed';
  if (code === 401 || code === 403 || annotations?.['authorization.k8s.io/decision'] === 'forbid')
    return 'refused';
  if (typeof code !== 'number') return 'unknown';
  return code >= 400 ? 'failed' : 'done';
}

/**
 * When the API server ended the stage, in whole microseconds since 1970; when it received the request where that is not told or
 * before it.
 */
export function endMicros({ stageTimestamp }: Pick<AuditEvent, 'stageTimestamp'>, received: number): number {
  if (typeof stageTimestamp !== 'string') return received;
  const end = microsOf(stageTimestamp);
  return end >= received ? end : received;
}

/** The minute that was told last, and how its times begin: most are of the same, so that a date is seldom made. */
let minute = Number.NaN;
let begin = '';

/** @example microsText(1000002) // '1970-01-01T00:00:01.000002Z' */
export function microsText(micros: number): string {
  const own = Math.floor(micros / 60e6);
  if (own !== minute) {
    begin = new Date(own * 60_000).toISOString().slice(0, -'00.000Z'.length);
    minute = own;
  }
  const seconds = (micros - own * 60e6) / 1e6;
  return `${begin}${seconds < 10 ? '0' : ''}${seconds.toFixed(6)}Z`;
}

function withoutExtra<T extends AuditEvent['user']>({ extra: _, ...rest }: T): Omit<T, 'extra'> {
  return rest;
}
