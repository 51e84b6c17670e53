import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';

const src = resolve('src');
/** What a module loads at once: its own imports and theirs, not those that it loads when they are needed. */
function loadedBy(
  file: string,
  seen = new Set<string>(),
  packages = new Set<string>(),
): { files: Set<string>; packages: Set<string> } {
  if (seen.has(file)) return { files: seen, packages };
  seen.add(file);
  const source = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, names, name] of source.matchAll(/^(?:import|export)\s+([^;'=]*?)\s+from\s+'([^']+)';/gm)) {
    const erased = /^type\b/.test(names!) || /^\{(\s*type [^,}]+,?)+\s*\}$/.test(names!);
    if (erased) continue;
    if (name!.startsWith('.'))
      loadedBy(relative(src, resolve(src, dirname(file), name!)).replace(/\.js$/, '.ts'), seen, packages);
    else if (!name!.startsWith('node:')) packages.add(name!);
  }
  return { files: seen, packages };
}

describe('help', () => {
  it.each(Object.keys(COMMANDS))('of %s loads no package and few files', (name) => {
    const { files, packages } = loadedBy(`cli/commands/${name}.ts`);
    expect([...packages]).toEqual([]);
    expect([...files].filter((file) => /^(?!cli\/)/.test(file)).length).toBeLessThan(20);
  });

  it('of the program loads no command before one is named', () => {
    const { files, packages } = loadedBy('cli/main.ts');
    expect([...packages]).toEqual([]);
    expect(
      [...files].filter((file) => file.startsWith('cli/commands/') || file.startsWith('cli/handlers/')),
    ).toEqual([]);
  });

  it('would tell: a handler loads what its work needs', () => {
    expect([...loadedBy('cli/handlers/train.ts').packages]).toContain('ajv');
  });
});
