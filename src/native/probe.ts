import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuditweaveError, EXIT } from '../errors.js';
import type { AskedDevice, Device } from './device.js';
import type { Finished, RunProgram } from './program.js';

/** What is loaded, and what it really computes on. */
export interface TensorFlowInfo {
  /** TensorFlow's own version, as the library says it. */
  version: string;
  /** `cuda` only when TensorFlow registered a GPU and a matrix product on it was right. */
  device: Device;
  /** The GPU's model, when one is used and the driver names it. */
  gpu?: string;
  /** Path of libtensorflow. */
  library: string;
  /** Path of tfjs-node's binding. */
  binding: string;
}

/** What probe-main.ts prints as its last line. */
export type ProbeReport = { info: TensorFlowInfo } | { error: { message: string; hint?: string } };

/** TensorFlow ended its process. */
export class NativeCrash extends AuditweaveError {
  override readonly name = 'NativeCrash';
}

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Loads TensorFlow in a process of its own and says what it computes on: a library that crashes, crashes there.
 *
 * @throws {NativeCrash} it ended the process.
 * @throws {AuditweaveError} it cannot be loaded.
 * @example (await probeTensorFlow('auto', runProgram)).device // 'cpu'
 */
export async function probeTensorFlow(
  device: AskedDevice,
  run: RunProgram,
  env: NodeJS.ProcessEnv = process.env,
): Promise<TensorFlowInfo> {
  const finished = await run(process.execPath, ['--import', 'tsx', join(HERE, 'probe-main.ts'), device], {
    cwd: join(HERE, '../..'),
    env,
  });
  return readProbe(finished);
}

/** Reads what the process printed, or how it ended. */
export function readProbe({ code, signal, stdout, stderr }: Finished): TensorFlowInfo {
  if (signal === 'SIGILL')
    throw new NativeCrash(
      'native: expected a processor that TensorFlow’s library was built for, got an illegal instruction.',
      { hint: 'Point AUDITWEAVE_LIBTENSORFLOW at a library built for this processor.' },
    );
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code === 0 && last.startsWith('{')) {
    const report = JSON.parse(last) as ProbeReport;
    if ('info' in report) return report.info;
    throw new AuditweaveError(report.error.message, report.error.hint ? { hint: report.error.hint } : {});
  }
  throw new NativeCrash(
    `native: TensorFlow ended with ${signal ?? `exit code ${code}`}: ${stderr.trim().split('\n').at(-1) || 'no message'}.`,
    {
      hint: 'Run npm run doctor -- --fetch: it compares every file with its hash. A library named in AUDITWEAVE_LIBTENSORFLOW may not fit this machine: unset it.',
      exitCode: EXIT.internal,
    },
  );
}
