import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildFolder, isBuilt } from './built-folder.js';
import { ABI, commonFlags, compile } from './compile.js';
import type { Tools } from './library.js';

/** An addon for Node, to be compiled from C++: it is handed over by whoever has the sources. */
export interface AddonRecipe {
  /** Names the file: `bilstm-avx2` becomes bilstm-avx2.node. */
  name: string;
  /** Paths of the .cc files. */
  sources: readonly string[];
  /** Folders in which the sources find their headers. */
  includes: readonly string[];
  /** For the compiler, after those that every addon gets. */
  flags: readonly string[];
}

/** Counted up when the way of building changes. */
const RECIPE = 2;

/**
 * Gives the path of a compiled addon, compiling it on first use: one copy a machine.
 *
 * @param cache The cache folder, as `cacheFolder` gives it.
 * @throws {AuditweaveError} no C++ compiler, compiler failed, full disk, cache not writable.
 * @example require(await ensureAddon(recipe, cacheFolder(), tools))
 */
export async function ensureAddon(recipe: AddonRecipe, cache: string, tools: Tools): Promise<string> {
  const ready = findAddon(recipe, cache);
  if (ready) return ready;
  const folder = addonFolder(recipe, cache);
  const what = `${recipe.name} for the CPU`;
  await buildFolder(folder, { what, parts: 1, cache, tools }, async (partial, part) => {
    const { sources, includes, flags } = recipe;
    const places = includes.map((path) => `-I${path}`);
    const output = ['-shared', ...sources, '-o', join(partial, fileOf(recipe))];
    await compile([...commonFlags(), ...flags, ...places, ...output], join(partial, 'work'), what, tools);
    part();
  });
  return join(folder, fileOf(recipe));
}

/** The path of a compiled addon, or null when it is not built yet or damaged. */
export function findAddon(recipe: AddonRecipe, cache: string): string | null {
  const folder = addonFolder(recipe, cache);
  return isBuilt(folder) ? join(folder, fileOf(recipe)) : null;
}

/** Where a compiled addon lies, whether it is there or not. */
export function addonFolder(recipe: AddonRecipe, cache: string): string {
  return join(cache, 'addon', addonKey(recipe));
}

function fileOf({ name }: AddonRecipe): string {
  return `${name}.node`;
}

/**
 * Names a build by all that it depends on: sources, headers, flags and the way of building.
 *
 * @example addonKey(recipe) // 'bilstm-avx2-napi8-linux-x64-gnu-2-0f1e2d3c4b5a'
 */
export function addonKey({ name, sources, includes, flags }: AddonRecipe): string {
  const hash = createHash('sha256').update(JSON.stringify(flags));
  for (const path of [...sources, ...includes.flatMap(headersIn)])
    hash.update(`\0${basename(path)}\0`).update(readFileSync(path));
  return `${name}-${ABI}-${RECIPE}-${hash.digest('hex').slice(0, 12)}`;
}

const headersIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.h'))
    .sort()
    .map((name) => join(folder, name));
