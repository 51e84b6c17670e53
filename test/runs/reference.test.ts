import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isReference, referenceFolders, refuseReference } from '../../src/runs/reference.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

describe('reference records', () => {
  it('are what lies below results/reference, however one gets there', () => {
    const root = folders.make();
    const own = join(root, 'results/reference/a');
    mkdirSync(own, { recursive: true });
    symlinkSync(own, join(root, 'link'));
    expect(isReference(own)).toBe(true);
    expect(isReference(join(own, 'not/there/yet'))).toBe(true);
    expect(isReference(join(root, 'link', 'deeper'))).toBe(true);
    expect(isReference('results/reference')).toBe(true);
    for (const other of ['results', 'results/own', 'results/reference-2', 'reference', '/'])
      expect(isReference(other), other).toBe(false);
  });

  it('are written only when that is asked for', () => {
    expect(() => refuseReference('results/own', false, 'x')).not.toThrow();
    expect(() => refuseReference('results/reference/a', true, 'x')).not.toThrow();
    expect(() => refuseReference('results/reference/a', false, 'Name another folder with --out')).toThrow(
      'studies: expected a folder of your own to write to, got results/reference/a, which holds reference records.',
    );
  });

  it('are those of this program', () => {
    expect(referenceFolders()).toContain(join('results/reference', 'window-size'));
  });
});
