import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Tail } from '../../src/files/tail.js';

it('gives lines once they are whole, also when a character is cut', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tail-')), 'log');
  writeFileSync(file, 'old\n');
  const tail = new Tail(file);
  expect([...tail.read()]).toEqual([]);
  const bytes = Buffer.from('naïve\nnext');
  appendFileSync(file, bytes.subarray(0, 3));
  expect([...tail.read()]).toEqual([]);
  appendFileSync(file, bytes.subarray(3));
  expect([...tail.read()]).toEqual(['naïve']);
  expect(tail.position).toBe('old\nnaïve\n'.length + 1);
  appendFileSync(file, '\n');
  expect([...tail.read()]).toEqual(['next']);
  tail.close();
});

it('begins at a byte on request', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tail-')), 'log');
  writeFileSync(file, 'one\ntwo\n');
  expect([...new Tail(file, 4).read()]).toEqual(['two']);
});
