import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
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

/** The commit of the working copy that runs, or `unknown` outside one. */
export async function commitRecord(root = ROOT): Promise<string> {
  try {
    const head = (await readFile(join(root, '.git/HEAD'), 'utf8')).trim();
    if (!head.startsWith('ref: ')) return head;
    const ref = head.slice(5);
    try {
      return (await readFile(join(root, '.git', ref), 'utf8')).trim();
    } catch {
      const packed = await readFile(join(root, '.git/packed-refs'), 'utf8');
      return (
        packed
          .split('\n')
          .find((line) => line.endsWith(` ${ref}`))
          ?.split(' ')[0] ?? 'unknown'
      );
    }
  } catch {
    return 'unknown';
  }
}
