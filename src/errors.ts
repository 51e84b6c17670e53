/** Exit codes of every command. Stable: scripts and schedulers act on them. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  gateFailed: 3,
  someTrialsFailed: 4,
  trialFailed: 42,
  tryAgain: 75,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface AuditweaveErrorOptions {
  /** One action that gets the reader further. */
  hint?: string;
  /** Exit code of the command that ends with this error. Default `EXIT.usage`. */
  exitCode?: ExitCode;
  cause?: unknown;
}

/**
 * An error a person can act on: the command line prints its message and hint, never its stack.
 *
 * @example throw new AuditweaveError('windows: expected size to be a positive integer, got 0.', { hint: 'Use --window 60.' });
 */
export class AuditweaveError extends Error {
  override readonly name: string = 'AuditweaveError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: AuditweaveErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.usage;
  }

  /** Message and hint, as printed on stderr. */
  override toString(): string {
    return this.hint ? `${this.message}\n  Hint: ${this.hint}` : this.message;
  }
}

export interface Mismatch {
  /** The folder of `src` that found it: `audit`, `windows`, … */
  folder: string;
  /** What was expected, as in `requestReceivedTimestamp to be RFC 3339`. */
  expected: string;
  /** What was found instead. */
  got: string;
  file?: string;
  /** 1-based. */
  line?: number;
}

/**
 * An expected/got error with its place: `audit: FILE:LINE: expected …, got ….`
 *
 * @example throw new MismatchError({ folder: 'audit', file, line: 7, expected: 'a JSON object', got: '“[”' }, { hint });
 */
export class MismatchError extends AuditweaveError {
  override readonly name: string = 'MismatchError';
  readonly mismatch: Mismatch;

  constructor(mismatch: Mismatch, options: AuditweaveErrorOptions = {}) {
    const place =
      mismatch.file === undefined
        ? ''
        : `${printable(mismatch.file, 4096)}${mismatch.line === undefined ? '' : `:${mismatch.line}`}: `;
    const [expected, got] = [mismatch.expected, mismatch.got].map((text) => printableText(cut(text, SAID)));
    super(`${mismatch.folder}: ${place}expected ${expected}, got ${got}.`, options);
    this.mismatch = mismatch;
  }
}

/** Characters that are not seen but do something: controls (ESC, BEL, C1), marks of direction, zero-width, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Characters of a value that are shown at most, unless told otherwise. */
const SHOWN = 200;
/** Characters of what an error expected or got: lists of names fit, a value that a file brings by the megabyte does not. */
const SAID = 900;

/**
 * A value from outside (a log, a file's name, a setting) as one that is safe to show on a terminal: controls, marks of direction and
 * other unseen characters as `\u001b`, a long one cut.
 *
 * @param most Characters at most; the rest is told by their number.
 * @example printable('a\u001b[2Jb') // 'a\\u001b[2Jb'
 */
export function printable(text: string, most = SHOWN): string {
  return cut(text, most).replace(UNSEEN, escaped);
}

function cut(text: string, most: number): string {
  const rest = text.length - most;
  return rest > 0 ? `${text.slice(0, most)}… (${rest} more characters)` : text;
}

/**
 * Text of several lines that is safe to show: like `printable`, but line ends stay and nothing is cut.
 *
 * @example printableText('got\u0007\n  Hint: none') // 'got\\u0007\n  Hint: none'
 */
export function printableText(text: string): string {
  return text.replace(UNSEEN, (character) => (character === '\n' ? character : escaped(character)));
}

/**
 * Text whose marks of direction, zero-width characters and line separators are shown; its line ends and tabs stay.
 *
 * @example marksShown('a\u202eb') // 'a\\u202eb'
 */
export function marksShown(text: string): string {
  return text.replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
