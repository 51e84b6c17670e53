/** What came out of a line or a value of a log, one for each row. */
export type Unwrapped =
  | {
      /** What is to be checked as an audit event. */
      event: unknown;
      /** Its own JSON text, where it stood as text. */
      text?: string;
      /** That the event was made of something that says less. */
      lacks?: 'google' | 'admission';
    }
  /** Something else that belongs into such a log, and why it is no event. */
  | { skipped: string }
  /** What should have been an audit event and cannot be read. */
  | { problem: Problem };

export interface Problem {
  expected: string;
  got: string;
  /** What helps, where it is known. */
  hint?: string;
}

/** What a wrapping holds. */
export type Inner =
  | Unwrapped
  | { value: unknown }
  | {
      text: string;
      /** Stream of a container whose earlier parts belong before the text. */
      stream?: string;
      /** Whether the text goes on in the next part of the stream; `unless whole`: when it is no whole value yet. */
      partial?: boolean | 'unless whole';
    };

/** A form in which tools wrap audit events. */
export interface Wrapping {
  /** As reasons and errors name it. */
  name: string;
  /**
   * What is inside a value, or null when the value is not wrapped like this.
   *
   * @param holds Whether something is an audit event, or wraps one.
   */
  open(value: JsonObject, holds: (inner: unknown) => boolean): readonly Inner[] | null;
}

export type JsonObject = Record<string, unknown>;

/** The text at a key, or nothing. */
export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' ? found : undefined;
}

/** A value that may stand as JSON text. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
