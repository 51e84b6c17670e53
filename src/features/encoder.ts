import type { AuditEvent } from '../audit/event.js';
import { AuditweaveError } from '../errors.js';
import type { Column } from './fields.js';

/** The number of a value that was not there in fitting. */
export const UNKNOWN_ID = 0;

/** What becomes of ids: nothing, or they are divided by the greatest of their column. */
export type Encoding = 'ordinal' | 'scaled';

/** An encoder as JSON: for each column its values in order of their ids, from 1. */
export interface EncoderRecord {
  kind: Encoding;
  columns: { name: string; values: (string | null)[] }[];
}

const HINT = 'Take encoder.json from the folder of a model, as it was written.';

/**
 * A line's values, one a column.
 *
 * @returns Shape [F]; null where the line has no value.
 * @example extractFields(event, selectColumns())
 */
export function extractFields(event: AuditEvent, columns: readonly Column[]): (string | null)[] {
  return columns.map((column) => column.read(event));
}

/**
 * Numbers values column by column in the order of their first appearance, from 1; a missing value is a value of its own
 * [K8NTEXT, §5.4].
 *
 *     id(f, value) = 1 + number of other values of column f before it in the training rows,   0 if it is in none
 *
 * Here it differs from the paper, which gives a value unseen in training the next new number: a trained model has never seen that
 * number either, and it would depend on the order of the lines to label.
 *
 * Encoding `scaled` divides by the number of values V(f) that the column has in training, so that every number is in [0, 1] whatever
 * the column:
 *
 *     x(f, value) = id(f, value) / V(f)
 *
 * @example
 * const encoder = OrdinalEncoder.fit(trainingRows, columns.map(({ name }) => name));
 * const matrix = encoder.encodeRows(rows); // [N, F]
 */
export class OrdinalEncoder {
  readonly #names: readonly string[];
  readonly #ids: readonly ReadonlyMap<string | null, number>[];
  readonly #encoding: Encoding;

  private constructor(
    names: readonly string[],
    ids: readonly ReadonlyMap<string | null, number>[],
    encoding: Encoding,
  ) {
    this.#names = names;
    this.#ids = ids;
    this.#encoding = encoding;
  }

  /**
   * Learns the values of the training rows, and of no others.
   *
   * @param rows The training rows, each of shape [F].
   * @param names Names of the F columns.
   * @throws {AuditweaveError} A row does not have F values, or a name is there twice.
   * @example OrdinalEncoder.fit([['get'], ['list'], ['get']], ['verb']).encode(['list']) // Float32Array [2]
   */
  static fit(rows: Iterable<readonly (string | null)[]>, names: readonly string[]): OrdinalEncoder {
    if (new Set(names).size !== names.length)
      throw new AuditweaveError(`features: expected each column once, got ${names.join(', ')}.`);
    const ids = names.map(() => new Map<string | null, number>());
    for (const row of rows) {
      checkWidth(row, names);
      for (let f = 0; f < row.length; f++) {
        const known = ids[f]!;
        if (!known.has(row[f]!)) known.set(row[f]!, known.size + 1);
      }
    }
    return new OrdinalEncoder([...names], ids, 'ordinal');
  }

  /** Names of the F columns. */
  get columns(): readonly string[] {
    return this.#names;
  }

  get encoding(): Encoding {
    return this.#encoding;
  }

  /**
   * The same values under another encoding.
   *
   * @example OrdinalEncoder.fit([['get'], ['list']], ['verb']).as('scaled').encode(['get']) // Float32Array [0.5]
   */
  as(encoding: Encoding): OrdinalEncoder {
    return new OrdinalEncoder(this.#names, this.#ids, encoding);
  }

  /**
   * Numbers one row.
   *
   * @returns Shape [F].
   * @throws {AuditweaveError} The row does not have F values.
   */
  encode(row: readonly (string | null)[]): Float32Array {
    const numbers = new Float32Array(this.#names.length);
    this.#write(row, numbers, 0);
    return numbers;
  }

  /**
   * Numbers many rows.
   *
   * @param rows N rows, each of shape [F].
   * @returns Shape [N, F], row-major.
   * @throws {AuditweaveError} A row does not have F values.
   */
  encodeRows(rows: readonly (readonly (string | null)[])[]): Float32Array {
    const width = this.#names.length;
    const matrix = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      this.#write(row, matrix, i * width);
    });
    return matrix;
  }

  #write(row: readonly (string | null)[], target: Float32Array, at: number): void {
    checkWidth(row, this.#names);
    for (let f = 0; f < row.length; f++) {
      const ids = this.#ids[f]!;
      const id = ids.get(row[f]!) ?? UNKNOWN_ID;
      target[at + f] = this.#encoding === 'scaled' ? id / Math.max(1, ids.size) : id;
    }
  }

  /** What `fromJSON` reads: its every number comes back the same. */
  toJSON(): EncoderRecord {
    return {
      kind: this.#encoding,
      columns: this.#names.map((name, f) => ({ name, values: [...this.#ids[f]!.keys()] })),
    };
  }

  /**
   * Reads what `toJSON` wrote. Column names may be any; `selectColumns` refuses those that are no column.
   *
   * @throws {AuditweaveError} Not what `toJSON` gives.
   * @example OrdinalEncoder.fromJSON(JSON.parse(text))
   */
  static fromJSON(json: unknown): OrdinalEncoder {
    const { kind, columns } = (json ?? {}) as Partial<EncoderRecord>;
    if (kind !== 'ordinal' && kind !== 'scaled')
      throw new AuditweaveError(
        `features: expected an encoder of kind “ordinal” or “scaled”, got ${JSON.stringify(kind) ?? 'none'}.`,
        { hint: HINT },
      );
    if (!Array.isArray(columns))
      throw new AuditweaveError('features: expected an encoder to list its columns, got none.', {
        hint: HINT,
      });
    const names = columns.map((column, f) => nameOf(column, f));
    if (new Set(names).size !== names.length)
      throw new AuditweaveError(`features: expected each column once, got ${names.join(', ')}.`, {
        hint: HINT,
      });
    return new OrdinalEncoder(
      names,
      columns.map(({ values }) => new Map(values.map((value, i) => [value, i + 1]))),
      kind,
    );
  }
}

/** The name of a column that an encoder's JSON lists, once its values are found to be sound. */
function nameOf(column: unknown, f: number): string {
  const { name, values } = (column ?? {}) as Partial<EncoderRecord['columns'][number]>;
  const sound =
    typeof name === 'string' &&
    Array.isArray(values) &&
    values.every((value) => value === null || typeof value === 'string') &&
    new Set(values).size === values.length;
  if (!sound)
    throw new AuditweaveError(
      `features: expected column ${typeof name === 'string' ? name : f} of an encoder to list texts or null, each once.`,
      { hint: HINT },
    );
  return name;
}

function checkWidth(row: readonly unknown[], names: readonly string[]): void {
  if (row.length !== names.length)
    throw new AuditweaveError(`features: expected rows of ${names.length} values, got one of ${row.length}.`);
}
