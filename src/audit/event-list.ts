import { MismatchError } from '../errors.js';
import type { Piece } from './bytes.js';

const HEAD =
  /^\uFEFF?\s*\{(\s*"(kind|apiVersion)"\s*:\s*"[^"]*"\s*,|\s*"metadata"\s*:\s*\{[^{}]*\}\s*,)*\s*"items"\s*:\s*\[/;
const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, NEWLINE] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x0a,
];

/**
 * Whether a log begins as an `EventList`, the form in which the API server posts audit events to a webhook.
 *
 * @param head The log's first bytes.
 */
export function beginsEventList(head: Uint8Array): boolean {
  return HEAD.test(Buffer.from(head.subarray(0, 4096)).toString('utf8'));
}

/**
 * Cuts an `EventList` document into its items, without holding more than one.
 *
 * @param most Bytes an item may have.
 * @throws {MismatchError} An item is longer, or the document ends before it is complete.
 */
export async function* splitEventList(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  most: number,
): AsyncGenerator<Piece> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 1;
  let started = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const fail = (expected: string, got: string): never => {
    throw new MismatchError(
      { folder: 'audit', file: name, line, expected, got },
      { hint: 'Export the log again, or use JSON lines.' },
    );
  };
  for await (const chunk of chunks) {
    let from = depth > 2 ? 0 : -1;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NEWLINE) line++;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN || byte === OPEN_LIST) {
        depth++;
        if (depth === 3 && byte === OPEN) {
          from = i;
          started = line;
        }
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (depth === 3 && from >= 0) {
          yield { line: started, bytes: Buffer.concat([...parts, chunk.subarray(from, i + 1)]) };
          parts = [];
          length = 0;
          from = -1;
        }
        depth--;
      }
    }
    if (from >= 0) {
      parts.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > most) fail(`items of at most ${most} bytes`, 'a longer one');
    }
  }
  if (depth !== 0 || inText) fail('the EventList to be complete', 'its end in the middle');
}
