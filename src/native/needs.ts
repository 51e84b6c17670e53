import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditweaveError } from '../errors.js';
import { compilerName, explainCompiler } from './compile.js';
import { checkSpace, explainFileError, libraryFolder, missingWheels, type Tools } from './library.js';
import { explainPip } from './pip.js';
import type { LibraryPlan } from './wheels.js';

/** What is to be done on a machine, and thus what it must have. */
export interface Work {
  /** The library that is to be fetched, null when it is there. */
  fetch: LibraryPlan | null;
  /** What is to be compiled: “the binding between Node and TensorFlow”. */
  build: string;
  cache: string;
}

/** A C++17 compiler with its standard library's headers is one that gets through this; it takes a fifth of a second. */
export const COMPILER_TRIAL = ['-std=c++17', '-include', 'string', '-fsyntax-only', '-x', 'c++', '/dev/null'];

/**
 * Makes sure that a machine has all that is needed before anything is fetched: a cache that can be written and has room, pip, a
 * compiler.
 *
 * @throws {AuditweaveError} what is missing, each with what to do about it.
 * @example await checkNeeds({ fetch: planFor('cpu'), build: WHAT, cache }, tools);
 */
export async function checkNeeds(work: Work, tools: Tools): Promise<void> {
  const checks = [
    checkCache(work),
    ...(work.fetch ? [checkPip(work.fetch, tools)] : []),
    checkCompiler(work.build, tools),
  ];
  const results = await Promise.allSettled(checks);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const unknown = errors.find((error) => !(error instanceof AuditweaveError));
  if (unknown !== undefined) throw unknown;
  const missing = errors as AuditweaveError[];
  if (missing.length === 0) return;
  if (missing.length === 1) throw missing[0];
  const list = missing.map(
    ({ message, hint }) => `  - ${message.replace(/^native: /, '')}\n    Fix: ${hint}`,
  );
  throw new AuditweaveError(
    `native: TensorFlow cannot be brought onto this machine yet, nothing was fetched:\n${list.join('\n')}`,
  );
}

/** A folder is made where the cache will be, and taken away; what does not fit is told before. */
async function checkCache({ fetch, cache, build }: Work): Promise<void> {
  try {
    await mkdir(cache, { recursive: true });
    await rm(await mkdtemp(join(cache, '.try-')), { recursive: true });
  } catch (error) {
    throw explainFileError(error, fetch ? `TensorFlow ${fetch.version}` : build, cache);
  }
  if (fetch) await checkSpace(await missingWheels(fetch, libraryFolder(fetch, cache)), cache);
}

async function checkPip({ wheels }: LibraryPlan, { run, env }: Tools): Promise<void> {
  const finished = await run('python3', ['-m', 'pip', '--version'], { env });
  if (finished.code !== 0) throw explainPip(finished, wheels[0]!);
}

async function checkCompiler(what: string, { run, env }: Tools): Promise<void> {
  const compiler = compilerName(env);
  const finished = await run(compiler, COMPILER_TRIAL, { env });
  if (finished.code !== 0) throw explainCompiler(finished, compiler, what);
}
