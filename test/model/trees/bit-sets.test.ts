import { describe, expect, it } from 'vitest';
import { BitSets, GROUP } from '../../../src/model/trees/bit-sets.js';
import { randomStream } from '../../../src/random.js';

const random = randomStream(5, 'bit sets');

describe('sets of bits', () => {
  it.each([1, 7, 8, 9, 160])('are intersected and summed as words by words, %i groups', (groups) => {
    const sets = BitSets.of({ count: 6, groups, most: 5 })!;
    for (let i = 0; i < 5 * sets.length; i++) sets.words[i] = ~(1 << random.integer(32)) & ~(1 << (i % 32));
    for (let i = 0; i < sets.numbers.length; i++) sets.numbers[i] = random.next() - 0.5;
    const those = [4, 0, 2];
    sets.list.set(
      those.map((set) => 4 * set * sets.length),
      1,
    );
    sets.common(5, 1, 4);
    const common = Array.from({ length: 2 * groups }, (_, word) =>
      those.reduce((left, set) => left & sets.words[set * sets.length + word]!, -1),
    );
    expect([...sets.words.subarray(5 * sets.length, 5 * sets.length + 2 * groups)]).toEqual(common);
    let sum = 0;
    for (let group = 0; group < groups; group++) {
      const bit = Array.from(
        { length: GROUP },
        (_, i) => (common[2 * group + (i >> 5)]! >>> (i & 31)) & 1,
      ).indexOf(1);
      sum += sets.numbers[group * GROUP + bit]!;
    }
    expect(sets.sum(5)).toBe(sum);
  });

  it('find the first element in the upper half of a group', () => {
    const sets = BitSets.of({ count: 1, groups: 2, most: 1 })!;
    sets.words.set([0, 1 << 31, 0, 1]);
    sets.numbers[63] = 1.5;
    sets.numbers[GROUP + 32] = 2;
    expect(sets.sum(0)).toBe(3.5);
  });

  it('are not made of nothing, nor where they would take more than 64 MiB', () => {
    expect(BitSets.of({ count: 1, groups: 0, most: 1 })).toBeNull();
    expect(BitSets.of({ count: 130_000, groups: 64, most: 1 })).not.toBeNull();
    expect(BitSets.of({ count: 132_000, groups: 64, most: 1 })).toBeNull();
  });
});
