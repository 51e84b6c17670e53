/** Elements of a group. */
export const GROUP = 64;

/** Groups that are taken at once: 512 bits. */
const BLOCK = 8;

/** local = −1: i32.const −1, i32x4.splat, local.set. */
const allSet = (local: number): number[] => [0x41, 0x7f, 0xfd, 0x11, 0x21, local];

/** local &= *(at + offset): v128.load, v128.and. */
const keep = (local: number, offset: number): number[] => [
  ...[0x20, local, 0x20, 0x06, 0xfd, 0x00, 0x04, offset, 0xfd, 0x4e, 0x21, local],
];

/** *(at + offset) = local: v128.store. */
const put = (local: number, offset: number): number[] => [
  ...[0x20, 0x06, 0x20, local, 0xfd, 0x0b, 0x04, offset],
];

/** at += bytes; again while at is below an end: i32.add, local.tee, i32.lt_u, br_if, and the end of the loop. */
const again = (at: number, bytes: number[], end: number): number[] => [
  ...[0x20, at, 0x41, ...bytes, 0x6a, 0x22, at, 0x20, end, 0x49, 0x0d, 0x00, 0x0b],
];

/** A length below 2¹⁴, and what it is of: LEB128. */
const sized = (bytes: readonly number[]): number[] => [
  ...[(bytes.length & 0x7f) | 0x80, bytes.length >> 7],
  ...bytes,
];

/** Section `id` of a module: some things one after another. */
const section = (id: number, ...things: number[][]): number[] => [
  id,
  ...sized([things.length, ...things.flat()]),
];

/** A name, its length first. */
const name = (text: string): number[] => [text.length, ...Array.from(text, (one) => one.charCodeAt(0))];

/**
 * `common(out, list, end, bytes)`: what all sets have whose addresses stand from `list` to `end`, 128 bits at once; `*` is what stands at an
 * address.
 *
 *     for (i = 0; i < bytes; i += 64) {
 *       a = b = c = d = −1
 *       for (k = list; k < end; k += 4) { at = *k + i; a &= *at; b &= *(at + 16); c &= *(at + 32); d &= *(at + 48) }
 *       at = out + i; *at = a; *(at + 16) = b; *(at + 32) = c; *(at + 48) = d
 *     }
 */
const COMMON = [
  ...[0x02, 0x03, 0x7f, 0x04, 0x7b], // locals 4 to 6 (i, k, at) are i32; 7 to 10 (a to d) v128
  ...[0x03, 0x40], // loop over blocks
  ...[...allSet(7), ...allSet(8), ...allSet(9), ...allSet(10)],
  ...[0x20, 0x01, 0x21, 0x05], // k = list
  ...[0x03, 0x40], // loop over sets
  ...[0x20, 0x05, 0x28, 0x02, 0x00, 0x20, 0x04, 0x6a, 0x21, 0x06], // at = *k + i
  ...[...keep(7, 0), ...keep(8, 16), ...keep(9, 32), ...keep(10, 48)],
  ...again(5, [0x04], 2),
  ...[0x20, 0x00, 0x20, 0x04, 0x6a, 0x21, 0x06], // at = out + i
  ...[...put(7, 0), ...put(8, 16), ...put(9, 32), ...put(10, 48)],
  ...[...again(4, [0xc0, 0x00], 3), 0x0b],
];

/**
 * `sum(set, end, numbers)` of the number that the first element of each group has.
 *
 *     for (sum = 0; set < end; set += 8, numbers += 256) sum += *(numbers + 4 ctz(*set))
 */
const SUM = [
  ...[0x01, 0x01, 0x7c], // local 3 (sum) is f64
  ...[0x03, 0x40], // loop over groups
  ...[0x20, 0x03, 0x20, 0x02], // sum, numbers
  ...[0x20, 0x00, 0x29, 0x03, 0x00, 0x7a, 0xa7, 0x41, 0x02, 0x74, 0x6a], // numbers + 4 ctz(*set): i64.load, i64.ctz, i32.wrap_i64, i32.shl
  ...[0x2a, 0x02, 0x00, 0xbb, 0xa0, 0x21, 0x03], // sum += * of it: f32.load, f64.promote_f32, f64.add
  ...[0x20, 0x02, 0x41, 0x80, 0x02, 0x6a, 0x21, 0x02], // numbers += 256
  ...again(0, [0x08], 1),
  ...[0x20, 0x03, 0x0b],
];

const [I32, F64] = [0x7f, 0x7c];

/** Both as a WebAssembly module, written by hand. */
const CODE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // version 1
  ...section(0x01, [0x60, 0x04, I32, I32, I32, I32, 0x00], [0x60, 0x03, I32, I32, I32, 0x01, F64]), // types
  ...section(0x02, [...name('e'), ...name('m'), 0x02, 0x00, 0x01]), // a memory comes from outside, as e.m
  ...section(0x03, [0x00], [0x01]), // types of the functions
  ...section(0x07, [...name('common'), 0x00, 0x00], [...name('sum'), 0x00, 0x01]), // exports
  ...section(0x0a, sized(COMMON), sized(SUM)),
);

const PAGE = 65_536;

/** Bytes that sets may take. Those of the model of the package take 6 MB. */
const MOST_BYTES = 64 << 20;

const lengthOf = (groups: number): number => 2 * BLOCK * Math.ceil(groups / BLOCK);

/**
 * Sets of bits, all of one length and at first full: what several of them have in common, and a sum over one. A set is groups of 64 elements,
 * each group two words, the lower half first; each element has a number.
 *
 * @example
 * const sets = BitSets.of({ count: 3, groups: 1, most: 2 })!;
 * sets.words[0] = 6; sets.words[sets.length] = 3; // of sets 0 and 1
 * sets.list.set([0, sets.length].map((word) => 4 * word));
 * sets.common(2, 0, 2); // set 2 is what both have, {1}
 * sets.numbers[1] = 0.5; sets.sum(2); // 0.5
 */
export class BitSets {
  /** The sets, one after another. Shape [count, length]. */
  readonly words: Int32Array;
  /** Words of a set: two a group, and some that fill the last block. */
  readonly length: number;
  /** Where to write the addresses of the sets to take together: set s is at `4 * s * length`. Shape [most]. */
  readonly list: Int32Array;
  /** The number of each element. Shape [groups, GROUP]. */
  readonly numbers: Float32Array;
  readonly #groups: number;
  /** Addresses of the list and of the numbers. */
  readonly #listAt: number;
  readonly #numbersAt: number;
  readonly #common: (out: number, list: number, end: number, bytes: number) => void;
  readonly #sum: (set: number, end: number, numbers: number) => number;

  /**
   * @param size.count Sets.
   * @param size.groups Groups of each.
   * @param size.most Sets that are taken together at most.
   * @returns Null where there is no group, or they would take more than `MOST_BYTES`, or this machine has no such WebAssembly, or no place.
   */
  static of(size: { count: number; groups: number; most: number }): BitSets | null {
    const { count, groups, most } = size;
    const bytes = 4 * (lengthOf(groups) * count + most + GROUP * groups);
    if (groups < 1 || bytes > MOST_BYTES) return null;
    try {
      return new BitSets(size, new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) }));
    } catch {
      return null;
    }
  }

  private constructor(
    { count, groups, most }: { count: number; groups: number; most: number },
    memory: WebAssembly.Memory,
  ) {
    this.#groups = groups;
    this.length = lengthOf(groups);
    this.#listAt = 4 * this.length * count;
    this.#numbersAt = this.#listAt + 4 * most;
    this.words = new Int32Array(memory.buffer, 0, count * this.length).fill(-1);
    this.list = new Int32Array(memory.buffer, this.#listAt, most);
    this.numbers = new Float32Array(memory.buffer, this.#numbersAt, GROUP * groups);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(CODE), { e: { m: memory } });
    const { common, sum } = exports as Record<'common' | 'sum', (...args: number[]) => number>;
    [this.#common, this.#sum] = [common, sum];
  }

  /** Makes set `out` what the sets listed in [from, to) have in common, one of them at least. */
  common(out: number, from: number, to: number): void {
    const bytes = 4 * this.length;
    this.#common(out * bytes, this.#listAt + 4 * from, this.#listAt + 4 * to, bytes);
  }

  /** Σ over the groups of the number of the first element that the set has, as float64, group after group. Each group has one. */
  sum(set: number): number {
    const at = 4 * set * this.length;
    return this.#sum(at, at + 8 * this.#groups, this.#numbersAt);
  }
}
