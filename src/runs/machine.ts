import { readFile, stat } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from './record.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The machine a run was made on. */
export function machineRecord(device: 'cpu' | 'cuda', gpu?: string): RunRecord['machine'] {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryBytes: totalmem(),
    device,
    ...(gpu === undefined ? {} : { gpu }),
  };
}

/** Versions of what a result depends on: ours, and those of what the model is computed by. */
export async function versionsRecord(
  computed: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const read = async (path: string): Promise<string> => {
    const text = await readFile(join(ROOT, path), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  };
  return {
    auditweave: await read('package.json'),
    node: process.versions.node,
    ...computed,
    ...('tensorflow' in computed
      ? { tfjs: await read('node_modules/@tensorflow/tfjs-node-gpu/package.json') }
      : {}),
  };
}

/** The commit of the working copy that runs, be it a clone or a worktree of one; `unknown` outside. */
export async function commitRecord(root = ROOT): Promise<string> {
  const read = async (...path: string[]): Promise<string> => (await readFile(join(...path), 'utf8')).trim();
  try {
    const own = await gitFolder(root, read);
    const head = await read(own, 'HEAD');
    if (!head.startsWith('ref: ')) return head;
    const ref = head.slice(5);
    // A worktree has its own HEAD; branches are the clone's.
    const shared = resolve(own, await read(own, 'commondir').catch(() => '.'));
    return await read(shared, ref).catch(async () => {
      const packed = await read(shared, 'packed-refs');
      const row = packed.split('\n').find((line) => line.endsWith(` ${ref}`));
      return row?.split(' ')[0] ?? 'unknown';
    });
  } catch {
    return 'unknown';
  }
}

/** `.git`, or the folder that a file of that name leads to, as in a worktree or a submodule. */
async function gitFolder(root: string, read: (...path: string[]) => Promise<string>): Promise<string> {
  const path = join(root, '.git');
  if ((await stat(path)).isDirectory()) return path;
  return resolve(root, (await read(path)).replace(/^gitdir: /, ''));
}
