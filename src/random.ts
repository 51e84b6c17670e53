import seedrandom from 'seedrandom';

/** A stream of random numbers for one purpose. Two purposes never share draws. */
export interface RandomStream {
  /** The next number in [0, 1). */
  next(): number;
  /** The next integer in [0, bound). */
  integer(bound: number): number;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(values: readonly T[]): T[];
  /** A random permutation of 0 … length − 1. */
  permutation(length: number): Int32Array;
}

/**
 * The stream of one purpose, split off a root seed.
 *
 * Purposes are names (`split`, `init`, `order/epoch-3`, `dropout`), so a new purpose never shifts the draws of another.
 *
 * @param root The run's one root seed.
 * @param purpose What the numbers are for.
 * @example randomStream(7, 'split').permutation(100)
 */
export function randomStream(root: number | string, purpose: string): RandomStream {
  const draw = seedrandom(`${root}/${purpose}`);
  const integer = (bound: number): number => Math.floor(draw() * bound);
  const permutation = (length: number): Int32Array => {
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  };
  return {
    next: () => draw(),
    integer,
    permutation,
    shuffle: (values) => Array.from(permutation(values.length), (i) => values[i]!),
  };
}

/**
 * A 31-bit seed for a generator outside this module (TensorFlow's stateless kernels).
 *
 * @example deriveSeed(7, 'dropout') // the same integer on every machine
 */
export function deriveSeed(root: number | string, purpose: string): number {
  return randomStream(root, purpose).integer(2 ** 31 - 1);
}
