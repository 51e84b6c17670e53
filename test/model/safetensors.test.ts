import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from '../../src/model/safetensors.js';

const tensor: fc.Arbitrary<SafeTensor> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  .chain((shape) =>
    fc
      .float32Array({
        minLength: shape.reduce((a, b) => a * b, 1),
        maxLength: shape.reduce((a, b) => a * b, 1),
      })
      .map((data) => ({ shape, data })),
  );
const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
const tensors = fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name, maxLength: 5 });

const bits = (data: Float32Array): number[] =>
  Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));

/** A file with this header, and `data` bytes after it. */
function fileOf(header: string, data: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const HINT = '\n  Hint: copy the file again from where it was made, or train the model again.';

function errorOf(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, 'weights.safetensors');
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

describe('a safetensors file', () => {
  it('gives back every array bit by bit, with its name, shape and metadata', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (list, metadata) => {
        const written = Object.fromEntries(list);
        const read = decodeSafetensors(encodeSafetensors(written, metadata));
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
        expect(Object.keys(read.tensors)).toEqual(Object.keys(written));
        for (const [name, { shape, data }] of Object.entries(written)) {
          expect(read.tensors[name]!.shape).toEqual(shape);
          expect(bits(read.tensors[name]!.data)).toEqual(bits(data));
        }
      }),
    );
  });

  it('has the bytes of the published format', () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) } }, { made: 'here' });
    const header = '{"__metadata__":{"made":"here"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded.length));
    expect(Buffer.from(bytes.subarray(8, 8 + padded.length)).toString()).toBe(padded);
    expect(Array.from(bytes.subarray(8 + padded.length))).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('is read from a buffer that lies anywhere in a larger one', () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) } });
    for (const offset of [0, 1, 4]) {
      const pool = Buffer.alloc(bytes.length + 16, 0xff);
      pool.set(bytes, offset);
      const { a } = decodeSafetensors(pool.subarray(offset, offset + bytes.length)).tensors;
      pool.fill(0);
      expect(a).toEqual({ shape: [2], data: Float32Array.of(1, -2) });
    }
  });

  it('is refused when it is cut anywhere or longer than it says', () => {
    const bytes = encodeSafetensors({ a: { shape: [3], data: Float32Array.of(1, 2, 3) } });
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.slice(0, length))).toThrow(/^model: expected/);
    expect(errorOf(Uint8Array.of(...bytes, 0))).toBe(
      `model: weights.safetensors: expected 12 bytes of data after the header, got 13.${HINT}`,
    );
  });

  it('never gives anything but arrays or a clear error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (noise, at) => {
        const bytes = encodeSafetensors({ a: { shape: [3], data: Float32Array.of(1, 2, 3) } });
        noise.forEach((byte, i) => {
          bytes[(at + i) % bytes.length] = byte;
        });
        try {
          decodeSafetensors(bytes);
        } catch (error) {
          expect(String(error)).toMatch(/^model: expected .*, got .*\.\n {2}Hint: /s);
        }
      }),
    );
  });

  it.each([
    ['of a few bytes', Uint8Array.of(1, 2), 'a safetensors file of at least 8 bytes, got 2'],
    [
      'with a header longer than the file',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1),
      'a header of at most 1 bytes, got a length of 18446744073709551615',
    ],
    ['with a list as header', fileOf('[]', 0), 'a header that is a JSON object, got []'],
    [
      'of another type',
      fileOf('{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', 4),
      'tensor “a” of dtype F32, got "BF16"',
    ],
    [
      'with a negative shape',
      fileOf('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4),
      'tensor “a” with a shape of integers from 0, got [-1]',
    ],
    [
      'without offsets',
      fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4),
      'tensor “a” with data_offsets [from, to], got nothing',
    ],
    [
      'whose shape and bytes differ',
      fileOf('{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,4]}}', 4),
      'tensor “a” of shape [2,3] to take 24 bytes, got 4',
    ],
    [
      'whose arrays overlap',
      fileOf(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        8,
      ),
      'tensor “b” to start at byte 8 of the data, got 4',
    ],
    [
      'with a hole',
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8),
      'tensor “a” to start at byte 0 of the data, got 4',
    ],
    [
      'with metadata that is no text',
      fileOf('{"__metadata__":{"n":1}}', 0),
      '__metadata__ to hold texts only, got {"n":1}',
    ],
  ])('%s is refused with what was expected', (_, bytes, message) => {
    expect(errorOf(bytes)).toBe(`model: weights.safetensors: expected ${message}.${HINT}`);
  });

  it('is not made of a shape that does not hold its array', () => {
    expect(() => encodeSafetensors({ a: { shape: [3], data: Float32Array.of(1) } })).toThrow(
      'model: expected tensor “a” of shape [3] to hold 3 values, got 1.',
    );
    expect(() => encodeSafetensors({ __metadata__: { shape: [1], data: Float32Array.of(1) } })).toThrow(
      'model: expected a tensor name, got “__metadata__”.',
    );
  });
});
