/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Column } from '../columns.js';
import type { PageData } from '../data.js';

/** Texts of many rows, each once. */
export interface Texts {
  values: readonly string[];
  ids: Uint32Array;
}

/** The page’s data, unpacked: typed arrays, no object a row. */
export interface Store {
  data: PageData;
  /** Contexts, and their lines. */
  size: number;
  texts: Record<string, Texts>;
  numbers: Record<string, Float64Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Int32Array>;
  lineTexts: Record<string, Texts>;
  lineNumbers: Store['numbers'];
}

const ARRAYS = {
  Uint8: Uint8Array,
  Uint16: Uint16Array,
  Uint32: Uint32Array,
  Int32: Int32Array,
  Float32: Float32Array,
  Float64: Float64Array,
};

/** Unpacks the data that the page carries. */
export function openStore(data: PageData): Store {
  const contexts = unpack(data.contexts);
  const lines = unpack(data.lines);
  return {
    data,
    size: contexts.numbers.id!.length,
    texts: contexts.texts,
    numbers: contexts.numbers,
    lineTexts: lines.texts,
    lineNumbers: lines.numbers,
  };
}

/** A text of a row. */
export const textAt = (texts: Record<string, Texts>, name: string, row: number): string => {
  const { values, ids } = texts[name]!;
  return values[ids[row]!]!;
};

function unpack(columns: Record<string, Column>): {
  texts: Record<string, Texts>;
  numbers: Store['numbers'];
} {
  const texts: Record<string, Texts> = {};
  const numbers: Store['numbers'] = {};
  for (const [name, column] of Object.entries(columns))
    if ('values' in column)
      texts[name] = { values: column.values, ids: new Uint32Array(bytesOf(column.ids)) };
    else numbers[name] = new ARRAYS[column.type](bytesOf(column.bytes));
  return { texts, numbers };
}

export function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** JSON of lines lies in compressed pieces, opened when one of its lines is looked at. */
export class LineJson {
  readonly #pieces = new Map<number, Promise<Record<string, unknown>>>();

  /** The event of a line, or null when the page has no JSON of it. */
  async of(store: Store, row: number): Promise<Record<string, unknown> | null> {
    const piece = store.lineNumbers.chunk![row]!;
    if (piece < 0) return null;
    let opened = this.#pieces.get(piece);
    if (!opened) {
      opened = open(piece);
      this.#pieces.set(piece, opened);
      if (this.#pieces.size > 40) this.#pieces.delete(this.#pieces.keys().next().value!);
    }
    const events = await opened;
    return (events[String(store.lineNumbers.line![row]!)] as Record<string, unknown> | undefined) ?? null;
  }
}

async function open(piece: number): Promise<Record<string, unknown>> {
  if (document.readyState === 'loading')
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  const text = document.getElementById(`piece-${piece}`)?.textContent ?? '';
  const unzipped = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(unzipped).text()) as Record<string, unknown>;
}
