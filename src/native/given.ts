import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MismatchError } from '../errors.js';
import type { Library } from './library.js';

const VARIABLE = 'AUDITWEAVE_LIBTENSORFLOW';
const HINT = `Point ${VARIABLE} at a folder with lib/libtensorflow.so.2, lib/libtensorflow_framework.so.2 and include/tensorflow/c/c_api.h, or at site-packages/tensorflow of a Python installation; or unset it.`;

/**
 * The library that the user names in AUDITWEAVE_LIBTENSORFLOW: libtensorflow's own layout (lib/, include/) or the folder of an
 * installed Python package (the libraries beside include/).
 *
 * @param folder The variable's value.
 * @throws {MismatchError} something is missing or for another processor.
 * @example givenLibrary('/opt/libtensorflow')
 */
export function givenLibrary(folder: string): Library {
  if (!existsSync(folder)) throw refuse('a folder', `${folder}, which does not exist`);
  const library = firstOf(folder, ['libtensorflow_cc.so.2', 'libtensorflow.so.2', 'libtensorflow.so']);
  const framework = firstOf(folder, ['libtensorflow_framework.so.2', 'libtensorflow_framework.so']);
  const include = join(folder, 'include');
  if (!existsSync(join(include, 'tensorflow/c/eager/c_api.h')))
    throw refuse('a library with its C headers', `no include/tensorflow/c/eager/c_api.h in ${folder}`);
  for (const path of [library, framework]) checkElf(path);
  const { size, mtimeMs } = statSync(library);
  const print = createHash('sha256')
    .update(`${realpathSync(library)} ${size} ${mtimeMs}`)
    .digest('hex');
  return { key: `given-${print.slice(0, 16)}`, library, framework, include };
}

function firstOf(folder: string, names: readonly string[]): string {
  for (const name of names)
    for (const path of [join(folder, 'lib', name), join(folder, name)]) if (existsSync(path)) return path;
  throw refuse(`${names[0]}`, `none in ${folder} or ${join(folder, 'lib')}`);
}

/** @throws {MismatchError} no 64-bit ELF file for x86-64: bytes 0–4 tell the class, bytes 18–19 the machine [ELF]. */
function checkElf(path: string): void {
  const head = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, 20, 0);
  } finally {
    closeSync(file);
  }
  if (head.toString('latin1', 0, 5) !== '\x7fELF\x02') throw refuse('a 64-bit ELF library', path);
  const machine = head.readUInt16LE(18);
  if (machine !== 62) throw refuse('a library for x86-64', `one for ELF machine ${machine}: ${path}`);
}

function refuse(expected: string, got: string): MismatchError {
  return new MismatchError({ folder: 'native', file: VARIABLE, expected, got }, { hint: HINT });
}
