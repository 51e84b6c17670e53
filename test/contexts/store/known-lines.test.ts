import { describe, expect, it } from 'vitest';
import { identityOf, KnownLines } from '../../../src/contexts/store/known-lines.js';
import type { Part } from '../../../src/contexts/store/manifest.js';

/** Ten parts of ten lines, each as long in time as the log, as where a clock went wrong. */
const PARTS = Array.from({ length: 10 }, (_, i) => ({ name: String(i), received: [0, 1e9] }) as Part);
const linesOf = ({ name }: Part) =>
  new Map(
    Array.from({ length: 10 }, (_, i) => [
      identityOf(`${name}/${i}`),
      { line: Number(name) * 10 + i, context: null },
    ]),
  );

describe('the lines that a store holds', () => {
  it('are found, and each part is read but once more for its own lines, though all cover the same time', async () => {
    let reads = 0;
    const known = new KnownLines(PARTS, async (part) => {
      reads++;
      return linesOf(part);
    });
    expect(await known.find(identityOf('none'), 5)).toBeUndefined();
    expect(reads).toBe(10);
    for (let line = 0; line < 100; line++)
      expect((await known.find(identityOf(`${Math.floor(line / 10)}/${line % 10}`), 5))?.line).toBe(line);
    for (let i = 0; i < 100; i++) expect(await known.find(identityOf(`new ${i}`), 5)).toBeUndefined();
    expect(reads).toBeLessThanOrEqual(20);
  });

  it('are not looked for in parts of another time', async () => {
    const known = new KnownLines(PARTS, async () => {
      throw new Error('read');
    });
    expect(await known.find(identityOf('0/0'), -1)).toBeUndefined();
  });
});
