import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { cacheFolder } from '../files/cache.js';
import { type AddonRecipe, addonFolder, findAddon } from './addon.js';
import { type Binding, bindingFolder, findBinding } from './binding.js';
import { damageIn } from './built-folder.js';
import { compilerName } from './compile.js';
import {
  type AskedDevice,
  checkGpu,
  chooseDevice,
  type Device,
  DRIVER,
  type GpuSigns,
  gpuSigns,
  hasGpu,
} from './device.js';
import { givenLibrary } from './given.js';
import { findLibrary, type Library, libraryFolder, megabytes, spaceNeeded } from './library.js';
import type { TensorFlowInfo } from './load.js';
import { checkMachine, cpuName, glibcVersion, type Machine, thisMachine } from './machine.js';
import { probeTensorFlow } from './probe.js';
import type { RunProgram } from './program.js';
import { findDamage, glance } from './seal.js';
import { type LibraryPlan, planFor } from './wheels.js';

/** One thing looked at: how it is and, unless all is well, what to do. */
export interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  found: string;
  fix?: string;
}

/** What was seen of everything native. */
export interface NativeFacts {
  machine: Machine;
  signs: GpuSigns;
  device: Device;
  /** First line of `python3 -m pip --version`, null without Python or pip. */
  pip: string | null;
  compiler: { name: string; version: string | null };
  cache: string;
  /** Whether files can be made in the cache, or the cache itself where it is not there yet. */
  writable: boolean;
  freeBytes: number;
  plan: LibraryPlan;
  /** Null: not on this machine yet. */
  library: Library | AuditweaveError | null;
  /** Null: not built yet, or damaged. */
  binding: Binding | null;
  /** The compiled kernels that models bring for this CPU; path null: not built yet, or damaged. */
  addons: { name: string; path: string | null }[];
  /** Files of library, binding and kernels whose hash is not the one that was written down. */
  damaged: string[];
  /** Null: not tried, as library or binding is missing. */
  tensorflow: TensorFlowInfo | AuditweaveError | null;
}

/**
 * Looks at everything that TensorFlow needs, and at the hash of every file; fetches and changes nothing.
 *
 * @param recipes The kernels that models bring for this CPU.
 */
export async function gatherFacts(
  asked: AskedDevice,
  run: RunProgram,
  env: NodeJS.ProcessEnv,
  recipes: readonly AddonRecipe[] = [],
): Promise<NativeFacts> {
  const signs = gpuSigns(env);
  const device = chooseDevice(asked, env, () => signs);
  const cache = cacheFolder(env);
  const plan = planFor(device);
  const given = env.AUDITWEAVE_LIBTENSORFLOW;
  const library = given ? attempt(() => givenLibrary(given)) : findLibrary(libraryFolder(plan, cache));
  const binding = library && !(library instanceof AuditweaveError) ? findBinding(library, cache) : null;
  const compiler = compilerName(env);
  const damaged = await findAllDamage(library, given ? null : libraryFolder(plan, cache), recipes, cache);
  const [pip, version] = await Promise.all([
    firstLine(run('python3', ['-m', 'pip', '--version'], { env })),
    firstLine(run(compiler, ['--version'], { env })),
  ]);
  return {
    machine: { ...thisMachine(), glibc: glibcVersion() },
    signs,
    device,
    pip,
    compiler: { name: compiler, version },
    cache,
    writable: await isWritable(cache),
    freeBytes: await freeBytes(cache),
    plan,
    library,
    binding,
    addons: recipes.map((recipe) => ({ name: recipe.name, path: findAddon(recipe, cache) })),
    damaged,
    tensorflow:
      binding && damaged.length === 0 && (device === 'cpu' || hasGpu(signs))
        ? await probeTensorFlow(asked, run, env).catch(asFinding)
        : null,
  };
}

/** @param folder Of the library, when it was fetched and thus has hashes. */
async function findAllDamage(
  library: Library | AuditweaveError | null,
  folder: string | null,
  recipes: readonly AddonRecipe[],
  cache: string,
): Promise<string[]> {
  if (library === null || library instanceof AuditweaveError) return [];
  const inLibrary = folder && glance(folder) !== 'unsealed' ? await findDamage(folder) : null;
  const built = [bindingFolder(library, cache), ...recipes.map((recipe) => addonFolder(recipe, cache))];
  return [inLibrary && join(folder!, inLibrary), ...built.map(damageIn)].filter((path) => path !== null);
}

/**
 * Judges what was seen.
 *
 * What is only needed to fetch or build (pip, compiler, disk) fails while it is needed and is fine once library and binding are there.
 *
 * @example diagnose(await gatherFacts('auto', runProgram, process.env)).filter(({ status }) => status === 'fail')
 */
export function diagnose(facts: NativeFacts): Finding[] {
  const { machine, library, binding, addons, damaged, plan, cache, writable, freeBytes, pip, compiler } =
    facts;
  const unbuilt = damaged.length > 0 ? 'not built yet, or damaged' : 'not built yet';
  const isBuilt = binding && addons.every(({ path }) => path);
  const given = library instanceof AuditweaveError || library?.key.startsWith('given-');
  const bytes = plan.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  const needed = library ? 0 : spaceNeeded(plan.wheels);
  return [
    nodeFinding(machine.node),
    judge('machine', `${cpuName(machine.cpuinfo)}, glibc ${machine.glibc}`, () =>
      checkMachine(machine, { ownLibrary: Boolean(given) }),
    ),
    pip
      ? ok('python', pip.replace(/ from .*\(python (.*)\)$/, ' on Python $1'))
      : library
        ? ok('python', 'no python3 with pip; not needed, the library is here')
        : fail('python', 'no python3 with pip', 'Install Python 3 with pip: apt install python3-pip.'),
    compiler.version
      ? ok('compiler', compiler.version)
      : isBuilt
        ? ok('compiler', `no ${compiler.name}; not needed, all is built`)
        : fail('compiler', `no ${compiler.name}`, 'Install one: apt install g++, or name yours in CXX.'),
    freeBytes >= needed
      ? ok('disk', `${megabytes(freeBytes)} free in ${cache}`)
      : fail(
          'disk',
          `${megabytes(freeBytes)} free in ${cache}, ${megabytes(needed)} needed`,
          'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
        ),
    ...(writable ? [] : [cacheFinding(cache, Boolean(library && isBuilt))]),
    library instanceof AuditweaveError
      ? fail('library', library.message, library.hint)
      : library
        ? ok('library', library.library)
        : warn(
            'library',
            `${plan.package} ${plan.version} is not on this machine yet`,
            `No need: the first command that uses it fetches ${megabytes(bytes)}. To fetch it now: npm run doctor -- --fetch.`,
          ),
    binding
      ? ok('binding', binding.path)
      : warn('binding', unbuilt, 'No need: it is built once the library is here.'),
    ...addons.map(({ name, path }) =>
      path
        ? ok('kernels', path)
        : warn('kernels', `${name}: ${unbuilt}`, 'No need: the first command that trains builds it.'),
    ),
    ...damaged.map((path) =>
      fail(
        'damage',
        `${path} is not as it was fetched or built`,
        'Bring it again: npm run doctor -- --fetch.',
      ),
    ),
    ...tensorFlowFindings(facts),
  ];
}

function cacheFinding(cache: string, whole: boolean): Finding {
  const fix =
    'Set XDG_CACHE_HOME to a folder that you may write to, or take it back: chown it, or mount it writable.';
  return whole
    ? warn('cache', `${cache} cannot be written to: logs are read anew each time`, fix)
    : fail('cache', `${cache} cannot be written to, and has not all that training needs`, fix);
}

function nodeFinding(node: string): Finding {
  const major = Number(node.split('.')[0]);
  if (major < 20) return fail('node', `Node ${node}`, 'Install Node 20, 22 or 24.');
  if (![20, 22, 24].includes(major))
    return warn('node', `Node ${node}, which is not tested`, 'Use Node 20, 22 or 24.');
  return ok('node', `Node ${node}`);
}

function tensorFlowFindings({ tensorflow, damaged, signs, device }: NativeFacts): Finding[] {
  const gpu = judge('device', 'a GPU', () => checkGpu(device, signs));
  if (gpu.status === 'fail') return [gpu];
  if (tensorflow === null) {
    const found = `not tried: library or binding is ${damaged.length > 0 ? 'damaged' : 'missing'}`;
    return [warn('tensorflow', found, 'Run the doctor again with --fetch.')];
  }
  if (tensorflow instanceof AuditweaveError) return [fail('tensorflow', tensorflow.message, tensorflow.hint)];
  const loaded = ok('tensorflow', `TensorFlow ${tensorflow.version} loads and computes`);
  if (tensorflow.device === 'cuda') return [loaded, ok('device', `CUDA on ${tensorflow.gpu ?? 'a GPU'}`)];
  const seen = [...signs.models, ...signs.devices].join(', ');
  if (device === 'cuda')
    return [
      loaded,
      warn(
        'device',
        `the CPU, though there is ${seen || 'a GPU'}`,
        'Check the driver with nvidia-smi: CUDA 12 needs 525 or newer.',
      ),
    ];
  if (seen && !hasGpu(signs))
    return [loaded, warn('device', `the CPU: ${seen} is there, libcuda.so.1 is not`, DRIVER)];
  return [
    loaded,
    ok('device', seen ? `the CPU, as asked, though there is ${seen}` : 'the CPU; no NVIDIA GPU'),
  ];
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found };
}

export function warn(check: string, found: string, fix: string): Finding {
  return { check, status: 'warn', found, fix };
}

export function fail(check: string, found: string, fix = 'See the message.'): Finding {
  return { check, status: 'fail', found, fix };
}

function judge(check: string, found: string, test: () => void): Finding {
  try {
    test();
    return ok(check, found);
  } catch (error) {
    const { message, hint } = asFinding(error);
    return fail(check, message, hint);
  }
}

function attempt<T>(get: () => T): T | AuditweaveError {
  try {
    return get();
  } catch (error) {
    return asFinding(error);
  }
}

function asFinding(error: unknown): AuditweaveError {
  if (error instanceof AuditweaveError) return error;
  throw error;
}

async function firstLine(running: ReturnType<RunProgram>): Promise<string | null> {
  const { code, stdout } = await running;
  return code === 0 ? (stdout.split('\n')[0] ?? '') : null;
}

/** Of a folder, or where it is not there of the next one above that is. */
async function isWritable(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return await isWritable(dirname(folder));
  try {
    if (!(await stat(folder)).isDirectory()) return false;
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freeBytes(folder: string): Promise<number> {
  if (!existsSync(folder)) return freeBytes(dirname(folder));
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
