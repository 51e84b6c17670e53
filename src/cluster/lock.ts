import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditweaveError, EXIT } from '../errors.js';
import { isRunning, thisProcess } from './process.js';
import { clustersFolder, type StartedProcess } from './state.js';

/**
 * Holds a cluster's name while something is done to it, so that two commands do not start or end the same cluster at once.
 *
 * @throws {AuditweaveError} Another process that still runs holds it.
 */
export async function withClusterLock<T>(name: string, act: () => Promise<T>): Promise<T> {
  const folder = join(clustersFolder(), '.locks');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  take(file, name);
  try {
    return await act();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, name: string): void {
  const content = JSON.stringify(thisProcess());
  for (;;)
    try {
      writeFileSync(file, content, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = readOwner(file);
      if (owner && isRunning(owner))
        throw new AuditweaveError(
          `collect: expected cluster “${name}” to be free, got one that process ${owner.pid} works on.`,
          { hint: 'Wait for it, or use another --name.', exitCode: EXIT.tryAgain },
        );
      rmSync(file, { force: true });
    }
}

function readOwner(file: string): StartedProcess | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StartedProcess;
  } catch {
    return null; // given back meanwhile, or cut short by a power cut
  }
}
