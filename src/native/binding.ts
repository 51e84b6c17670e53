import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuditweaveError, MismatchError } from '../errors.js';
import { syncFolder } from '../files/atomic.js';
import { type LockOwner, withLock } from '../files/lock.js';
import { VECTORS, type Vectors } from '../model/bilstm/addon.js';
import { explainFileError, type Library, REMOVE, type Tools } from './library.js';
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
  const ready = findBinding(library, cache);
  if (ready) return ready;
  const folder = bindingFolder(library, cache);
  const onWait = (owner: LockOwner | null) =>
    tools.sink.write(`native: waiting for process ${owner?.pid ?? '?'}, which builds the binding\n`);
  try {
    return await withLock(
      `${folder}.lock`,
      async () => {
        if (!existsSync(folder)) await build(folder, library, cache, tools);
        return filesIn(folder);
      },
      { onWait },
    );
  } catch (error) {
    throw explainFileError(error, 'the native binding', cache);
  }
}

/** The binding for a library, or null when it is not built yet. */
export function findBinding(library: Library, cache: string): Binding | null {
  const folder = bindingFolder(library, cache);
  return existsSync(folder) ? filesIn(folder) : null;
}

function bindingFolder(library: Library, cache: string): string {
  const { version } = JSON.parse(readFileSync(join(tfjsFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return join(cache, 'binding', bindingKey(version, library.key));
}

function filesIn(folder: string): Binding {
  return { path: join(folder, 'tfjs_binding.node'), environment: join(folder, 'environment.node') };
}

function tfjsFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** @example bindingKey('4.22.0', 'tensorflow-cpu-2.21.0') // 'tfjs-4.22.0-tensorflow-cpu-2.21.0-napi8-linux-x64-gnu-2-a1b2c3d4' */
export function bindingKey(tfjsVersion: string, libraryKey: string): string {
  return `tfjs-${tfjsVersion}-${libraryKey}-napi${NAPI}-${process.platform}-${process.arch}-gnu-${RECIPE}-${sources()}`;
}

/** A hash of our own C++, which is compiled with it. */
function sources(): string {
  const hash = createHash('sha256');
  const names = [join(HERE, 'environment.cc'), ...[BILSTM, KERNELS].flatMap(sourcesIn)];
  for (const name of names) hash.update(readFileSync(name));
  return hash.digest('hex').slice(0, 8);
}

const HERE = dirname(fileURLToPath(import.meta.url));
const BILSTM = join(HERE, '../model/bilstm');
const KERNELS = join(HERE, '../model/kernels/cpu');

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => join(folder, name));

/** How the model for the CPU is compiled, for each kind of vectors. */
const CPU_FLAGS: Record<Vectors, string[]> = {
  avx2: ['-mavx2', '-mfma'],
  avx512: ['-mavx2', '-mfma', '-mavx512f', '-mprefer-vector-width=512'],
};

/** The newest N-API that tfjs-node 4.22.0 knows; every Node since 15.12 has it. */
const NAPI = 8;
/** Counted up when the way of building changes. */
const RECIPE = 3;

async function build(folder: string, library: Library, cache: string, tools: Tools): Promise<void> {
  const tfjs = tfjsFolder();
  const leftovers = (await readdir(dirname(folder))).filter((name) =>
    name.startsWith(`${basename(folder)}.partial-`),
  );
  for (const name of leftovers) await rm(join(dirname(folder), name), REMOVE);
  const partial = `${folder}.partial-${randomUUID()}`;
  const work = join(partial, 'work');
  await mkdir(work, { recursive: true });
  tools.sink.write('native: building the binding between Node and TensorFlow, once\n');

  const napi = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  const common = ['-std=c++17', '-O2', '-fPIC', '-w', `-DNAPI_VERSION=${NAPI}`, `-I${napi}`];
  const sources = ['tfjs_backend', 'tfjs_binding'];
  const libraries = [library.library, library.framework].map((path) => basename(path));
  const compiler = tools.env.CXX || 'g++';
  const compile = async (...args: string[]) => {
    const finished = await tools.run(compiler, args, { cwd: work, env: { ...tools.env, TMPDIR: work } });
    if (finished.code !== 0) throw explainCompiler(finished, compiler);
  };
  try {
    await Promise.all([
      ...sources.map((name) =>
        compile(
          ...[...common, `-I${library.include}`, `-I${tfjs}`],
          ...['-c', join(tfjs, 'binding', `${name}.cc`), '-o', `${name}.o`],
        ),
      ),
      ...libraries.map((name) =>
        compile(...['-shared', '-x', 'c++', '/dev/null', '-o', name, `-Wl,-soname,${name}`]),
      ),
      compile(...common, '-shared', join(HERE, 'environment.cc'), '-o', '../environment.node'),
      ...VECTORS.map((name) =>
        compile(
          ...[...common, '-O3', '-fno-math-errno', '-fno-trapping-math', '-pthread', ...CPU_FLAGS[name]],
          ...[`-I${KERNELS}`, '-shared', join(BILSTM, 'addon.cc'), '-o', `../bilstm-${name}.node`],
        ),
      ),
    ]);
    // Linked to empty libraries of the same names: to read the real one's 400,000 symbols takes the linker 12 s. With `now` a symbol
    // that the real one lacks is found when the binding is loaded.
    await compile(
      ...['-shared', ...sources.map((name) => `${name}.o`), '-o', '../tfjs_binding.node'],
      ...['-L.', '-Wl,--no-as-needed', ...libraries.map((name) => `-l:${name}`)],
      ...['-Wl,-z,now', `-Wl,-rpath,${runPath(library, folder, cache)}`],
    );
    await rm(work, { recursive: true });
    for (const name of await readdir(partial)) await syncFile(join(partial, name));
    await rename(partial, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(partial, REMOVE);
    throw error;
  }
}

/** Where the binding looks for its library: a cache may be moved or copied into an image, the user's folder stays where it is. */
function runPath(library: Library, folder: string, cache: string): string {
  const libraries = dirname(library.library);
  return libraries.startsWith(`${cache}/`) ? `$ORIGIN/${relative(folder, libraries)}` : resolve(libraries);
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
