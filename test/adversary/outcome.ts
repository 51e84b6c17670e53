import { AuditweaveError, printableText } from '../../src/errors.js';

/** What one family of the adversary tried, what came of it, and what must not have. */
export interface Outcome {
  family: string;
  tried: number;
  /** How often each allowed end was seen. */
  ends: Record<string, number>;
  /** What broke a rule, with what it takes to see it again. */
  failures: string[];
}

/** Counts an end. */
export function count(outcome: Outcome, end: string, times = 1): void {
  outcome.ends[end] = (outcome.ends[end] ?? 0) + times;
}

const CONTROL = /\p{Cc}|\p{Bidi_Control}/u;

/**
 * Why an error is not one that a person can act on, or null: it is one of the program's own, names a place, and can be printed on a terminal.
 *
 * @param places One of these has to be in its message.
 */
export function faultOf(error: unknown, places: readonly string[]): string | null {
  if (!(error instanceof AuditweaveError)) return `an internal error: ${String(error).slice(0, 300)}`;
  const message = printableText(error.message);
  if (CONTROL.test(message)) return `control characters in: ${JSON.stringify(message).slice(0, 300)}`;
  if (message.length > 2000) return `a message of ${message.length} characters: ${message.slice(0, 200)}`;
  if (!places.some((place) => message.includes(place)))
    return `none of ${places.join(', ')} in: ${message.slice(0, 300)}`;
  return null;
}
