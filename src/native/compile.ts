import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AuditweaveError, MismatchError } from '../errors.js';
import type { Tools } from './library.js';
import { diskFull } from './pip.js';
import type { Finished } from './program.js';

/** The newest N-API that tfjs-node 4.22.0 knows; every Node since 15.12 has it. */
export const NAPI = 8;
/** What of a machine a shared object for Node is built for: N-API is stable, so one build serves Node 20, 22 and 24. */
export const ABI = `napi${NAPI}-${process.platform}-${process.arch}-gnu`;

const require = createRequire(import.meta.url);

/** What every C++ file is compiled with. */
export function commonFlags(): string[] {
  const napi = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  return ['-std=c++17', '-O2', '-fPIC', '-w', `-DNAPI_VERSION=${NAPI}`, `-I${napi}`];
}

/** The C++ compiler: CXX, else g++. */
export function compilerName(env: NodeJS.ProcessEnv): string {
  return env.CXX || 'g++';
}

/**
 * Runs the C++ compiler in a folder, which it keeps its temporary files in too.
 *
 * @param args As for g++.
 * @param what What is built, for an error: “the binding to TensorFlow”.
 * @throws {AuditweaveError} no compiler, it failed, full disk.
 */
export async function compile(
  args: readonly string[],
  folder: string,
  what: string,
  tools: Tools,
): Promise<void> {
  const compiler = compilerName(tools.env);
  const finished = await tools.run(compiler, args, { cwd: folder, env: { ...tools.env, TMPDIR: folder } });
  if (finished.code !== 0) throw explainCompiler(finished, compiler, what);
}

/**
 * Turns a compiler's failure into an error that says what to do.
 *
 * @example explainCompiler(await runProgram('g++', […]), 'g++', 'the binding to TensorFlow').hint
 */
export function explainCompiler(
  { code, signal, stderr, missing }: Finished,
  compiler: string,
  what: string,
): AuditweaveError {
  if (missing)
    return new MismatchError(
      { folder: 'native', expected: `a C++ compiler, to build ${what}`, got: `no ${compiler}` },
      {
        hint: 'Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), or name yours in CXX.',
      },
    );
  if (/No space left on device/.test(stderr)) return diskFull(what);
  const first = stderr.split('\n').find((line) => /error|fatal/i.test(line)) ?? stderr.trim().split('\n')[0];
  return new AuditweaveError(
    `native: ${compiler} could not build ${what}: ${first || `it ended with ${signal ?? code}`}.`,
    {
      hint: 'Use g++ 9 or newer with the C++ standard library’s headers (Debian, Ubuntu: apt install g++), or name it in CXX.',
    },
  );
}
