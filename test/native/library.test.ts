import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ensureLibrary,
  explainFileError,
  findLibrary,
  libraryFolder,
  megabytes,
  soundLibrary,
} from '../../src/native/library.js';
import { runProgram } from '../../src/native/program.js';
import { glance, stamp } from '../../src/native/seal.js';
import type { LibraryPlan } from '../../src/native/wheels.js';
import { emptyFolder, failure, fakePip, fakeProgram, flip, SILENT, TOY_PLAN } from './toys.js';

let cache: string;
let tools: string;
beforeEach(async () => {
  cache = await emptyFolder();
  tools = await emptyFolder();
});

function ensure(env: NodeJS.ProcessEnv, plan: LibraryPlan = TOY_PLAN) {
  return ensureLibrary(plan, cache, { run: runProgram, env, sink: SILENT });
}

async function calls(): Promise<number> {
  return (await readFile(join(tools, 'calls'), 'utf8')).split('\n').length - 1;
}

/** What is left in the cache beside the library itself. */
async function leftovers(): Promise<string[]> {
  return (await readdir(join(cache, 'libtensorflow'))).filter((name) => name !== 'toy-1.0');
}

describe('ensureLibrary', () => {
  it('fetches once, and is there from then on', async () => {
    const env = await fakePip(tools);
    const library = await ensure(env);
    expect(library).toEqual({
      key: 'toy-1.0',
      library: join(cache, 'libtensorflow/toy-1.0/lib/libtensorflow_cc.so.2'),
      framework: join(cache, 'libtensorflow/toy-1.0/lib/libtensorflow_framework.so.2'),
      include: join(cache, 'libtensorflow/toy-1.0/include'),
    });
    expect(await readFile(library.framework, 'utf8')).toBe('framework');
    expect(await ensure({ PATH: '' })).toEqual(library);
    expect(await calls()).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  it('puts several wheels together in one folder', async () => {
    const [wheel] = TOY_PLAN.wheels;
    const plan = { ...TOY_PLAN, wheels: [wheel!, { ...wheel!, name: 'second' }] };
    // The second wheel brings the same paths: here it stands for one that shares a folder with the first.
    await ensure(await fakePip(tools), plan);
    expect(await calls()).toBe(2);
    expect(findLibrary(libraryFolder(plan, cache))).not.toBeNull();
  });

  it('fetches once when two start at the same time', async () => {
    const env = await fakePip(tools, 0.3);
    const said: string[] = [];
    const options = { run: runProgram, env, sink: { write: (text: string) => said.push(text) } };
    const both = await Promise.all([
      ensureLibrary(TOY_PLAN, cache, options),
      ensureLibrary(TOY_PLAN, cache, options),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(await calls()).toBe(1);
    expect(said).toContain(`native: waiting for process ${process.pid}, which fetches TensorFlow\n`);
  });

  it('does its work again after kill -9, at the first go', async () => {
    await fakePip(tools, 1);
    const script = fileURLToPath(new URL('./fetch-toy.ts', import.meta.url));
    const killed = spawn(process.execPath, ['--import', 'tsx', script, cache, tools], { stdio: 'ignore' });
    await firstCall(killed);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(findLibrary(libraryFolder(TOY_PLAN, cache))).toBeNull();
    expect((await leftovers()).sort()).toEqual(['toy-1.0.lock', 'toy-1.0.wheels']);
    expect((await ensure(await fakePip(tools))).key).toBe('toy-1.0');
    expect(await leftovers()).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['half a wheel', ['toy-1.0.wheels/partial-a/pip/half.whl', 'toy-1.0.wheels/partial-a/toy.whl']],
    ['a wheel half unpacked', ['toy-1.0.wheels/partial-a/unpacked/lib/libtensorflow_cc.so.2']],
    ['a library half put together', ['toy-1.0.partial-a/lib/libtensorflow_cc.so.2']],
    ['a folder with nothing to show for it', ['toy-1.0/lib/libtensorflow_cc.so.2']],
  ])('is not misled by %s', async (_, paths) => {
    for (const path of paths) {
      await mkdir(join(cache, 'libtensorflow', path, '..'), { recursive: true });
      await writeFile(join(cache, 'libtensorflow', path), 'half');
    }
    const { library } = await ensure(await fakePip(tools));
    expect(await readFile(library, 'utf8')).toBe('library '.repeat(1000));
    expect(await leftovers()).toEqual([]);
  });

  it('keeps the wheels that a killed run had finished', async () => {
    const [wheel] = TOY_PLAN.wheels;
    const second = { ...wheel!, name: 'second' };
    const done = join(cache, 'libtensorflow/toy-1.0.wheels/second-1.0/lib');
    await mkdir(done, { recursive: true });
    await writeFile(join(done, 'extra.so'), 'extra');
    await ensure(await fakePip(tools), { ...TOY_PLAN, wheels: [wheel!, second] });
    expect(await calls()).toBe(1);
    expect(await readFile(join(cache, 'libtensorflow/toy-1.0/lib/extra.so'), 'utf8')).toBe('extra');
  });

  it('fetches again what was cut short on the disk', async () => {
    const env = await fakePip(tools);
    const { library } = await ensure(env);
    await truncate(library, 100);
    await ensure(env);
    expect(await calls()).toBe(2);
    expect(await readFile(library, 'utf8')).toBe('library '.repeat(1000));
  });

  it('fetches again what was changed on the disk, and says so', async () => {
    const env = await fakePip(tools);
    const { library } = await ensure(env);
    await flip(library);
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    await ensureLibrary(TOY_PLAN, cache, { run: runProgram, env, sink });
    expect(said).toContain(`native: ${library} is damaged; fetching TensorFlow again\n`);
    expect(await calls()).toBe(2);
    expect(await readFile(library, 'utf8')).toBe('library '.repeat(1000));
  });

  it('fetches nothing when a file only looks other, as after a copy', async () => {
    const env = await fakePip(tools);
    const { library } = await ensure(env);
    await utimes(library, 1, 1);
    expect(glance(libraryFolder(TOY_PLAN, cache))).toBe('changed');
    await ensure({ PATH: '' });
    expect(glance(libraryFolder(TOY_PLAN, cache))).toBe('whole');
    expect(await calls()).toBe(1);
  });

  it('finds what looks whole and is not when asked to look thoroughly', async () => {
    const { library } = await ensure(await fakePip(tools));
    const { atime, mtime } = await stat(library);
    await utimes(library, atime, mtime);
    await stamp(libraryFolder(TOY_PLAN, cache));
    await flip(library);
    await utimes(library, atime, mtime);
    expect(await soundLibrary(TOY_PLAN, cache, { sink: SILENT })).not.toBeNull();
    expect(await soundLibrary(TOY_PLAN, cache, { sink: SILENT }, { thorough: true })).toBeNull();
  });

  it('seals one that an earlier version has fetched', async () => {
    const env = await fakePip(tools);
    const folder = libraryFolder(TOY_PLAN, cache);
    const { library } = await ensure(env);
    await rm(join(folder, 'SHA256SUMS'));
    expect(glance(folder)).toBe('unsealed');
    expect((await ensure({ PATH: '' })).library).toBe(library);
    expect(glance(folder)).toBe('whole');
  });

  it('leaves nothing that looks whole when the download fails', async () => {
    await fakeProgram(tools, 'python3', 'echo "ERROR: HTTP error 503 while getting toy" >&2; exit 1');
    expect(await failure(() => ensure({ PATH: tools }))).toMatch(
      /^native: could not fetch toy 1\.0: the package/,
    );
    expect(existsSync(libraryFolder(TOY_PLAN, cache))).toBe(false);
    expect(await leftovers()).toEqual(['toy-1.0.wheels']);
    expect(await readdir(join(cache, 'libtensorflow/toy-1.0.wheels'))).toEqual([]);
  });

  it('refuses before it starts when the disk is too small', async () => {
    const [wheel] = TOY_PLAN.wheels;
    const plan = { ...TOY_PLAN, wheels: [{ ...wheel!, unpacked: 9e18 }] };
    const text = await failure(async () => ensure(await fakePip(tools), plan));
    expect(text.replace(/got .*/, 'got N.')).toBe(
      `native: expected 9000000000.0 GB free in ${cache}/libtensorflow, got N.\n` +
        '  Hint: Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
    );
    expect(existsSync(join(tools, 'calls'))).toBe(false);
  });

  it('says so when the cache cannot be written', async () => {
    cache = join(tools, 'file');
    await writeFile(cache, '');
    expect(await failure(() => ensure({ PATH: '' }))).toBe(
      `native: expected to write in ${cache}, got ENOTDIR at ${cache}/libtensorflow.\n` +
        '  Hint: Set XDG_CACHE_HOME to a folder that you may write in.',
    );
  });
});

describe('explainFileError', () => {
  it('says that the disk is full', () => {
    expect(String(explainFileError({ code: 'ENOSPC' }, 'the native binding', cache))).toBe(
      'native: could not store the native binding: the disk is full.\n' +
        '  Hint: Free some space, or set XDG_CACHE_HOME to a folder on a larger disk, and run the same command again.',
    );
  });

  it('passes other errors through', () => {
    const error = new TypeError('a bug');
    expect(explainFileError(error, 'it', cache)).toBe(error);
  });
});

describe('megabytes', () => {
  it('rounds to what a reader needs', () => {
    expect([0, 273_829_956, 5_180_000_000].map(megabytes)).toEqual(['0 MB', '274 MB', '5.2 GB']);
  });
});

/** Waits until the fake pip was called: then half a wheel lies there. */
async function firstCall(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && !existsSync(join(tools, 'calls'))) await sleep(10);
}
