import { MismatchError } from '../errors.js';
import type { Piece } from './bytes.js';

const HEAD =
  /^\uFEFF?\s*\{(\s*"(kind|apiVersion)"\s*:\s*"[^"]*"\s*,|\s*"metadata"\s*:\s*\{[^{}]*\}\s*,)*\s*"items"\s*:\s*\[/;
const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, NEWLINE] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x0a,
];
/** Nesting of an item's braces: the document, its list, the item. */
const ITEM = 3;

/**
 * Whether a log begins as an `EventList`, the form in which the API server posts audit events to a webhook.
 *
 * @param head The log's first bytes.
 */
export function beginsEventList(head: Uint8Array): boolean {
  return HEAD.test(Buffer.from(head.subarray(0, 4096)).toString('utf8'));
}

/**
 * Cuts an `EventList` document, or several one after another, into items. Holds at most one item, and nothing of one that is too long.
 *
 * @param most Bytes an item may have.
 * @throws {MismatchError} The document ends before it is complete.
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
  for await (const chunk of chunks) {
    let from = depth >= ITEM ? 0 : -1;
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
        if (depth === ITEM) {
          from = i;
          started = line;
        }
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (depth === ITEM) {
          length += i + 1 - from;
          const last = chunk.subarray(from, i + 1);
          yield { line: started, bytes: length > most ? null : Buffer.concat([...parts, last]) };
          parts = [];
          length = 0;
          from = -1;
        }
        depth--;
      }
    }
    if (from >= 0) {
      length += chunk.length - from;
      if (length <= most) parts.push(chunk.subarray(from));
      else parts = [];
    }
  }
  if (depth !== 0 || inText)
    throw new MismatchError(
      { folder: 'audit', file: name, line, expected: 'a complete EventList', got: 'its end in the middle' },
      { hint: 'The file is cut off; copy it again, or use JSON lines.' },
    );
}
