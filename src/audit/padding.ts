const NEWLINE = 0x0a;
/** Bytes of one hole that are passed over, before a line's text and behind it; what never ends is no hole. */
const [MOST_BEFORE, MOST_BEHIND] = [4 * 2 ** 30, 2 ** 27] as const;

/**
 * The bytes without runs of NUL that stand alone on a line, before its text or behind it: the hole that a writer leaves who goes on in a
 * file that was emptied under it, and what a file system has of bytes that a crash kept from the disk. Those inside a line stay.
 *
 * @example Buffer.concat(await Array.fromAsync(withoutPadding(one(Buffer.from('\0\0{}\n'))))).toString() // '{}\n'
 */
export async function* withoutPadding(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let atStart = true;
  /** NULs behind text of which it is not known yet whether more text follows. */
  let held = 0;
  /** Bytes of the hole that a line begins with. */
  let passed = 0;
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      const zero = chunk[from] === 0 ? from : chunk.indexOf(0, from);
      const end = zero < 0 ? chunk.length : zero;
      if (end > from) {
        if (held > 0 && chunk[from] !== NEWLINE) yield* zeros(held);
        held = 0;
        passed = 0;
        yield chunk.subarray(from, end);
        atStart = chunk[end - 1] === NEWLINE;
      }
      from = end;
      while (from < chunk.length && chunk[from] === 0) from++;
      if (!atStart) held += from - end;
      else passed += from - end;
      if (passed > MOST_BEFORE) yield chunk.subarray(end, from);
      if (held <= MOST_BEHIND) continue;
      yield* zeros(held);
      held = 0;
    }
  }
}

const ZEROS = new Uint8Array(1 << 16);

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length)
    yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}
