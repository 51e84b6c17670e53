import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuditweaveError, MismatchError } from '../errors.js';
import { syncFolder } from '../files.js';
import { explainFileError, type Library, type Tools } from './library.js';
import { withLock } from './lock.js';
import { diskFull } from './pip.js';
import type { Finished } from './program.js';

/** tfjs-node's native part, built for one library. */
export interface Binding {
  /** tfjs_binding.node. */
  path: string;
  /** environment.node, which sets variables from a worker thread. */
  environment: string;
}

const require = createRequire(import.meta.url);

/**
 * Gives the N-API binding for a library, compiling tfjs-node's own sources on first use: one copy a machine.
 *
 * N-API is stable, so one build serves Node 20, 22 and 24; the folder's name carries everything it depends on.
 *
 * @param library What it is linked to, by a path relative to itself where both are in the cache.
 * @throws {AuditweaveError} no C++ compiler, compiler failed, full disk, cache not writable.
 */
export async function ensureBinding(library: Library, cache: string, tools: Tools): Promise<Binding> {
  const tfjs = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const { version } = JSON.parse(readFileSync(join(tfjs, 'package.json'), 'utf8')) as { version: string };
  const folder = join(cache, 'binding', bindingKey(version, library.key));
  const binding = { path: join(folder, 'tfjs_binding.node'), environment: join(folder, 'environment.node') };
  if (existsSync(folder)) return binding;
  try {
    return await withLock(
      `${folder}.lock`,
      async () => {
        if (!existsSync(folder)) await build(folder, tfjs, library, cache, tools);
        return binding;
      },
      {
        onWait: (owner) =>
          tools.sink.write(`native: waiting for process ${owner?.pid ?? '?'}, which builds the binding\n`),
      },
    );
  } catch (error) {
    throw explainFileError(error, 'the native binding', cache);
  }
}

/** @example bindingKey('4.22.0', 'tensorflow-cpu-2.21.0') // 'tfjs-4.22.0-tensorflow-cpu-2.21.0-napi8-linux-x64-gnu' */
export function bindingKey(tfjsVersion: string, libraryKey: string): string {
  return `tfjs-${tfjsVersion}-${libraryKey}-napi${NAPI}-${process.platform}-${process.arch}-gnu`;
}

/** The newest N-API that tfjs-node 4.22.0 knows; every Node since 15.12 has it. */
const NAPI = 8;

async function build(
  folder: string,
  tfjs: string,
  library: Library,
  cache: string,
  tools: Tools,
): Promise<void> {
  const leftovers = (await readdir(dirname(folder))).filter((name) =>
    name.startsWith(`${basename(folder)}.partial-`),
  );
  for (const name of leftovers) await rm(join(dirname(folder), name), { recursive: true, force: true });
  const partial = `${folder}.partial-${randomUUID()}`;
  const work = join(partial, 'work');
  await mkdir(work, { recursive: true });
  tools.sink.write('native: building the binding between Node and TensorFlow, once\n');

  const napi = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  const common = ['-std=c++17', '-O2', '-fPIC', '-w', `-DNAPI_VERSION=${NAPI}`, `-I${napi}`];
  const sources = ['tfjs_backend', 'tfjs_binding'];
  const compiler = tools.env.CXX || 'g++';
  const compile = async (args: string[]) => {
    const finished = await tools.run(compiler, args, { cwd: work, env: { ...tools.env, TMPDIR: work } });
    if (finished.code !== 0) throw explainCompiler(finished, compiler);
  };
  try {
    await copyFile(
      join(dirname(fileURLToPath(import.meta.url)), 'environment.cc'),
      join(work, 'environment.cc'),
    );
    await Promise.all([
      ...sources.map((name) =>
        compile([
          ...common,
          `-I${library.include}`,
          `-I${tfjs}`,
          '-c',
          join(tfjs, 'binding', `${name}.cc`),
          '-o',
          `${name}.o`,
        ]),
      ),
      compile([...common, '-shared', 'environment.cc', '-o', '../environment.node']),
    ]);
    await compile([
      ...['-shared', ...sources.map((name) => `${name}.o`), '-o', '../tfjs_binding.node'],
      ...[...new Set([library.library, library.framework].map((path) => `-L${dirname(path)}`))],
      ...[library.library, library.framework].map((path) => `-l:${basename(path)}`),
      `-Wl,-rpath,${runPath(library, folder, cache)}`,
    ]);
    await rm(work, { recursive: true });
    for (const name of await readdir(partial)) await syncFile(join(partial, name));
    await rename(partial, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Where the binding looks for its library: a cache may be moved or copied into an image, the user's folder stays where it is. */
function runPath(library: Library, folder: string, cache: string): string {
  const lib = dirname(library.library);
  return lib.startsWith(`${cache}/`)
    ? `$ORIGIN/${'../'.repeat(folder.slice(cache.length + 1).split('/').length)}${lib.slice(cache.length + 1)}`
    : lib;
}

/**
 * Turns a compiler's failure into an error that says what to do.
 *
 * @example explainCompiler(await runProgram('g++', […]), 'g++').hint
 */
export function explainCompiler(
  { code, signal, stderr, missing }: Finished,
  compiler: string,
): AuditweaveError {
  if (missing)
    return new MismatchError(
      {
        folder: 'native',
        expected: `a C++ compiler, to build the binding to TensorFlow`,
        got: `no ${compiler}`,
      },
      {
        hint: 'Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), or name yours in CXX.',
      },
    );
  if (/No space left on device/.test(stderr)) return diskFull('the native binding');
  const first = stderr.split('\n').find((line) => /error|fatal/i.test(line)) ?? stderr.trim().split('\n')[0];
  return new AuditweaveError(
    `native: ${compiler} could not build the binding to TensorFlow: ${first || `it ended with ${signal ?? code}`}.`,
    {
      hint: 'Use g++ 9 or newer with the C++ standard library’s headers (Debian, Ubuntu: apt install g++), or name it in CXX.',
    },
  );
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
