import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folders of `src` each may import, beside itself and the leaves. Change it in the same commit as the code. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  audit: [],
  native: [],
  metrics: [],
  model: ['native'],
  collect: ['audit'],
  features: ['audit'],
  windows: ['features'],
  training: ['windows', 'model', 'metrics', 'native'],
  contexts: ['audit', 'model'],
  studies: ['audit', 'features', 'windows', 'model', 'training', 'metrics', 'contexts', 'native'],
  reports: ['metrics', 'contexts', 'studies'],
  serving: ['audit', 'features', 'windows', 'model', 'contexts'],
  cli: [
    'audit',
    'native',
    'metrics',
    'model',
    'collect',
    'features',
    'windows',
    'training',
    'contexts',
    'studies',
    'reports',
    'serving',
  ],
};
const LEAVES = ['errors.ts', 'random.ts', 'files.ts', 'progress.ts'];
/** Packages and modules that only these folders may name. */
const ONLY_IN: Record<string, readonly string[]> = {
  '@tensorflow/tfjs-node-gpu': ['native', 'model', 'training'],
  vega: ['reports'],
  'vega-lite': ['reports'],
  'onnxruntime-node': ['serving'],
  'node:http': ['serving'],
  'node:child_process': ['collect', 'native', 'studies/engines'],
};

const SRC = resolve('src');
const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(SRC, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g),
  ].map((match) => match[1]!);
const folderOf = (file: string): string => (file.includes('/') ? file.split('/')[0]! : '');

describe('the folders of src', () => {
  it('are all in the table', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => folder && !(folder in MAY_IMPORT))).toEqual(
      [],
    );
  });

  it('import upstream only', () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const name of importsOf(file).filter((name) => name.startsWith('.'))) {
        const target = relative(SRC, resolve(SRC, dirname(file), name)).replace(/\.js$/, '.ts');
        const [from, to] = [folderOf(file), folderOf(target)];
        if (to === from || LEAVES.includes(target) || file === 'index.ts') continue;
        if (!MAY_IMPORT[from]?.includes(to)) wrong.push(`${file} imports ${target}`);
      }
    expect(wrong).toEqual([]);
  });

  it('keep the leaves free of imports from the project', () => {
    for (const leaf of LEAVES) expect(importsOf(leaf).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('name each special package only where it belongs', () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const name of importsOf(file)) {
        const places = ONLY_IN[name];
        if (places && !places.some((place) => file.startsWith(`${place}/`)))
          wrong.push(`${file} imports ${name}`);
      }
    expect(wrong).toEqual([]);
  });

  it('have names in kebab case that say what is inside', () => {
    const names = files.map((file) => file.split('/').at(-1)!.replace('.ts', ''));
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
    expect(names.filter((name) => ['utils', 'helpers', 'common', 'types'].includes(name))).toEqual([]);
  });

  it('have files of at most 300 lines', () => {
    const long = files.filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});
