/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Numbers, PackedHead } from '../columns.js';

/** Texts of many rows, each once and in order. */
export interface Texts {
  values: readonly string[];
  ids: ArrayLike<number>;
}

export type Table = {
  texts: Record<string, Texts>;
  numbers: Record<string, Numbers>;
};

/** The page’s data, unpacked: typed arrays, no object a row. */
export interface Store {
  /** How many contexts there are. */
  size: number;
  texts: Table['texts'];
  numbers: Table['numbers'];
  /** The lines of contexts, once they are unpacked. */
  lines: Table | null;
}

const ARRAYS = {
  Uint8: Uint8Array,
  Uint16: Uint16Array,
  Uint32: Uint32Array,
  Int32: Int32Array,
  Float32: Float32Array,
  Float64: Float64Array,
};

/** Unpacks what the list shows. */
export async function openStore(): Promise<Store> {
  const { texts, numbers } = await columnsOf('contexts');
  return { size: numbers.id!.length, texts, numbers, lines: null };
}

/** Unpacks the rest of what may be asked for, when the page is there as a whole. */
export async function openDetails(store: Store): Promise<void> {
  await loaded();
  const { texts, numbers } = await columnsOf('details');
  const lines: Table = { texts: {}, numbers: {} };
  for (const [name, column] of Object.entries(texts))
    if (name.startsWith('line.')) lines.texts[name.slice(5)] = column;
    else store.texts[name] = column;
  for (const [name, column] of Object.entries(numbers))
    if (name.startsWith('line.')) lines.numbers[name.slice(5)] = column;
    else store.numbers[name] = column;
  store.lines = lines;
}

/** A text of a row. */
export const textAt = (texts: Table['texts'], name: string, row: number): string => {
  const { values, ids } = texts[name]!;
  return values[ids[row]!]!;
};

/** How many lines a context has. */
export const linesOf = ({ numbers }: Store, row: number): number =>
  numbers.start![row + 1]! - numbers.start![row]! + numbers.more![row]!;

/** The context that a line is in. */
export function contextOfLine({ numbers, size }: Store, line: number): number {
  const start = numbers.start!;
  let [low, high] = [0, size - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (start[middle]! <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What `packColumns` packed. */
export function unpackColumns(bytes: ArrayBuffer): Table {
  const length = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))) as PackedHead;
  const table: Table = { texts: {}, numbers: {} };
  let at = 4 + length;
  for (const { name, type, length: count, values } of head.columns) {
    at = Math.ceil(at / 8) * 8;
    const numbers = new ARRAYS[type](bytes, at, count);
    at += numbers.byteLength;
    if (values) table.texts[name] = { values, ids: numbers };
    else table.numbers[name] = numbers;
  }
  return table;
}

const columnsOf = async (id: string): Promise<Table> => unpackColumns(await bytesOf(id));

/** The bytes that an element holds, packed, as base64. */
async function bytesOf(id: string): Promise<ArrayBuffer> {
  const text = atob(document.getElementById(id)?.textContent ?? '');
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unzipped).arrayBuffer();
}

async function loaded(): Promise<void> {
  if (document.readyState === 'loading')
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
}

/** Things that lie packed in the page by number, of which some are kept open. */
class Packed<T> {
  readonly #open = new Map<number, Promise<T>>();
  readonly #unpack: (number: number) => Promise<T>;
  readonly #most: number;

  constructor(most: number, unpack: (number: number) => Promise<T>) {
    this.#most = most;
    this.#unpack = unpack;
  }

  of(number: number): Promise<T> {
    let opened = this.#open.get(number);
    if (!opened) {
      opened = loaded().then(() => this.#unpack(number));
      this.#open.set(number, opened);
      if (this.#open.size > this.#most) this.#open.delete(this.#open.keys().next().value!);
    }
    return opened;
  }
}

/** Lines whose words are packed together; as in data.ts. */
const BLOCK = 8192;

/** What lines say in words, and their JSON: unpacked when it is looked at. */
export class LineWords {
  readonly #store: Store;
  readonly #blocks = new Packed(20, (number) => columnsOf(`block-${number}`));
  readonly #pieces = new Packed(
    40,
    async (number) =>
      JSON.parse(new TextDecoder().decode(await bytesOf(`piece-${number}`))) as Record<string, unknown>,
  );

  constructor(store: Store) {
    this.#store = store;
  }

  /** Readers of the words of lines from one to before another. */
  async of(from: number, to: number): Promise<(name: 'text' | 'reason', line: number) => string> {
    const first = Math.floor(from / BLOCK);
    const count = Math.max(0, Math.ceil(to / BLOCK) - first);
    const blocks = await Promise.all(Array.from({ length: count }, (_, i) => this.#blocks.of(first + i)));
    return (name, line) => textAt(blocks[Math.floor(line / BLOCK) - first]!.texts, name, line % BLOCK);
  }

  /** The event of a line, or null when the page has no JSON of it. */
  async json(line: number): Promise<Record<string, unknown> | null> {
    const { numbers } = this.#store.lines!;
    const piece = numbers.chunk![line]!;
    if (piece < 0) return null;
    const events = await this.#pieces.of(piece);
    return (events[String(numbers.line![line]!)] as Record<string, unknown> | undefined) ?? null;
  }
}
