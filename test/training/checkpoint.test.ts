import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MADE, removeCheckpoints, shelfIn } from '../../src/training/checkpoint.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

it('a shelf gives what was put there last, nothing where it is damaged, and goes with the checkpoints', async () => {
  const folder = join(folders.make(), 'checkpoint');
  const shelf = shelfIn(folder);
  expect(await shelf.read()).toEqual({});
  const tensors = { 'a/b': { shape: [2], data: Float32Array.of(1, 0.5) } };
  await shelf.write({ other: { shape: [1], data: Float32Array.of(3) } });
  await shelf.write(tensors);
  expect(await shelfIn(folder).read()).toEqual(tensors);
  appendFileSync(join(folder, MADE), 'x');
  expect(await shelf.read()).toEqual({});
  await removeCheckpoints(folder);
  expect(existsSync(folder)).toBe(false);
});
