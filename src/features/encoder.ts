import type { AuditEvent } from '../audit/event.js';
import { AuditweaveError } from '../errors.js';
import type { Column } from './columns.js';

/** The number of a value that was never seen in fitting. */
export const UNKNOWN_ID = 0;

/** An encoder as JSON: for each column its values in order of their ids, from 1. */
export interface EncoderRecord {
  kind: 'ordinal';
  columns: { name: string; values: (string | null)[] }[];
}

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
 * [K8NTEXT, §5.4]. A value that was not there in fitting is 0: the paper gives each such value the next new number, which a trained
 * model has never seen either and which would depend on the order of the lines to label.
 *
 * @example
 * const encoder = OrdinalEncoder.fit(trainingRows, columns.map(({ name }) => name));
 * const matrix = encoder.encodeRows(rows); // [N, F]
 */
export class OrdinalEncoder {
  readonly #names: readonly string[];
  readonly #ids: readonly Map<string | null, number>[];

  private constructor(names: readonly string[], ids: readonly Map<string | null, number>[]) {
    this.#names = names;
    this.#ids = ids;
  }

  /**
   * @param rows The training rows, each of shape [F].
   * @throws {AuditweaveError} A row is not as wide as there are columns.
   */
  static fit(rows: Iterable<readonly (string | null)[]>, names: readonly string[]): OrdinalEncoder {
    const ids = names.map(() => new Map<string | null, number>());
    for (const row of rows) {
      checkWidth(row, names);
      row.forEach((value, f) => {
        const known = ids[f]!;
        if (!known.has(value)) known.set(value, known.size + 1);
      });
    }
    return new OrdinalEncoder(names, ids);
  }

  /** Names of the F columns. */
  get columns(): readonly string[] {
    return this.#names;
  }

  /** @returns Shape [F]. */
  encode(row: readonly (string | null)[]): Float32Array {
    checkWidth(row, this.#names);
    return Float32Array.from(row, (value, f) => this.#ids[f]!.get(value) ?? UNKNOWN_ID);
  }

  /** @returns Shape [N, F], row-major. */
  encodeRows(rows: readonly (readonly (string | null)[])[]): Float32Array {
    const matrix = new Float32Array(rows.length * this.#names.length);
    rows.forEach((row, i) => {
      matrix.set(this.encode(row), i * this.#names.length);
    });
    return matrix;
  }

  toJSON(): EncoderRecord {
    return {
      kind: 'ordinal',
      columns: this.#names.map((name, f) => ({ name, values: [...this.#ids[f]!.keys()] })),
    };
  }

  /** @throws {AuditweaveError} Not what `toJSON` gives. */
  static fromJSON(json: unknown): OrdinalEncoder {
    const { kind, columns } = (json ?? {}) as Partial<EncoderRecord>;
    if (kind !== 'ordinal' || !Array.isArray(columns))
      throw new AuditweaveError('features: expected an ordinal encoder, got other JSON.', {
        hint: 'Take encoder.json from the model folder.',
      });
    const ids = columns.map(({ name, values }) => {
      if (typeof name !== 'string' || !Array.isArray(values) || new Set(values).size !== values.length)
        throw new AuditweaveError(
          `features: expected column ${name} to list each value once, got other JSON.`,
        );
      return new Map(values.map((value, i) => [value, i + 1]));
    });
    return new OrdinalEncoder(
      columns.map(({ name }) => name),
      ids,
    );
  }
}

function checkWidth(row: readonly unknown[], names: readonly string[]): void {
  if (row.length !== names.length)
    throw new AuditweaveError(`features: expected rows of ${names.length} values, got one of ${row.length}.`);
}
