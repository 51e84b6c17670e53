import { once } from 'node:events';
import { EXIT, printableText } from '../errors.js';
import type { ProgressSink } from '../progress.js';
import { atPath, systemFault } from '../system-faults.js';

const NAME = 'standard output';
/** Characters that JSON leaves as they are and a terminal acts on. */
/** Text that can have none of them; quicker to tell. */
const ASCII = /^[^\u007f-\uffff]*$/;
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

let fault: NodeJS.ErrnoException | undefined;
let watched = false;

/**
 * Writes data to standard output as it is, and waits until the reader has room for more.
 *
 * A reader that has seen enough (`| head`) ends the process with 0; any other fault, as a full disk, is thrown here or, when it comes
 * later, by `flushed`.
 *
 * @throws {Error} The fault of the system, with `standard output` as its path.
 * @example await write(chunk);
 */
export async function write(text: string): Promise<void> {
  watch();
  if (fault) throw fault;
  if (process.stdout.isTTY) clearOpenLine();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  if (fault) throw fault;
}

/** Writes text for people: what a terminal would act on is shown instead. */
export const print = (text: string): Promise<void> => write(printableText(text));

/** Writes a value as JSON and a line end. Unseen characters are escaped, which is the same JSON. */
export const printJson = (value: unknown, indent?: number): Promise<void> =>
  write(`${jsonText(value, indent)}\n`);

/** @example jsonText('\u202e') // '"\\u202e"' */
export const jsonText = (value: unknown, indent?: number): string =>
  seenJson(JSON.stringify(value, null, indent));

/** JSON text with its unseen characters escaped, which is the same JSON. */
export const seenJson = (text: string): string =>
  ASCII.test(text)
    ? text
    : text.replace(UNSEEN, (character) =>
        [...Array(character.length).keys()]
          .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
      );

/** Writes from where nothing can wait, as a callback; a fault is kept for `flushed`. */
export function writeSoon(text: string): void {
  write(text).catch(() => {});
}

/** Writes progress and remarks to standard error. */
export function say(text: string): void {
  watch();
  clearOpenLine();
  process.stderr.write(printableText(text));
}

/** Standard error as a place for progress, which escapes by itself what it shows. */
export const STDERR: ProgressSink = {
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns;
  },
  write(text) {
    watch();
    open = process.stderr.isTTY === true && !text.endsWith('\n');
    return process.stderr.write(text);
  },
};

/** Whether a line of progress stands on the terminal that the next one is to be written over. */
let open = false;

/** Takes that line away, so that what comes on the same terminal does not go on in the middle of it. */
function clearOpenLine(): void {
  if (!open) return;
  open = false;
  process.stderr.write('\r\u001b[2K');
}

/** Throws the fault that came after the last write, if one did. */
export function flushed(): void {
  if (!fault) return;
  const kept = fault;
  fault = undefined;
  throw kept;
}

/** Listens for faults of both streams, once: without a listener each would be an uncaught exception. */
export function watch(): void {
  if (watched) return;
  watched = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    fault ??= systemFault(error) ? (atPath(error, NAME) as NodeJS.ErrnoException) : error;
  });
  // Progress that nobody reads is lost, and the work goes on.
  process.stderr.on('error', () => {});
}
