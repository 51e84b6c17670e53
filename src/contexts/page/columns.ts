/** Texts of many rows, each kept once. */
export interface TextColumn {
  values: string[];
  /** Base64 of a Uint32 a row: the place among the values. */
  ids: string;
}

/** Numbers of many rows, as base64 of their array's bytes. */
export interface NumberColumn {
  type: 'Uint8' | 'Uint16' | 'Uint32' | 'Int32' | 'Float32' | 'Float64';
  bytes: string;
}

export type Column = TextColumn | NumberColumn;

/** Gathers texts into a column. */
export class TextBuilder {
  readonly #ids: Uint32Array;
  readonly #known = new Map<string, number>();
  readonly #values: string[] = [];

  /** @param rows How many there will be. */
  constructor(rows: number) {
    this.#ids = new Uint32Array(rows);
  }

  set(row: number, text: string): void {
    let id = this.#known.get(text);
    if (id === undefined) {
      id = this.#values.length;
      this.#known.set(text, id);
      this.#values.push(text);
    }
    this.#ids[row] = id;
  }

  column(): TextColumn {
    // Rows that were never set are empty.
    if (this.#values.length === 0) this.#values.push('');
    return { values: this.#values, ids: base64(this.#ids) };
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** @example numberColumn(Uint8Array.of(1)) // { type: 'Uint8', bytes: 'AQ==' } */
export function numberColumn(values: Numbers): NumberColumn {
  const type = values.constructor.name.replace('Array', '') as NumberColumn['type'];
  return { type, bytes: base64(values) };
}

function base64({ buffer, byteOffset, byteLength }: Numbers): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
