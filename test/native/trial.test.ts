import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuditweaveError } from '../../src/errors.js';
import type { TensorFlowInfo } from '../../src/native/load.js';
import { NativeCrash } from '../../src/native/probe.js';
import { runProgram } from '../../src/native/program.js';
import type { Native } from '../../src/native/provision.js';
import { seal } from '../../src/native/seal.js';
import { type Trial, tryOnce } from '../../src/native/trial.js';
import { emptyFolder, flip, SILENT } from './toys.js';

const INFO: TensorFlowInfo = { version: '2.21.0', device: 'cpu', library: 'l', binding: 'b' };
const tools = { run: runProgram, env: {}, sink: SILENT };

let native: Native;
let library: string;
let binding: string;
beforeEach(async () => {
  const folder = await emptyFolder();
  library = join(folder, 'lib.so');
  binding = join(folder, 'binding');
  await mkdir(binding);
  await writeFile(library, 'library');
  for (const name of ['a.node', 'e.node']) await writeFile(join(binding, name), name);
  await seal(binding, ['a.node', 'e.node']);
  native = {
    device: 'cpu',
    library: { key: 'toy', library, framework: library, include: folder },
    binding: { path: join(binding, 'a.node'), environment: join(binding, 'e.node') },
  };
});

/** Answers to each probe in turn; provisioning mends by `heal`. */
function trial(answers: (TensorFlowInfo | Error)[], heal = async () => {}): Trial & { left(): number } {
  return {
    left: () => answers.length,
    probe: async () => {
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    provision: async () => {
      await heal();
      return native;
    },
  };
}

describe('tryOnce', () => {
  it('tries what is new here once', async () => {
    const first = trial([INFO]);
    expect(await tryOnce(native, 'cpu', tools, first)).toBe(native);
    expect(first.left()).toBe(0);
    const second = trial([INFO]);
    await tryOnce(native, 'cpu', tools, second);
    expect(second.left()).toBe(1);
  });

  it('tries again when the library or the binding changes', async () => {
    await tryOnce(native, 'cpu', tools, trial([INFO]));
    await flip(library);
    const other = trial([INFO]);
    await tryOnce(native, 'cpu', tools, other);
    expect(other.left()).toBe(0);
    await writeFile(join(binding, 'a.node'), 'another');
    await seal(binding, ['a.node', 'e.node']);
    const third = trial([INFO]);
    await tryOnce(native, 'cpu', tools, third);
    expect(third.left()).toBe(0);
  });

  it('brings what is damaged again after a crash, and tries that', async () => {
    const crash = new NativeCrash('native: crash.');
    const mended = trial([crash, INFO], () => writeFile(library, 'the whole library'));
    expect(await tryOnce(native, 'cpu', tools, mended)).toBe(native);
    expect(mended.left()).toBe(0);
  });

  it('tells a crash of whole files, each time', async () => {
    const crash = new NativeCrash('native: crash.');
    for (let i = 0; i < 2; i++)
      await expect(tryOnce(native, 'cpu', tools, trial([crash]))).rejects.toBe(crash);
  });

  it('leaves an error that is no crash to who loads it, and notes nothing', async () => {
    const before = await readdir(binding);
    await tryOnce(native, 'cpu', tools, trial([new AuditweaveError('native: no GPU.')]));
    expect(await readdir(binding)).toEqual(before);
  });

  it('tries nothing where the result cannot be kept', async () => {
    if (process.getuid?.() === 0) return; // root may write everywhere
    await chmod(binding, 0o555);
    const none = trial([INFO]);
    await tryOnce(native, 'cpu', tools, none);
    expect(none.left()).toBe(1);
  });
});
