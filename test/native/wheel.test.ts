import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADERS, placeOf, readEntries, unpackWheel } from '../../src/native/wheel.js';
import { emptyFolder, failure, TOY_WHEEL, zip } from './toys.js';

async function wheelOf(bytes: Uint8Array): Promise<{ folder: string; wheel: string }> {
  const folder = await emptyFolder();
  const wheel = join(folder, 'a.whl');
  await writeFile(wheel, bytes);
  return { folder, wheel };
}

describe('placeOf', () => {
  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
    ['tensorflow/libtensorflow_framework.so.2', 'lib/libtensorflow_framework.so.2'],
    ['tensorflow/include/tensorflow/c/c_api.h', 'include/tensorflow/c/c_api.h'],
    ['tensorflow/include/LICENSE', 'licences/tensorflow/LICENSE'],
    ['nvidia/cublas/lib/libcublas.so.12', 'nvidia/cublas/lib/libcublas.so.12'],
    ['nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.8', 'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.8'],
    ['nvidia_nccl_cu12-2.27.7.dist-info/licenses/License.txt', 'licences/nvidia_nccl_cu12/License.txt'],
  ])('puts %s at %s', (name, place) => {
    expect(placeOf(name)).toBe(place);
  });

  it.each([
    'tensorflow/python/_pywrap_tensorflow_internal.so',
    'tensorflow/include/tensorflow/core/framework/tensor.h',
    'nvidia/cublas/include/cublas.h',
    'nvidia/../../etc/lib/evil.so',
    'nvidia/cublas/lib/../../../evil.so',
    'tensorflow/include/../../LICENSE',
  ])('leaves %s out', (name) => {
    expect(placeOf(name)).toBeNull();
  });
});

describe('unpackWheel', () => {
  it('writes what is needed and tells the bytes', async () => {
    const { folder, wheel } = await wheelOf(TOY_WHEEL);
    let bytes = 0;
    const written = await unpackWheel(wheel, join(folder, 'out'), (more) => {
      bytes += more;
    });
    expect(written).toEqual([
      'lib/libtensorflow_cc.so.2',
      'lib/libtensorflow_framework.so.2',
      'include/tensorflow/c/c_api.h',
    ]);
    expect(bytes).toBe(8000 + 9 + 9);
    expect(await readFile(join(folder, 'out', written[1]!), 'utf8')).toBe('framework');
  });

  it('gives back any content, deflated or stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array(), async (library, licence) => {
        const { folder, wheel } = await wheelOf(
          zip({
            'tensorflow/libtensorflow_cc.so.2': library,
            'tensorflow/THIRD_PARTY_NOTICES.txt': licence,
          }),
        );
        await unpackWheel(wheel, folder);
        expect(new Uint8Array(await readFile(join(folder, 'lib/libtensorflow_cc.so.2')))).toEqual(library);
        expect(
          new Uint8Array(await readFile(join(folder, 'licences/tensorflow/THIRD_PARTY_NOTICES.txt'))),
        ).toEqual(licence);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'no end of a ZIP directory'],
    ['the first half of a wheel', TOY_WHEEL.subarray(0, 200), 'no end of a ZIP directory'],
    [
      'a directory that is none',
      Buffer.from(TOY_WHEEL).fill(1, TOY_WHEEL.indexOf('PK\x01\x02'), TOY_WHEEL.length - 22),
      'a broken ZIP directory',
    ],
  ])('refuses %s', async (_, bytes, got) => {
    const { folder, wheel } = await wheelOf(bytes);
    expect(await failure(() => unpackWheel(wheel, folder))).toBe(
      `native: a.whl: expected a wheel, got ${got}.`,
    );
  });

  it('refuses an entry that is shorter than the directory says', async () => {
    const bytes = Buffer.from(zip({ 'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices' }));
    bytes.writeUInt32LE(9, bytes.indexOf('PK\x01\x02') + 24);
    const { folder, wheel } = await wheelOf(bytes);
    expect(await failure(() => unpackWheel(wheel, folder))).toBe(
      'native: a.whl: expected a wheel, got 7 of 9 bytes of tensorflow/THIRD_PARTY_NOTICES.txt.',
    );
  });

  it('lists every entry', async () => {
    const { wheel } = await wheelOf(TOY_WHEEL);
    expect((await readEntries(wheel)).map(({ bytes }) => bytes)).toEqual([8000, 9, 9, 8]);
    expect(HEADERS.has('tensorflow/c/c_api.h')).toBe(true);
  });
});
