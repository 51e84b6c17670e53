import { MismatchError, printable } from '../errors.js';

/** A named array of numbers, row-major. */
export interface SafeTensor {
  shape: number[];
  data: Float32Array;
}

export interface SafetensorsContent {
  tensors: Record<string, SafeTensor>;
  metadata: Record<string, string>;
}

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';
/** Largest header read, as in the reference implementation [SAFETENSORS]. */
const MAX_HEADER_BYTES = 100_000_000;
const HINT = 'copy the file again from where it was made, or train the model again.';

/**
 * Packs named float32 arrays into one safetensors file.
 *
 *     8 bytes: n, little-endian · n bytes: JSON header, padded with spaces to a multiple of 8 · the arrays' bytes, one after another
 *
 * [SAFETENSORS]
 *
 * @param tensors Arrays by name, written in the order of the object's keys. Little-endian, as x64 holds them.
 * @param metadata Texts kept in the header.
 * @returns The file's bytes: the same input gives the same bytes.
 * @throws {MismatchError} A shape does not hold its array's length, or a name is `__metadata__`.
 * @example encodeSafetensors({ bias: { shape: [2], data: Float32Array.of(0, 1) } }, { model: 'bilstm' })
 */
export function encodeSafetensors(
  tensors: Record<string, SafeTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const entries = Object.entries(tensors);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let length = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === METADATA)
      throw new MismatchError({ folder: 'model', expected: 'a tensor name', got: `“${METADATA}”` });
    if (size(shape) !== data.length)
      throw new MismatchError({
        folder: 'model',
        expected: `tensor “${name}” of shape [${shape}] to hold ${size(shape)} values`,
        got: `${data.length}`,
      });
    header.push([
      name,
      { dtype: 'F32', shape: [...shape], data_offsets: [length, length + data.byteLength] },
    ]);
    length += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Unpacks a safetensors file of float32 arrays; every array is a copy, so `bytes` may be reused.
 *
 * @param file Named in errors.
 * @throws {MismatchError} The header is not as the format says, the arrays overlap, leave holes or are cut off, or one is not F32.
 * @example decodeSafetensors(await readFile('model/weights.safetensors')).tensors['time_distributed/bias']
 */
export function decodeSafetensors(bytes: Uint8Array, file?: string): SafetensorsContent {
  const fail = (expected: string, got: string): never => {
    throw new MismatchError(
      { folder: 'model', expected, got, ...(file === undefined ? {} : { file }) },
      { hint: HINT },
    );
  };
  const { header, dataStart } = readHeader(bytes, fail);
  const available = bytes.length - dataStart;
  const { [METADATA]: metadata = {}, ...rest } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string'))
    return fail(`${METADATA} to hold texts only`, quote(metadata));
  const spans: { name: string; from: number; to: number; shape: number[] }[] = [];
  for (const [name, entry] of Object.entries(rest)) {
    if (!isRecord(entry)) return fail(`tensor “${name}” to be an object`, quote(entry));
    const { dtype, shape, data_offsets: offsets } = entry;
    if (dtype !== 'F32') return fail(`tensor “${name}” of dtype F32`, quote(dtype));
    if (!isIntegers(shape)) return fail(`tensor “${name}” with a shape of integers from 0`, quote(shape));
    if (!isIntegers(offsets) || offsets.length !== 2)
      return fail(`tensor “${name}” with data_offsets [from, to]`, quote(offsets));
    const [from, to] = offsets as [number, number];
    if (to - from !== 4 * size(shape))
      return fail(`tensor “${name}” of shape [${shape}] to take ${4 * size(shape)} bytes`, `${to - from}`);
    spans.push({ name, from, to, shape });
  }
  let next = 0;
  for (const { name, from, to } of [...spans].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== next) return fail(`tensor “${name}” to start at byte ${next} of the data`, `${from}`);
    next = to;
  }
  if (next !== available) return fail(`${next} bytes of data after the header`, `${available}`);
  const tensors = spans.map(({ name, from, to, shape }): [string, SafeTensor] => [
    name,
    {
      shape,
      data: new Float32Array(new Uint8Array(bytes.subarray(dataStart + from, dataStart + to)).buffer),
    },
  ]);
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

function readHeader(
  bytes: Uint8Array,
  fail: (expected: string, got: string) => never,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) fail('a safetensors file of at least 8 bytes', `${bytes.length}`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES)))
    fail(
      `a header of at most ${Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES)} bytes`,
      `a length of ${claimed}`,
    );
  const dataStart = LENGTH_BYTES + Number(claimed);
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart));
    header = JSON.parse(text);
  } catch (error) {
    fail('a header of JSON', printable((error as Error).message));
  }
  if (!isRecord(header)) return fail('a header that is a JSON object', quote(header));
  return { header, dataStart };
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isIntegers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};
