import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkNeeds } from '../../src/native/needs.js';
import { runProgram } from '../../src/native/program.js';
import { provision } from '../../src/native/provision.js';
import { emptyFolder, failure, fakePip, fakeProgram, SILENT, TOY_PLAN } from './toys.js';

const WHAT = 'the toy';
let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await emptyFolder();
  cache = join(await emptyFolder(), 'cache');
  await fakePip(folder);
  await fakeProgram(folder, 'python3', 'echo pip');
  await fakeProgram(folder, 'g++', 'exit 0');
});

const check = (plan = TOY_PLAN, env: NodeJS.ProcessEnv = { PATH: folder }) =>
  checkNeeds({ fetch: plan, build: WHAT, cache }, { run: runProgram, env, sink: SILENT });

describe('checkNeeds', () => {
  it('is content with a machine that has all, and leaves nothing', async () => {
    await check();
    expect(await readdir(cache)).toEqual([]);
  });

  it('takes a real compiler', async () => {
    await checkNeeds(
      { fetch: null, build: WHAT, cache },
      { run: runProgram, env: process.env, sink: SILENT },
    );
  });

  it('asks for pip where Python comes without', async () => {
    await fakeProgram(folder, 'python3', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
    expect(await failure(check)).toMatch(
      /^native: expected pip, to download toy 1\.0, got a python3 without it\.\n {2}Hint: Install pip /,
    );
  });

  it('asks for no Python when the library is there', async () => {
    await fakeProgram(folder, 'python3', 'exit 1');
    await checkNeeds(
      { fetch: null, build: WHAT, cache },
      { run: runProgram, env: { PATH: folder }, sink: SILENT },
    );
  });

  it('asks for a compiler with its headers', async () => {
    await fakeProgram(folder, 'g++', 'echo "cc1plus: fatal error: string: No such file" >&2; exit 1');
    expect(await failure(check)).toBe(
      'native: g++ could not build the toy: cc1plus: fatal error: string: No such file.\n' +
        '  Hint: Use g++ 9 or newer with the C++ standard library’s headers (Debian, Ubuntu: apt install g++), or name it in CXX.',
    );
  });

  it('asks for room', async () => {
    const [wheel] = TOY_PLAN.wheels;
    const text = await failure(() => check({ ...TOY_PLAN, wheels: [{ ...wheel!, unpacked: 9e18 }] }));
    expect(text.replace(/got .*/, 'got N.')).toBe(
      `native: expected 9000000000.0 GB free in ${cache}, got N.\n` +
        '  Hint: Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
    );
  });

  it('asks for a cache that can be written', async () => {
    await writeFile(cache, 'a file');
    expect(await failure(check)).toMatch(
      /^native: expected to write in .*cache, got E(EXIST|NOTDIR) at .*\n {2}Hint: Set XDG_CACHE_HOME to a folder that you may write in\.$/,
    );
  });

  it('tells all that is missing at once', async () => {
    const text = await failure(() => check(TOY_PLAN, { PATH: cache }));
    expect(text.match(/ {4}Fix: /g)).toHaveLength(2);
  });
});

describe('provision', () => {
  it('looks for a compiler before it downloads', async () => {
    const env = { ...(await fakePip(folder)), XDG_CACHE_HOME: await emptyFolder() };
    await fakeProgram(folder, 'g++', 'echo "error: no" >&2; exit 1');
    await mkdir(cache);
    expect(await failure(() => provision({ device: 'cpu', env, sink: SILENT }))).toMatch(/could not build/);
    expect(existsSync(join(env.XDG_CACHE_HOME, 'auditweave/libtensorflow'))).toBe(false);
  });
});
