/** A request's head as the client sent it. */
export interface RequestHead {
  method: string;
  uri: string;
}

export interface RequestStreamOptions {
  /** Headers to set in place of the client's own, drawn for each request. */
  headers: (head: RequestHead) => Readonly<Record<string, string>>;
}

type State = 'head' | 'body' | 'chunk-size' | 'chunk' | 'trailer' | 'raw';

/**
 * Rewrites the heads of the requests in a byte stream of HTTP/1.1 [RFC 9112]; bodies, and everything after a protocol upgrade, pass
 * unchanged.
 *
 * @example new RequestStream({ headers: () => ({ 'Audit-ID': randomUUID() })}).push(bytes)
 */
export class RequestStream {
  readonly #options: RequestStreamOptions;
  #state: State = 'head';
  #held: Buffer = Buffer.alloc(0);
  #left = 0;

  constructor(options: RequestStreamOptions) {
    this.#options = options;
  }

  /** @returns What to send on, in order. */
  push(bytes: Buffer): Buffer {
    const out: Buffer[] = [];
    let rest = this.#held.length ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#held = Buffer.alloc(0);
    while (rest.length > 0) {
      const taken = this.#take(rest, out);
      if (taken === 0) {
        this.#held = Buffer.from(rest);
        break;
      }
      rest = rest.subarray(taken);
    }
    return Buffer.concat(out);
  }

  /** @returns Bytes consumed; 0 when more are needed. */
  #take(bytes: Buffer, out: Buffer[]): number {
    if (this.#state === 'raw') {
      out.push(bytes);
      return bytes.length;
    }
    if (this.#state === 'body' || this.#state === 'chunk') {
      const size = Math.min(this.#left, bytes.length);
      out.push(bytes.subarray(0, size));
      this.#left -= size;
      if (this.#left === 0) this.#state = this.#state === 'body' ? 'head' : 'chunk-size';
      return size;
    }
    if (this.#state === 'head') {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return 0;
      out.push(this.#head(bytes.subarray(0, end).toString('latin1')));
      return end + 4;
    }
    const end = bytes.indexOf('\r\n');
    if (end < 0) return 0;
    const line = bytes.subarray(0, end).toString('latin1');
    out.push(bytes.subarray(0, end + 2));
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'head';
      return end + 2;
    }
    const size = Number.parseInt(line, 16);
    this.#left = size + 2;
    this.#state = size === 0 ? 'trailer' : 'chunk';
    return end + 2;
  }

  #head(text: string): Buffer {
    const [first = '', ...lines] = text.split('\r\n');
    const [method = '', uri = ''] = first.split(' ');
    const set = this.#options.headers({ method, uri });
    const names = new Set(Object.keys(set).map((name) => name.toLowerCase()));
    const field = (line: string) => line.slice(0, line.indexOf(':')).trim().toLowerCase();
    const value = (name: string) => {
      const line = lines.find((candidate) => field(candidate) === name);
      return line?.slice(line.indexOf(':') + 1).trim();
    };
    const length = Number(value('content-length') ?? 0);
    if (value('upgrade')) this.#state = 'raw';
    else if (/chunked/i.test(value('transfer-encoding') ?? '')) this.#state = 'chunk-size';
    else if (length > 0) {
      this.#state = 'body';
      this.#left = length;
    }
    const kept = lines.filter((line) => !names.has(field(line)));
    const added = Object.entries(set).map(([name, content]) => `${name}: ${content}`);
    return Buffer.from([first, ...added, ...kept, '', ''].join('\r\n'), 'latin1');
  }
}
