import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseChange, readSettings } from '../../src/settings/settings.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const PAPER = 'experiments/paper.config.yaml';
const folders = temporaryFolders();
afterAll(folders.clear);

function file(text: string): string {
  const path = join(folders.make(), 'some.config.yaml');
  writeFileSync(path, text);
  return path;
}

/** The paper's file with some of its text changed. */
const paper = (change: (text: string) => string): string => file(change(readFileSync(PAPER, 'utf8')));

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

const HINT = '\n  Hint: Names, types and defaults are in experiments/paper.config.yaml.';

describe('readSettings', () => {
  it('gives the paper’s values', async () => {
    const settings = await readSettings(PAPER);
    expect(settings.window).toEqual({ size: 60, stride: 1 });
    expect(settings.training.focal).toEqual({ alpha: 0.25, gamma: 2 });
    expect(settings.split.protocol).toBe('both');
  });

  it('changes values by path, and fills in a branch that is not there', async () => {
    const settings = await readSettings(PAPER, {
      'window.size': 10,
      seed: 3,
      features: { include: ['verb'], exclude: [] },
    });
    expect(settings.window).toEqual({ size: 10, stride: 1 });
    expect(settings.seed).toBe(3);
    expect(settings.features).toEqual({ include: ['verb'], exclude: [], encoding: 'ordinal' });
    const without = paper((text) => text.replace(/^window:.*$/m, ''));
    const filled = await readSettings(without, { 'window.size': 10, 'window.stride': 2 });
    expect(filled.window).toEqual({ size: 10, stride: 2 });
  });

  it('says all that is wrong at once, each with its line or option', async () => {
    const path = paper((text) =>
      text
        .replace('size: 60', 'size: zero')
        .replace('batchSize: 32', 'batchsize: 32')
        .replace('vote: equal', 'vote: loudest'),
    );
    expect(await failure(readSettings(path, { 'training.epochs': 0, 'modle.dropout': 0.1 }))).toBe(
      `studies: expected valid settings, got 6 faults:
  --set modle.dropout: unknown key “modle”; did you mean “model”?
  ${path}:10: window.size: must be integer
  ${path}:20: training: must have required property 'batchSize'
  ${path}:20: training.batchsize: unknown key “batchsize”; did you mean “batchSize”?
  --set training.epochs: must be >= 1
  ${path}:33: evaluation.vote: must be one of equal, central${HINT}`,
    );
  });

  it('blames an option for its own path only', async () => {
    const path = paper((text) => text.replace('seed: 7', 'seed: 7\nseeds: 8'));
    expect(await failure(readSettings(path, { seed: 3 }))).toBe(
      `studies: expected valid settings, got 1 fault:\n  ${path}:4: seeds: unknown key “seeds”; did you mean “seed”?${HINT}`,
    );
  });

  it('lists what is known where nothing is near', async () => {
    expect(await failure(readSettings(PAPER, { 'window.colour': 1 }))).toBe(
      `studies: expected valid settings, got 1 fault:\n  --set window.colour: unknown key “colour”; known: size, stride${HINT}`,
    );
    expect(await failure(readSettings(PAPER, { 'window.size.x': 1 }))).toBe(
      `studies: expected valid settings, got 1 fault:\n  --set window.size.x: window.size has no keys${HINT}`,
    );
  });

  it('refuses a path below a value', async () => {
    const path = paper((text) => text.replace(/^window:.*$/m, 'window: 60'));
    expect(await failure(readSettings(path, { 'window.size': 10 }))).toContain(
      '--set window.size: window has no keys',
    );
  });

  it.each([
    '__proto__.x',
    '__proto__',
    'constructor.prototype.x',
    'training.__proto__.x',
    'window.constructor',
    'toString',
  ])('refuses --set %s and leaves every object as it was', async (path) => {
    const last = path.split('.').find((key) => !['training', 'window'].includes(key));
    expect(await failure(readSettings(PAPER, Object.fromEntries([parseChange(`${path}=1`)])))).toContain(
      `--set ${path}: unknown key “${last}”`,
    );
    expect(({} as { x?: number }).x).toBeUndefined();
    expect(String({})).toBe('[object Object]');
  });

  it('refuses a __proto__ in the file', async () => {
    const path = paper((text) => `${text}\n__proto__: { x: 1 }\n`);
    expect(await failure(readSettings(path))).toContain('unknown key “__proto__”');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('says where YAML is broken', async () => {
    const path = file('seed: 7\nwindow: { size: 60\n');
    expect(await failure(readSettings(path))).toMatch(
      new RegExp(`^studies: ${path}:\\d: expected YAML, got: Flow map`),
    );
    const alias = file('seed: *nothing\n');
    expect(await failure(readSettings(alias))).toMatch(
      new RegExp(`^studies: ${alias}(:1)?: expected YAML, got: Unresolved alias`),
    );
  });

  it('refuses a file that holds no settings by name', async () => {
    const path = file('- 1\n- 2\n');
    expect(await failure(readSettings(path, { seed: 1 }))).toBe(
      `studies: ${path}: expected settings by name, got [1,2].${HINT}`,
    );
    expect(await failure(readSettings(file('')))).toContain("settings: must have required property 'seed'");
  });

  it('says which file is not there', async () => {
    expect(await failure(readSettings('nowhere.yaml'))).toBe(
      'studies: expected a settings file, got no readable nowhere.yaml.\n  Hint: Name a file, or one of these: fast, fast-1, paper.',
    );
  });
});

describe('parseChange', () => {
  it.each([
    ['window.size=10', ['window.size', 10]],
    ['training.learningRate=4e-3', ['training.learningRate', 0.004]],
    ['features.include=[verb, userAgent.tool]', ['features.include', ['verb', 'userAgent.tool']]],
    ['training.focal={ alpha: 1, gamma: 2 }', ['training.focal', { alpha: 1, gamma: 2 }]],
    ['dataset=a=b.jsonl', ['dataset', 'a=b.jsonl']],
    ['seed="7"', ['seed', '7']],
    ['model.beside=', ['model.beside', '']],
    ['model.beside=  ', ['model.beside', '']],
    ['seed=null', ['seed', null]],
  ])('reads %s', (text, change) => {
    expect(parseChange(text)).toEqual(change);
  });

  it.each(['', 'seed', '=7'])('refuses “%s”', (text) => {
    expect(() => parseChange(text)).toThrow(`studies: expected --set path=value, got “${text}”.`);
  });

  it('refuses broken YAML', () => {
    expect(() => parseChange('features.include=[verb')).toThrow(
      /^studies: --set features\.include=\[verb: expected a YAML value, got: Flow sequence/,
    );
    expect(() => parseChange('seed=*x')).toThrow(
      /^studies: --set seed=\*x: expected .*YAML.*, got: Unresolved alias/,
    );
  });
});
