import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AddonRecipe, addonKey, ensureAddon, findAddon } from '../../src/native/addon.js';
import { runProgram } from '../../src/native/program.js';
import { emptyFolder, failure, flip, SILENT } from './toys.js';

const require = createRequire(import.meta.url);
const SOURCE = `#include <node_api.h>
#include "answer.h"
NAPI_MODULE_INIT() {
  napi_value answer;
  napi_create_int32(env, ANSWER, &answer);
  return answer;
}
`;

let recipe: AddonRecipe;
let cache: string;
beforeEach(async () => {
  const folder = await emptyFolder();
  cache = await emptyFolder();
  await mkdir(join(folder, 'headers'));
  await writeFile(join(folder, 'toy.cc'), SOURCE);
  await writeFile(join(folder, 'headers/answer.h'), '#define ANSWER 42\n');
  recipe = {
    name: 'toy',
    sources: [join(folder, 'toy.cc')],
    includes: [join(folder, 'headers')],
    flags: ['-O1'],
  };
});

const ensure = (env: NodeJS.ProcessEnv = process.env) =>
  ensureAddon(recipe, cache, { run: runProgram, env, sink: SILENT });

describe('ensureAddon', () => {
  it('compiles what it is handed, once', async () => {
    expect(findAddon(recipe, cache)).toBeNull();
    const path = await ensure();
    expect(require(path)).toBe(42);
    expect(await ensure({ PATH: '' })).toBe(path);
    expect(findAddon(recipe, cache)).toBe(path);
    expect(await readdir(join(cache, 'addon'))).toEqual([addonKey(recipe)]);
  });

  it('builds once when two ask at the same time', async () => {
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const both = [1, 2].map(() => ensureAddon(recipe, cache, { run: runProgram, env: process.env, sink }));
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(said.filter((text) => text === 'native: building toy for the CPU, once\n')).toHaveLength(1);
  });

  it('builds again what is damaged, and says so', async () => {
    const path = await ensure();
    for (const damage of [() => flip(path), () => truncate(path, 4096), () => rm(path)]) {
      await damage();
      expect(findAddon(recipe, cache)).toBeNull();
      const said: string[] = [];
      const sink = { write: (text: string) => said.push(text) };
      expect(await ensureAddon(recipe, cache, { run: runProgram, env: process.env, sink })).toBe(path);
      expect(said[0]).toBe(`native: ${path} is damaged; building again\n`);
      expect((await runProgram(process.execPath, ['-p', `require(${JSON.stringify(path)})`])).stdout).toBe(
        '42\n',
      );
    }
  });

  it('names another build when a source, a header or a flag changes', async () => {
    const keys = [addonKey(recipe), addonKey({ ...recipe, flags: ['-O2'] })];
    await writeFile(join(recipe.includes[0]!, 'answer.h'), '#define ANSWER 43\n');
    keys.push(addonKey(recipe));
    await writeFile(recipe.sources[0]!, `${SOURCE}\n`);
    keys.push(addonKey(recipe));
    expect(new Set(keys).size).toBe(4);
  });

  it('passes on why the compiler failed, and leaves nothing', async () => {
    await writeFile(join(recipe.includes[0]!, 'answer.h'), '#error no answer\n');
    expect(await failure(ensure)).toMatch(
      /^native: g\+\+ could not build toy for the CPU: .*answer\.h:1:2: error: #error no answer\.\n/,
    );
    expect(await readdir(join(cache, 'addon'))).toEqual([]);
  });

  it('says what to do without a compiler', async () => {
    expect(await failure(() => ensure({ PATH: cache }))).toMatch(
      /^native: expected a C\+\+ compiler, to build toy for the CPU, got no g\+\+\.\n {2}Hint: Install one /,
    );
  });
});
