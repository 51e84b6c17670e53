import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFolder, isBuilt } from './built-folder.js';
import { ABI, commonFlags, compile } from './compile.js';
import type { Library, Tools } from './library.js';

/** tfjs-node's native part, built for one library. */
export interface Binding {
  /** tfjs_binding.node. */
  path: string;
  /** environment.node, which sets variables from a worker thread. */
  environment: string;
}

const require = createRequire(import.meta.url);
export const WHAT = 'the binding between Node and TensorFlow';

/**
 * Gives the N-API binding for a library, compiling tfjs-node's own sources on first use: one copy a machine. The folder's name carries
 * everything it depends on.
 *
 * @param library What it is linked to, by a path relative to itself where both are in the cache.
 * @throws {AuditweaveError} no C++ compiler, compiler failed, full disk, cache not writable.
 */
export async function ensureBinding(library: Library, cache: string, tools: Tools): Promise<Binding> {
  const ready = findBinding(library, cache);
  if (ready) return ready;
  const folder = bindingFolder(library, cache);
  await buildFolder(folder, { what: WHAT, parts: 6, cache, tools }, (partial, part) =>
    build(partial, runPath(library, folder, cache), library, part, tools),
  );
  return filesIn(folder);
}

/** The binding for a library, or null when it is not built yet or damaged. */
export function findBinding(library: Library, cache: string): Binding | null {
  const folder = bindingFolder(library, cache);
  return isBuilt(folder) ? filesIn(folder) : null;
}

/** Where the binding for a library lies, whether it is there or not. */
export function bindingFolder(library: Library, cache: string): string {
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

/** @example bindingKey('4.22.0', 'tensorflow-cpu-2.21.0') // 'tfjs-4.22.0-tensorflow-cpu-2.21.0-napi8-linux-x64-gnu-5-a1b2c3d4' */
export function bindingKey(tfjsVersion: string, libraryKey: string): string {
  const own = createHash('sha256').update(readFileSync(ENVIRONMENT)).digest('hex').slice(0, 8);
  return `tfjs-${tfjsVersion}-${libraryKey}-${ABI}-${RECIPE}-${own}`;
}

const ENVIRONMENT = join(dirname(fileURLToPath(import.meta.url)), 'environment.cc');
/** Counted up when the way of building changes. */
const RECIPE = 5;

async function build(
  partial: string,
  runPath: string,
  library: Library,
  part: () => void,
  tools: Tools,
): Promise<void> {
  const tfjs = tfjsFolder();
  const common = commonFlags();
  const sources = ['tfjs_backend', 'tfjs_binding'];
  const libraries = [library.library, library.framework].map((path) => basename(path));
  const make = async (...args: string[]) => {
    await compile(args, join(partial, 'work'), WHAT, tools);
    part();
  };
  await Promise.all([
    ...sources.map((name) =>
      make(
        ...[...common, `-I${library.include}`, `-I${tfjs}`],
        ...['-c', join(tfjs, 'binding', `${name}.cc`), '-o', `${name}.o`],
      ),
    ),
    ...libraries.map((name) =>
      make(...['-shared', '-x', 'c++', '/dev/null', '-o', name, `-Wl,-soname,${name}`]),
    ),
    make(...common, '-shared', ENVIRONMENT, '-o', '../environment.node'),
  ]);
  // Linked to empty libraries of the same names: to read the real one's 400,000 symbols takes the linker 12 s. With `now` a symbol
  // that the real one lacks is found when the binding is loaded.
  await make(
    ...['-shared', ...sources.map((name) => `${name}.o`), '-o', '../tfjs_binding.node'],
    ...['-L.', '-Wl,--no-as-needed', ...libraries.map((name) => `-l:${name}`)],
    ...['-Wl,-z,now', `-Wl,-rpath,${runPath}`],
  );
}

/** Where the binding looks for its library: a cache may be moved or copied into an image, the user's folder stays where it is. */
function runPath(library: Library, folder: string, cache: string): string {
  const libraries = dirname(library.library);
  return libraries.startsWith(`${cache}/`) ? `$ORIGIN/${relative(folder, libraries)}` : resolve(libraries);
}
