import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { LibraryPlan } from '../../src/native/wheels.js';

/** A ZIP archive; files whose name ends in `.txt` are stored, all others deflated. Checksums are left at zero. */
export function zip(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string);
    const stored = name.endsWith('.txt');
    const packed = stored ? bytes : deflateRawSync(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x0403_4b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28); // an extra field, of another length than in the directory
    parts.push(local, Buffer.from(name), Buffer.alloc(3), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x0201_4b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += 33 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A small stand-in for TensorFlow's wheel. */
export const TOY_WHEEL = zip({
  'tensorflow/libtensorflow_cc.so.2': 'library '.repeat(1000),
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/include/tensorflow/c/c_api.h': '// header',
  'tensorflow/python/not_needed.so': 'left out',
});

export const TOY_PLAN: LibraryPlan = {
  package: 'toy',
  version: '1.0',
  wheels: [{ name: 'toy', version: '1.0', bytes: TOY_WHEEL.length, unpacked: 8018, sha256: 'a'.repeat(64) }],
};

/** Turns over one bit in the middle of a file. */
export async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(path, bytes);
}

export const SILENT = { write: () => true };

export function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'native-'));
}

/** Puts a bash script on a PATH of its own; what it starts is found on the real one. */
export async function fakeProgram(folder: string, name: string, script: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/bash\nPATH="${process.env.PATH}"\n${script}\n`);
  await chmod(path, 0o755);
}

/**
 * A python3 whose pip "downloads" the toy wheel: it notes the call in `calls`, writes half of it into its temporary folder, waits, and
 * then delivers.
 */
export async function fakePip(folder: string, seconds = 0): Promise<NodeJS.ProcessEnv> {
  await writeFile(join(folder, 'toy.whl'), TOY_WHEEL);
  await fakeProgram(
    folder,
    'python3',
    `while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then dest=$2; fi; shift; done
     head -c 300 ${folder}/toy.whl > "$TMPDIR/half.whl"
     echo "$dest" >> ${folder}/calls
     sleep ${seconds}
     cp ${folder}/toy.whl "$dest/"`,
  );
  return { PATH: folder };
}

/** The whole text of the error that a piece of work ends with. */
export async function failure(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return String(error);
  }
  throw new Error('expected an error, got none');
}
