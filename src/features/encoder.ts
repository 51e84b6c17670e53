import type { AuditEvent } from '../audit/event.js';
import { AuditweaveError } from '../errors.js';
import { type EncoderRecord, type Encoding, readEncoderRecord, type Standard } from './encoder-record.js';
import type { Column } from './fields.js';
import { ValueHashes } from './value-hashes.js';

/** The number of a value that was not there in fitting. */
export const UNKNOWN_ID = 0;

/**
 * The least that a standardized column is divided by, which is the deviation of two neighbouring ids of which one has 7 % of the lines. With
 * less, a value seen once among thousands of lines would lie tens of units away from the others.
 */
const LEAST_SCALE = 0.25;

/** Values of a column that have a number of their own in encoding `one-hot`, the most frequent ones; all others share one. */
export const ONE_HOT_VALUES = 63;

/** Numbers that rows may become: 2 GiB of them. */
const MOST_NUMBERS = 2 ** 29;

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
 * Encoding `standardized` takes the column's mean over the training rows, and divides by its standard deviation (of the population):
 *
 *     x(f, value) = (id(f, value) − mean(f)) / max(sd(f), 0.25)
 *
 * No column is larger than another then, and an optimizer's steps count alike for all.
 *
 * Encoding `one-hot` gives a column a number for each of its 63 most frequent values, and one for any other. A layer's weights of such a number
 * are what it has learnt of the value: an embedding of it.
 *
 *     x(f, v, value) = 1 if value is the v-th most frequent of column f, else 0
 *
 * @example
 * const encoder = OrdinalEncoder.fit(trainingRows, columns.map(({ name }) => name));
 * const matrix = encoder.encodeRows(rows); // [N, F]
 */
export class OrdinalEncoder {
  readonly #names: readonly string[];
  readonly #ids: readonly ReadonlyMap<string | null, number>[];
  readonly #encoding: Encoding;
  /** Of each column; null in an encoder that was read and is of another kind. */
  readonly #standards: readonly Standard[] | null;
  /** Null: values are kept as they are. */
  readonly #hashes: ValueHashes | null;
  /** Rows of each id of each column, from 1; null in an encoder that was read. */
  readonly #counts: readonly (readonly number[])[] | null;
  /** Where the numbers of each column begin, and their number at the end. */
  readonly #starts: readonly number[];

  private constructor(
    names: readonly string[],
    ids: readonly ReadonlyMap<string | null, number>[],
    encoding: Encoding,
    standards: readonly Standard[] | null,
    {
      hashes = null,
      counts = null,
    }: { hashes?: ValueHashes | null; counts?: readonly (readonly number[])[] | null } = {},
  ) {
    this.#hashes = hashes;
    this.#counts = counts;
    this.#names = names;
    this.#ids = ids;
    this.#encoding = encoding;
    this.#standards = standards;
    const starts = [0];
    for (const own of ids) starts.push(starts.at(-1)! + (encoding === 'one-hot' ? own.size + 1 : 1));
    this.#starts = starts;
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
    const sums = names.map(() => ({ count: 0, sum: 0, squares: 0 }));
    const counts = names.map((): number[] => []);
    for (const row of rows) {
      checkWidth(row, names);
      for (let f = 0; f < row.length; f++) {
        const known = ids[f]!;
        const id = known.get(row[f]!) ?? known.size + 1;
        known.set(row[f]!, id);
        const column = sums[f]!;
        column.count++;
        column.sum += id;
        column.squares += id * id;
        counts[f]![id] = (counts[f]![id] ?? 0) + 1;
      }
    }
    return new OrdinalEncoder([...names], ids, 'ordinal', sums.map(standardOf), { counts });
  }

  /** Names of the F columns. */
  get columns(): readonly string[] {
    return this.#names;
  }

  /** Numbers of a row: F, and with `one-hot` one for each value that a column has of its own, and one for the others. */
  get width(): number {
    return this.#starts.at(-1)!;
  }

  get encoding(): Encoding {
    return this.#encoding;
  }

  /**
   * The same values under another encoding.
   *
   * @throws {AuditweaveError} `standardized` or `one-hot` is asked of an encoder that was read from a file of another kind, or another of `one-hot`.
   * @example OrdinalEncoder.fit([['get'], ['list']], ['verb']).as('scaled').encode(['get']) // Float32Array [0.5]
   */
  as(encoding: Encoding): OrdinalEncoder {
    if (encoding === this.#encoding) return this;
    const fails =
      this.#encoding === 'one-hot' ||
      (encoding === 'standardized' && !this.#standards) ||
      (encoding === 'one-hot' && !this.#counts);
    if (fails)
      throw new AuditweaveError(
        `features: expected an encoder that was fitted, got one of kind “${this.#encoding}” from a file, or cut to its frequent values.`,
        { hint: 'Fit an encoder to the training rows.' },
      );
    const counts = this.#counts;
    const ids = encoding === 'one-hot' ? this.#ids.map((own, f) => frequent(own, counts![f]!)) : this.#ids;
    return new OrdinalEncoder(this.#names, ids, encoding, this.#standards, { hashes: this.#hashes, counts });
  }

  /**
   * The same numbers for the same values, with hashes in the values' place.
   *
   * @throws {AuditweaveError} Its values are hashes already, with another salt.
   * @example OrdinalEncoder.fit([['ann']], ['user.username']).hashed('salt').toJSON()
   */
  hashed(salt: string): OrdinalEncoder {
    if (this.#hashes?.salt === salt) return this;
    if (this.#hashes)
      throw new AuditweaveError('features: expected an encoder with values, got one with hashes of them.', {
        hint: 'Fit an encoder to the training rows.',
      });
    const hashes = new ValueHashes(salt, this.#names);
    const ids = this.#ids.map(
      (own, f) => new Map(Array.from(own, ([value, id]) => [hashes.of(value, f), id])),
    );
    return new OrdinalEncoder(this.#names, ids, this.#encoding, this.#standards, {
      hashes,
      counts: this.#counts,
    });
  }

  /**
   * Numbers one row.
   *
   * @returns Shape [width].
   * @throws {AuditweaveError} The row does not have F values.
   */
  encode(row: readonly (string | null)[]): Float32Array {
    const numbers = new Float32Array(this.width);
    this.#write(row, numbers, 0);
    return numbers;
  }

  /**
   * Numbers many rows.
   *
   * @param rows N rows, each of shape [F].
   * @returns Shape [N, width], row-major.
   * @throws {AuditweaveError} A row does not have F values, or they are too many.
   */
  encodeRows(rows: readonly (readonly (string | null)[])[]): Float32Array {
    const { width } = this;
    if (rows.length * width > MOST_NUMBERS)
      throw new AuditweaveError(
        `features: expected at most ${MOST_NUMBERS} numbers, got ${rows.length} lines of ${width}.`,
        { hint: 'Take fewer lines, fewer columns, or an encoding of one number a column.' },
      );
    const matrix = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      this.#write(row, matrix, i * width);
    });
    return matrix;
  }

  #write(row: readonly (string | null)[], target: Float32Array, at: number): void {
    checkWidth(row, this.#names);
    const oneHot = this.#encoding === 'one-hot';
    for (let f = 0; f < row.length; f++) {
      const id = this.#id(row[f]!, f);
      if (oneHot) target[at + this.#starts[f]! + id] = 1;
      else target[at + f] = this.#number(id, f);
    }
  }

  #id(value: string | null, f: number): number {
    return this.#ids[f]!.get(this.#hashes ? this.#hashes.of(value, f) : value) ?? UNKNOWN_ID;
  }

  #number(id: number, f: number): number {
    if (this.#encoding === 'ordinal') return id;
    if (this.#encoding === 'scaled') return id / Math.max(1, this.#ids[f]!.size);
    const { mean, scale } = this.#standards![f]!;
    return (id - mean) / scale;
  }

  /** What `fromJSON` reads: its every number comes back the same. */
  toJSON(): EncoderRecord {
    return {
      kind: this.#encoding,
      ...(this.#hashes ? { salt: this.#hashes.salt } : {}),
      columns: this.#names.map((name, f) => ({
        name,
        values: [...this.#ids[f]!.keys()],
        ...(this.#encoding === 'standardized' ? this.#standards![f] : {}),
      })),
    };
  }

  /**
   * Reads what `toJSON` wrote. Column names may be any; `selectColumns` refuses those that are no column.
   *
   * @throws {AuditweaveError} Not what `toJSON` gives.
   * @example OrdinalEncoder.fromJSON(JSON.parse(text))
   */
  static fromJSON(json: unknown): OrdinalEncoder {
    const { kind, salt, columns } = readEncoderRecord(json);
    const names = columns.map(({ name }) => name);
    return new OrdinalEncoder(
      names,
      columns.map(({ values }) => new Map(values.map((value, i) => [value, i + 1]))),
      kind,
      kind === 'standardized' ? columns.map(({ mean, scale }) => ({ mean: mean!, scale: scale! })) : null,
      { hashes: salt === undefined ? null : new ValueHashes(salt, names) },
    );
  }
}

/** The most frequent values of a column, numbered anew in order of how often they are there, the earlier one first of two as frequent. */
function frequent(
  ids: ReadonlyMap<string | null, number>,
  counts: readonly number[],
): Map<string | null, number> {
  const ordered = [...ids].sort(([, a], [, b]) => counts[b]! - counts[a]! || a - b).slice(0, ONE_HOT_VALUES);
  return new Map(ordered.map(([value], i) => [value, i + 1]));
}

/** A column's mean and its standard deviation, or the least scale when that is greater. */
function standardOf({ count, sum, squares }: { count: number; sum: number; squares: number }): Standard {
  const mean = sum / Math.max(1, count);
  const variance = squares / Math.max(1, count) - mean ** 2;
  return { mean, scale: Math.max(Math.sqrt(Math.max(0, variance)), LEAST_SCALE) };
}

function checkWidth(row: readonly unknown[], names: readonly string[]): void {
  if (row.length !== names.length)
    throw new AuditweaveError(`features: expected rows of ${names.length} values, got one of ${row.length}.`);
}
