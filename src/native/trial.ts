import { createHash } from 'node:crypto';
import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.js';
import type { AskedDevice } from './device.js';
import { isUnwritable, type Tools } from './library.js';
import { cpuFlags } from './machine.js';
import { NativeCrash, probeTensorFlow } from './probe.js';
import { type Native, provision } from './provision.js';

/** What provisioning and trying are made of, for tests. */
export interface Trial {
  provision: typeof provision;
  probe: typeof probeTensorFlow;
}

/**
 * Tries a library and its binding in a process of its own, once after each change of them, so that what would crash this process becomes
 * a message. After a crash every file is compared with its hash; what is damaged is brought again, and tried again.
 *
 * The result lies beside the binding. Where that cannot be written nothing is tried: the files' hashes are those of where they were built.
 *
 * @returns What is to be loaded.
 * @throws {NativeCrash} It crashes though every file is whole.
 */
export async function tryOnce(
  native: Native,
  asked: AskedDevice,
  tools: Tools,
  trial: Trial = { provision, probe: probeTensorFlow },
): Promise<Native> {
  const record = recordOf(native);
  if (existsSync(record) || !(await isWritable(dirname(record)))) return native;
  tools.sink.write('native: trying TensorFlow in a process of its own, once\n');
  try {
    await passes(native, asked, tools, trial);
    return native;
  } catch (error) {
    if (!(error instanceof NativeCrash)) throw error;
    const { env, sink } = tools;
    const again = await trial.provision({ device: asked, env, sink, thorough: true });
    if (recordOf(again) === record) throw error;
    await passes(again, asked, tools, trial);
    return again;
  }
}

/** An error that the process tells (no GPU, wrong version) is left to the one that loads TensorFlow after. */
async function passes(
  native: Native,
  asked: AskedDevice,
  { run, env }: Tools,
  { probe }: Trial,
): Promise<void> {
  const result = await probe(asked, run, env).catch((error: unknown) => {
    if (error instanceof NativeCrash) throw error;
    return null;
  });
  if (!result) return;
  await writeFileAtomic(recordOf(native), `${JSON.stringify(result, null, 2)}\n`).catch((error: unknown) => {
    if (!isUnwritable(error)) throw error;
  });
}

/** Where the result lies: its name changes with library, binding and what the processor can do. */
function recordOf({ library, binding, device }: Native): string {
  const folder = dirname(binding.path);
  const looks = [library.library, library.framework].map((path) => {
    const { size, mtimeMs, ino } = statSync(path);
    return [path, size, mtimeMs, ino];
  });
  const flags = cpuFlags();
  const vectors = ['avx', 'avx2', 'fma', 'avx512f'].filter((flag) => flags.has(flag));
  const text = JSON.stringify([device, looks, readFileSync(join(folder, 'SHA256SUMS'), 'utf8'), vectors]);
  return join(folder, `tried-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`);
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
