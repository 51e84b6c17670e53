import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folders of `src` each may import, beside itself and the leaves. Change it in the same commit as the code. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  audit: [],
  dataset: ['audit'],
  features: ['audit', 'dataset'],
  windows: ['features', 'dataset', 'audit'],
  metrics: [],
  native: [],
  model: ['native', 'windows', 'features', 'metrics', 'dataset', 'audit'],
  training: ['model', 'metrics', 'windows'],
  settings: ['model', 'features', 'audit'],
  runs: ['settings', 'training', 'model', 'native', 'metrics', 'windows', 'features', 'dataset', 'audit'],
  studies: ['runs', 'settings', 'dataset', 'features', 'metrics', 'windows'],
  comparison: ['studies', 'runs', 'native', 'settings', 'metrics', 'dataset', 'audit', 'windows'],
  labeling: ['model', 'features', 'windows', 'audit'],
  contexts: ['audit', 'labeling', 'metrics', 'page'],
  serving: ['contexts', 'labeling', 'page', 'audit'],
  annotate: ['contexts', 'labeling', 'page', 'audit', 'dataset'],
  cluster: ['audit'],
  collect: ['cluster', 'dataset', 'audit'],
  page: [],
  reports: ['comparison', 'studies', 'runs', 'settings', 'dataset', 'metrics', 'windows', 'audit', 'page'],
  cli: [
    ...['audit', 'dataset', 'features', 'windows', 'metrics', 'native', 'model', 'training', 'settings'],
    ...['runs', 'studies', 'comparison', 'labeling', 'contexts', 'serving', 'annotate'],
    ...['cluster', 'collect', 'page', 'reports'],
  ],
};
const LEAVES = [
  'errors.ts',
  'system-faults.ts',
  'random.ts',
  'progress.ts',
  'heap.ts',
  'nearest-name.ts',
  'files/',
];
/** Packages and modules that only these folders may name. */
const ONLY_IN: Record<string, readonly string[]> = {
  '@tensorflow/tfjs-node-gpu': ['native', 'model'],
  vega: ['reports'],
  'vega-lite': ['reports'],
  'onnxruntime-node': ['model/onnx-runtime.ts'],
  '@duckdb/node-api': ['contexts', 'files/duckdb.ts', 'files/parquet.ts'],
  'node:http': ['serving'],
  'node:child_process': ['cluster', 'collect', 'native', 'runs', 'studies/engines'],
};

const SRC = resolve('src');
const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
/** @param kind `values` leaves out what is imported as a type alone. */
const importsOf = (file: string, kind: 'all' | 'values' = 'all'): string[] =>
  [
    ...readFileSync(join(SRC, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(kind === 'values' ? /^(?:import|export) type [^;]*;/gm : /(?!)/, '')
      .matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g),
  ].map((match) => match[1]!);
const targetsOf = (file: string, kind: 'all' | 'values' = 'all'): string[] =>
  importsOf(file, kind)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(SRC, resolve(SRC, dirname(file), name)).replace(/\.js$/, '.ts'));
const folderOf = (file: string): string => (file.includes('/') ? file.split('/')[0]! : '');

describe('the folders of src', () => {
  it('are all in the table', () => {
    expect(
      [...new Set(files.map(folderOf))].filter(
        (folder) => folder && !(folder in MAY_IMPORT) && !LEAVES.includes(`${folder}/`),
      ),
    ).toEqual([]);
  });

  it('import upstream only', () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const target of targetsOf(file)) {
        const [from, to] = [folderOf(file), folderOf(target)];
        if (to === from || LEAVES.some((leaf) => target.startsWith(leaf)) || file === 'index.ts') continue;
        if (!MAY_IMPORT[from]?.includes(to)) wrong.push(`${file} imports ${target}`);
      }
    expect(wrong.sort()).toEqual([]);
  });

  it('have no circles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of targetsOf(file)) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('keep the truth-maker from all that learns or serves', () => {
    const wrong = files
      .filter((file) => !/^(collect|cli|index)/.test(file))
      .flatMap((file) =>
        targetsOf(file)
          .filter((target) => /^collect\/(attribution|propagation)\//.test(target))
          .map((target) => `${file} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('keep the leaves free of imports from the project', () => {
    const outside = files
      .filter((file) => LEAVES.some((leaf) => file.startsWith(leaf)))
      .flatMap((file) => targetsOf(file).map((target) => `${file} imports ${target}`))
      .filter((line) => !LEAVES.some((leaf) => line.split(' imports ')[1]!.startsWith(leaf)));
    expect(outside).toEqual([]);
  });

  it('keep statistics out of reports, which show what comparison found', () => {
    const wrong = files
      .filter((file) => file.startsWith('reports/'))
      .flatMap((file) =>
        targetsOf(file, 'values').flatMap((target) =>
          target.startsWith('metrics/') ? [`${file} imports ${target}`] : [],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('name each special package only where it belongs', () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const name of importsOf(file)) {
        const places = ONLY_IN[name];
        if (places && !places.some((place) => file === place || file.startsWith(`${place}/`)))
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
