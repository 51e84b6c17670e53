import { Expected, REPEATS, Repeats, sameOf } from './repeats.js';
import type { Source } from './unshape.js';

/** Values of one path, and how many of them were read. */
interface Column {
  values: string[];
  at: number;
}

/** Reads what a `Cutter` pushed: values of lines, and those that lines repeat of others. */
export class Values implements Source {
  readonly #columns = new Map<string, Column>();
  readonly #damaged: () => never;
  readonly #repeats = new Repeats<Column>();
  readonly #expected = new Expected<Column>();
  #shapes: string[] = [];
  /** Of the line that is read: what it says, and the counts of values that it repeats, where it can repeat any. */
  #said: { streams: Column[]; values: string[] } = { streams: [], values: [] };
  #counts: Column | null = null;
  #like: readonly string[] = [];
  /** Values that are as expected before one that is not; null until it is read. */
  #same: number | null = null;
  #letters = 0;

  /** @param damaged Called where values are missing. */
  constructor(damaged: () => never) {
    this.#damaged = damaged;
  }

  add(path: string, data: string): void {
    if (path === ' shapes') this.#shapes = data.split('\n');
    else this.#columns.set(path, { values: data.split('\n'), at: 0 });
  }

  shape(id: number): string {
    return this.#shapes[id] ?? this.#damaged();
  }

  /** How many values a path has. */
  count(path: string): number {
    return this.#columns.get(path)?.values.length ?? 0;
  }

  /** The next value of a path, as it stands. */
  take(path: string): string {
    return this.#take(this.#columns.get(path) ?? this.#damaged());
  }

  /**
   * Begins a line.
   *
   * @param like As it was cut.
   */
  begin(resource: string, like: readonly string[]): void {
    if (!this.#columns.has(REPEATS)) return;
    const said = this.#repeats.of(like);
    this.#expected.begin(said);
    this.#counts = said === null ? null : (this.#columns.get(sameOf(resource)) ?? null);
    this.#like = like;
    this.#said = { streams: [], values: [] };
    this.#same = null;
    this.#letters = 0;
  }

  next(path: string): string {
    const column = this.#columns.get(path) ?? this.#damaged();
    const expected = this.#expected.of(column);
    if (this.#counts !== null) this.#same ??= this.#count(this.#counts);
    let value: string;
    if (this.#same !== null && this.#same > 0) {
      this.#same--;
      value = expected ?? this.#damaged();
    } else {
      value = this.#take(column);
      this.#letters += value.length;
      if (this.#counts !== null) this.#same = this.#count(this.#counts);
    }
    this.#said.streams.push(column);
    this.#said.values.push(value);
    return value;
  }

  /** Ends the line, which others may repeat. */
  end(): void {
    if (this.#columns.has(REPEATS)) this.#repeats.keep(this.#like, this.#said, this.#letters);
  }

  #count(counts: Column): number {
    const count = this.#take(counts);
    return count === '' ? Number.POSITIVE_INFINITY : Number(count);
  }

  #take(column: Column): string {
    return column.values[column.at++] ?? this.#damaged();
  }
}
