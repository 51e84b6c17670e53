import type { RandomStream } from '../../random.js';

const SYLLABLES =
  'ba be bo da de di do fa fe ga go ka ke ki la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi zo zu'.split(
    ' ',
  );
const ENDINGS = 'l n r s t k m x'.split(' ');

/**
 * A drawn word of two or three syllables: it says nothing about what it names.
 *
 * @example drawWord(randomStream(7, 'names')) // 'kelira'
 */
export function drawWord(random: RandomStream): string {
  const syllable = () => SYLLABLES[random.integer(SYLLABLES.length)]!;
  const length = 2 + random.integer(2);
  const stem = Array.from({ length }, syllable).join('');
  return random.next() < 0.5 ? stem : stem + ENDINGS[random.integer(ENDINGS.length)]!;
}

/** Draws names that no earlier draw has given. */
export class NameSource {
  readonly #taken = new Set<string>();

  /** @param simple One word only, as a kind's name must be. */
  draw(random: RandomStream, simple = false): string {
    for (;;) {
      const word = drawWord(random);
      const shape = simple ? 0 : random.integer(3);
      const name =
        shape === 0
          ? word
          : shape === 1
            ? `${word}-${drawWord(random)}`
            : `${word}-${random.integer(90) + 10}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}
