import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bindingKey, ensureBinding, findBinding } from '../../src/native/binding.js';
import { givenLibrary } from '../../src/native/given.js';
import type { Library } from '../../src/native/library.js';
import { runProgram } from '../../src/native/program.js';
import { emptyFolder, failure, fakeProgram, SILENT } from './toys.js';

const HINT =
  '  Hint: Point AUDITWEAVE_LIBTENSORFLOW at a folder with lib/libtensorflow.so.2, lib/libtensorflow_framework.so.2 and include/tensorflow/c/c_api.h, or at site-packages/tensorflow of a Python installation; or unset it.';

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await emptyFolder();
  cache = await emptyFolder();
});

/** An ELF header: class 64-bit, and a machine. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02', 0, 'latin1');
  head.writeUInt16LE(machine, 18);
  return head;
}

async function put(files: { [path: string]: string | Buffer }): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('givenLibrary', () => {
  it('takes the layout of libtensorflow', async () => {
    await put({
      'lib/libtensorflow.so.2': elf(62),
      'lib/libtensorflow_framework.so.2': elf(62),
      'include/tensorflow/c/eager/c_api.h': '',
    });
    expect(givenLibrary(folder)).toEqual({
      key: expect.stringMatching(/^given-[0-9a-f]{16}$/),
      library: join(folder, 'lib/libtensorflow.so.2'),
      framework: join(folder, 'lib/libtensorflow_framework.so.2'),
      include: join(folder, 'include'),
    });
  });

  it('takes an installed Python package', async () => {
    await put({
      'libtensorflow_cc.so.2': elf(62),
      'libtensorflow_framework.so.2': elf(62),
      'include/tensorflow/c/eager/c_api.h': '',
    });
    expect(givenLibrary(folder).library).toBe(join(folder, 'libtensorflow_cc.so.2'));
  });

  it('names another build when the library changes', async () => {
    const files = { 'libtensorflow_framework.so.2': elf(62), 'include/tensorflow/c/eager/c_api.h': '' };
    await put({ ...files, 'libtensorflow_cc.so.2': elf(62) });
    const before = givenLibrary(folder).key;
    expect(givenLibrary(folder).key).toBe(before);
    await put({ 'libtensorflow_cc.so.2': Buffer.concat([elf(62), elf(62)]) });
    expect(givenLibrary(folder).key).not.toBe(before);
  });

  it.each<[string, { [path: string]: string | Buffer }, (folder: string) => string]>([
    ['an empty folder', {}, (at) => `libtensorflow_cc.so.2, got none in ${at} or ${at}/lib.`],
    [
      'a library without headers',
      { 'libtensorflow_cc.so.2': elf(62), 'libtensorflow_framework.so.2': elf(62) },
      (at) => `a library with its C headers, got no include/tensorflow/c/eager/c_api.h in ${at}.`,
    ],
    [
      'a library for another processor',
      {
        'libtensorflow_cc.so.2': elf(183),
        'libtensorflow_framework.so.2': elf(183),
        'include/tensorflow/c/eager/c_api.h': '',
      },
      (at) => `a library for x86-64, got one for ELF machine 183: ${at}/libtensorflow_cc.so.2.`,
    ],
    [
      'a text file in its place',
      {
        'libtensorflow_cc.so.2': 'version https://git-lfs',
        'libtensorflow_framework.so.2': elf(62),
        'include/tensorflow/c/eager/c_api.h': '',
      },
      (at) => `a 64-bit ELF library, got ${at}/libtensorflow_cc.so.2.`,
    ],
  ])('refuses %s', async (_, files, text) => {
    await put(files);
    expect(await failure(() => givenLibrary(folder))).toBe(
      `native: AUDITWEAVE_LIBTENSORFLOW: expected ${text(folder)}\n${HINT}`,
    );
  });

  it('refuses a folder that does not exist', async () => {
    expect(await failure(() => givenLibrary('/no/such/folder'))).toBe(
      `native: AUDITWEAVE_LIBTENSORFLOW: expected a folder, got /no/such/folder, which does not exist.\n${HINT}`,
    );
  });
});

describe('ensureBinding', () => {
  const ensure = (env: NodeJS.ProcessEnv) =>
    ensureBinding(library(), cache, { run: runProgram, env, sink: SILENT });
  const library = (): Library => ({
    key: 'toy-1.0',
    library: join(cache, 'libtensorflow/toy-1.0/lib/libtensorflow_cc.so.2'),
    framework: join(cache, 'libtensorflow/toy-1.0/lib/libtensorflow_framework.so.2'),
    include: join(cache, 'libtensorflow/toy-1.0/include'),
  });
  /** A g++ that notes its arguments and makes what it is asked for. */
  const COMPILER = `echo "$@" >> ../../../../args
    while [ $# -gt 0 ]; do if [ "$1" = -o ]; then touch "$2"; fi; shift; done`;

  it('builds once, beside the library and outside node_modules', async () => {
    await fakeProgram(folder, 'g++', COMPILER);
    const binding = await ensure({ PATH: folder });
    expect(binding.path).toBe(join(cache, 'binding', bindingKey('4.22.0', 'toy-1.0'), 'tfjs_binding.node'));
    expect(existsSync(binding.path) && existsSync(binding.environment)).toBe(true);
    expect(await ensure({ PATH: '' })).toEqual(binding);
    expect(findBinding(library(), cache)).toEqual(binding);
    expect(await readdir(join(cache, 'binding'))).toEqual([bindingKey('4.22.0', 'toy-1.0')]);
  });

  it('builds again when a file is not the one that was built', async () => {
    await fakeProgram(folder, 'g++', COMPILER);
    const { path, environment } = await ensure({ PATH: folder });
    await writeFile(environment, 'damage');
    expect(findBinding(library(), cache)).toBeNull();
    expect(await ensure({ PATH: folder })).toEqual({ path, environment });
    expect(await readFile(environment, 'utf8')).toBe('');
  });

  it('says what it does, and when it is done', async () => {
    await fakeProgram(folder, 'g++', COMPILER);
    const said: string[] = [];
    await ensureBinding(library(), cache, {
      run: runProgram,
      env: { PATH: folder },
      sink: { write: (text: string) => said.push(text) },
    });
    expect(said[0]).toBe('native: building the binding between Node and TensorFlow, once\n');
    expect(said.at(-1)).toMatch(
      /^native: building the binding between Node and TensorFlow: 6\/6 parts 100 % · .* · in .* s\n$/,
    );
  });

  it('says what to do without a compiler', async () => {
    expect(await failure(() => ensure({ PATH: folder }))).toBe(
      'native: expected a C++ compiler, to build the binding between Node and TensorFlow, got no g++.\n' +
        '  Hint: Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), or name yours in CXX.',
    );
    expect(await failure(() => ensure({ PATH: folder, CXX: 'my-g++' }))).toMatch('got no my-g++.');
  });

  it('passes on why the compiler failed, and leaves nothing', async () => {
    await fakeProgram(
      folder,
      'g++',
      'echo "a.cc: In file included" >&2; echo "a.cc:1:10: fatal error: string: No such file" >&2; exit 1',
    );
    expect(await failure(() => ensure({ PATH: folder }))).toBe(
      'native: g++ could not build the binding between Node and TensorFlow: a.cc:1:10: fatal error: string: No such file.\n' +
        '  Hint: Use g++ 9 or newer with the C++ standard library’s headers (Debian, Ubuntu: apt install g++), or name it in CXX.',
    );
    expect(await readdir(join(cache, 'binding'))).toEqual([]);
  });

  it('is not misled by what a killed build left', async () => {
    const partial = `${bindingKey('4.22.0', 'toy-1.0')}.partial-a`;
    await mkdir(join(cache, 'binding', partial, 'work'), { recursive: true });
    await writeFile(join(cache, 'binding', partial, 'tfjs_binding.node'), 'half');
    expect(findBinding(library(), cache)).toBeNull();
    await fakeProgram(folder, 'g++', COMPILER);
    await ensure({ PATH: folder });
    expect(await readdir(join(cache, 'binding'))).toEqual([bindingKey('4.22.0', 'toy-1.0')]);
  });
});
