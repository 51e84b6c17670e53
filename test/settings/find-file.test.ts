import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { findPath, PROGRAM } from '../../src/files/program.js';
import { findExperiment } from '../../src/settings/find-file.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
const home = process.cwd();
afterEach(() => process.chdir(home));
afterAll(folders.clear);

describe('findExperiment', () => {
  it('finds the program’s own files by name and by path, from any folder', () => {
    process.chdir(folders.make());
    const own = join(PROGRAM, 'experiments/fast.config.yaml');
    expect(findExperiment('fast', 'config')).toBe(own);
    expect(findExperiment('experiments/fast.config.yaml', 'config')).toBe(own);
    expect(findExperiment('window-size', 'study')).toBe(join(PROGRAM, 'experiments/window-size.study.yaml'));
    expect(findPath('datasets/first-light')).toBe(join(PROGRAM, 'datasets/first-light'));
    expect(findPath('nowhere/at-all')).toBe('nowhere/at-all');
  });

  it('prefers what lies beside, and what lies where one stands', () => {
    const beside = folders.make();
    writeFileSync(join(beside, 'fast.config.yaml'), '');
    expect(findExperiment('fast', 'config', beside)).toBe(join(beside, 'fast.config.yaml'));
    process.chdir(beside);
    expect(findExperiment('fast.config.yaml', 'config')).toBe('fast.config.yaml');
  });

  it('names what there is, or the nearest of it', () => {
    expect(() => findExperiment('papr', 'config')).toThrow('expected a settings file, got no readable papr.');
    const hint = (said: string): string | undefined => {
      try {
        return findExperiment(said, 'config');
      } catch (error) {
        return (error as { hint?: string }).hint;
      }
    };
    expect(hint('papr')).toBe('Did you mean paper?');
    expect(hint('some/where.yaml')).toBe('Name a file, or one of these: fast, fast-1, paper.');
  });
});
