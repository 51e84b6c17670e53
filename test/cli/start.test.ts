import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../fixtures/dataset.js';

const root = resolve('.');
const folders = temporaryFolders();
afterAll(folders.clear);
const { compiledProgram } = (await import(pathToFileURL(join(root, 'bin/compile.mjs')).href)) as {
  compiledProgram(root?: string): Promise<string | null>;
};

/** A program of two files, the second of which is loaded when it is needed. */
function smallProgram(): string {
  const program = folders.make();
  mkdirSync(join(program, 'src/cli'), { recursive: true });
  mkdirSync(join(program, 'node_modules'));
  writeFileSync(
    join(program, 'src/cli/main.ts'),
    `export const later = async (): Promise<string> => (await import('../later.js')).place;\n`,
  );
  writeFileSync(
    join(program, 'src/later.ts'),
    'export const place: string = import.meta.url + import.meta.dirname;\n',
  );
  return program;
}

const cacheOf = (program: string): string => join(program, 'node_modules/.cache/auditweave');

describe('the compiled program', () => {
  it('is made once, and again when a source is another', async () => {
    const program = smallProgram();
    const first = await compiledProgram(program);
    expect(dirname(dirname(first!))).toBe(cacheOf(program));
    expect(await compiledProgram(program)).toBe(first);
    writeFileSync(join(program, 'src/later.ts'), `export const place = 'another';\n`);
    const second = await compiledProgram(program);
    const { later } = (await import(second!)) as { later(): Promise<string> };
    expect(await later()).toBe('another');
    expect(readdirSync(cacheOf(program))).toHaveLength(2);
  });

  it('holds the parser of yargs, and needs no more of it', async () => {
    const program = smallProgram();
    writeFileSync(
      join(program, 'src/later.ts'),
      `import { Parser } from 'yargs/helpers';\nexport const place = Parser('--a 1').a;\n`,
    );
    const { later } = (await import((await compiledProgram(program))!)) as { later(): Promise<number> };
    expect(await later()).toBe(1);
  });

  it('finds what lies beside its sources', async () => {
    const program = smallProgram();
    const { later } = (await import((await compiledProgram(program))!)) as { later(): Promise<string> };
    const source = join(program, 'src/later.ts');
    expect(await later()).toBe(pathToFileURL(source).href + dirname(source));
  });

  it('is made whole by starts at the same time', async () => {
    const program = smallProgram();
    const made = await Promise.all([1, 2, 3].map(() => compiledProgram(program)));
    expect(new Set(made).size).toBe(1);
    expect(readdirSync(cacheOf(program))).toEqual([dirname(made[0]!).split('/').at(-1)]);
  });

  it.each([
    ['drops old ones', 40, 15, 32],
    ['keeps what a long process may still load from', 40, 13, 41],
    ['keeps a bounded number', 600, 0, 512],
  ])('%s: of %i that are %i days old, with its own, %i', async (_, count, days, kept) => {
    const program = smallProgram();
    const time = new Date(Date.now() - days * 24 * 3600e3);
    for (let i = 0; i < count; i++) {
      const folder = join(cacheOf(program), `old-${i}`);
      mkdirSync(folder, { recursive: true });
      utimesSync(folder, time, time);
    }
    await compiledProgram(program);
    expect(readdirSync(cacheOf(program))).toHaveLength(kept);
  });

  it('is done without where it cannot be written', async () => {
    const program = smallProgram();
    writeFileSync(join(program, 'node_modules/.cache'), '');
    expect(await compiledProgram(program)).toBeNull();
    const whole = folders.make();
    mkdirSync(join(whole, 'node_modules'));
    for (const name of ['src', 'package.json', 'tsconfig.json'])
      symlinkSync(join(root, name), join(whole, name));
    for (const name of readdirSync(join(root, 'node_modules')))
      if (!name.startsWith('.'))
        symlinkSync(join(root, 'node_modules', name), join(whole, 'node_modules', name));
    writeFileSync(join(whole, 'node_modules/.cache'), '');
    cpSync(join(root, 'bin'), join(whole, 'bin'), { recursive: true });
    const { stdout, stderr } = spawnSync(process.execPath, [join(whole, 'bin/auditweave.mjs'), '--version'], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['0.1.0\n', '']);
  });

  it('links, each of its files', async () => {
    const folder = dirname((await compiledProgram())!);
    const script = `for (const file of ${JSON.stringify(readdirSync(folder))}) await import(${JSON.stringify(`${folder}/`)} + file); process.exit();`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});
