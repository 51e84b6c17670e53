import { isRecord, show } from '../../audit/event.js';
import { MismatchError } from '../../errors.js';

/** Fields whose words are numbered. */
export const WORD_FIELDS = ['role', 'verb', 'resource', 'subresource', 'reason', 'rule'] as const;
export type WordField = (typeof WORD_FIELDS)[number];

/** Words a field may know. */
export const MOST_WORDS = 62;

/** The numbers of words, one numbering a field. Words that were not met in training have none. */
export class Words {
  readonly #codes: Record<WordField, Map<string, number>>;

  /** @param words Of each field, in the order of their numbers. */
  constructor(words: Readonly<Record<WordField, readonly string[]>>) {
    this.#codes = Object.fromEntries(
      WORD_FIELDS.map((field) => [field, new Map(words[field].map((word, i) => [word, i]))]),
    ) as Record<WordField, Map<string, number>>;
  }

  /** The numbers of the words of a field that are known. */
  of(field: WordField): ReadonlyMap<string, number> {
    return this.#codes[field];
  }

  toJSON(): Record<WordField, string[]> {
    return Object.fromEntries(WORD_FIELDS.map((field) => [field, [...this.#codes[field].keys()]])) as Record<
      WordField,
      string[]
    >;
  }

  /**
   * @param file Named in errors.
   * @throws {MismatchError} It is not what `toJSON` gives.
   */
  static fromJSON(value: unknown, file?: string): Words {
    const sound = WORD_FIELDS.every((field) => {
      const own: unknown = isRecord(value) ? value[field] : null;
      return Array.isArray(own) && own.length <= MOST_WORDS && own.every((word) => typeof word === 'string');
    });
    if (!sound)
      throw new MismatchError(
        {
          folder: 'model',
          ...(file === undefined ? {} : { file }),
          expected: `words of ${WORD_FIELDS.join(', ')}`,
          got: show(value),
        },
        { hint: 'copy the whole model folder again, or train the model again.' },
      );
    return new Words(value as Record<WordField, string[]>);
  }
}

/** Counts words to number those that occur most. */
export class WordCount {
  readonly #counts = new Map<WordField, Map<string, number>>(WORD_FIELDS.map((field) => [field, new Map()]));

  add(field: WordField, word: string): void {
    const own = this.#counts.get(field)!;
    own.set(word, (own.get(word) ?? 0) + 1);
  }

  /** The most frequent of each field, the first first; of words as frequent, by the alphabet. */
  words(): Words {
    return new Words(
      Object.fromEntries(
        WORD_FIELDS.map((field) => [
          field,
          [...this.#counts.get(field)!]
            .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
            .slice(0, MOST_WORDS)
            .map(([word]) => word),
        ]),
      ) as Record<WordField, string[]>,
    );
  }
}
