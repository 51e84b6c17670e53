/** Texts of many rows, each once and in order, so that a row's place among them is its rank. */
export interface TextColumn {
  values: readonly string[];
  /** A row's place among the values. */
  ids: Numbers;
}

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
export type NumberType = 'Uint8' | 'Uint16' | 'Uint32' | 'Int32' | 'Float32' | 'Float64';
export type Column = TextColumn | Numbers;

/** What stands before the bytes of packed columns. */
export interface PackedHead {
  /** In the order of the bytes. */
  columns: { name: string; type: NumberType; length: number; values?: readonly string[] }[];
}

/** Gathers texts into a column. */
export class TextBuilder {
  readonly #ids: Uint32Array;
  readonly #known = new Map<string, number>();
  readonly #values: string[] = [];

  /** @param rows How many there will be; those that are never set are empty. */
  constructor(rows: number) {
    this.#ids = new Uint32Array(rows);
    this.#id('');
  }

  set(row: number, text: string): void {
    this.#ids[row] = this.#id(text);
  }

  /** The column, or that of some of its rows. */
  column(from = 0, to = this.#ids.length): TextColumn {
    const ids = this.#ids.subarray(from, to);
    const used = [...new Set(ids)].sort((a, b) => (this.#values[a]! < this.#values[b]! ? -1 : 1));
    const places = new Map(used.map((id, place) => [id, place]));
    const narrow =
      used.length <= 256
        ? new Uint8Array(ids.length)
        : used.length <= 65_536
          ? new Uint16Array(ids.length)
          : new Uint32Array(ids.length);
    for (const [row, id] of ids.entries()) narrow[row] = places.get(id)!;
    return { values: used.map((id) => this.#values[id]!), ids: narrow };
  }

  #id(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const id = this.#values.length;
    this.#known.set(text, id);
    this.#values.push(text);
    return id;
  }
}

/**
 * Columns as bytes: the length of the head as a Uint32, the head as JSON, then each column's numbers from a place that its type can stand
 * at; little-endian.
 */
export function packColumns(columns: Record<string, Column>): Uint8Array {
  const named = Object.entries(columns).map(([name, column]) =>
    'ids' in column ? { name, numbers: column.ids, values: column.values } : { name, numbers: column },
  );
  const head: PackedHead = {
    columns: named.map(({ name, numbers, ...texts }) => ({
      name,
      type: numbers.constructor.name.replace('Array', '') as NumberType,
      length: numbers.length,
      ...texts,
    })),
  };
  const json = Buffer.from(JSON.stringify(head));
  let size = aligned(4 + json.length);
  const places = named.map(({ numbers }) => {
    const at = size;
    size = aligned(size + numbers.byteLength);
    return at;
  });
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  for (const [i, { numbers }] of named.entries())
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), places[i]!);
  return bytes;
}

/** The next place at which any number may begin. */
export const aligned = (at: number): number => Math.ceil(at / 8) * 8;
