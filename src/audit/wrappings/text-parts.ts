/** Streams whose parts are kept at once. */
const MOST_STREAMS = 1000;
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d] as const;

/** A text in parts, and whether it is a list or an object whose end has not come. Each character is looked at once. */
class Parts {
  length = 0;
  readonly #parts: string[] = [];
  #begun = false;
  #ended = false;
  #depth = 0;
  #inText = false;
  #escaped = false;

  add(part: string): void {
    this.#parts.push(part);
    this.length += part.length;
    for (let i = 0; i < part.length && !this.#ended; i++) this.#see(part.charCodeAt(i));
  }

  get isOpen(): boolean {
    return this.#begun && !this.#ended;
  }

  get text(): string {
    return this.#parts.join('');
  }

  #see(code: number): void {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) this.#inText = false;
    } else if (code === OPEN || code === OPEN_LIST) {
      this.#depth++;
      this.#begun = true;
    } else if (!this.#begun) this.#ended = !isSpace(code);
    else if (code === QUOTE) this.#inText = true;
    else if (code === CLOSE || code === CLOSE_LIST) this.#ended = --this.#depth === 0;
  }
}

/**
 * The parts of texts that are cut, by stream, until the last part comes. Bounded in all: what is too much is given out, the oldest first.
 *
 * @example
 * const parts = new TextParts(1000);
 * parts.add('stdout', '{"a":');
 * parts.isOpen('stdout'); // true
 */
export class TextParts {
  readonly #most: number;
  readonly #streams = new Map<string, Parts>();
  #length = 0;

  /** @param most Characters that are kept, of all streams together. Default 64 Mi. */
  constructor(most = 1 << 26) {
    this.#most = most;
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  add(stream: string, part: string): void {
    const parts = this.#streams.get(stream) ?? new Parts();
    parts.add(part);
    this.#length += part.length;
    this.#streams.delete(stream);
    this.#streams.set(stream, parts);
  }

  /** Whether the stream's text is a list or an object whose end has not come. */
  isOpen(stream: string): boolean {
    return this.#streams.get(stream)?.isOpen ?? false;
  }

  lengthOf(stream: string): number {
    return this.#streams.get(stream)?.length ?? 0;
  }

  /** The text so far. */
  peek(stream: string): string {
    return this.#streams.get(stream)?.text ?? '';
  }

  /** The text so far, which is kept no longer. */
  take(stream: string): string {
    const text = this.peek(stream);
    this.#length -= text.length;
    this.#streams.delete(stream);
    return text;
  }

  /** The texts that are too much. */
  overflow(): string[] {
    const out: string[] = [];
    for (const stream of this.#streams.keys()) {
      if (this.#length <= this.#most && this.#streams.size <= MOST_STREAMS) break;
      out.push(this.take(stream));
    }
    return out;
  }

  /** All texts that are left. */
  end(): string[] {
    return [...this.#streams.keys()].map((stream) => this.take(stream));
  }
}

/** Space, tab and ends of lines, as JSON has them. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xfeff;
}
