import { expect, it } from 'vitest';
import { brokenSeal, sealedJson } from '../../src/files/seal.js';

it('sees whatever bit of a sealed file was turned over, unless it is no JSON any more or says the same', () => {
  const value = { epochs: 12, rate: 0.004, loss: Number.NaN, names: ['a'], nested: { sha256: 'own' } };
  const text = sealedJson(value);
  expect(brokenSeal(JSON.parse(text))).toBeNull();
  expect(sealedJson(JSON.parse(text))).toBe(text);
  const sound = JSON.stringify(JSON.parse(sealedJson(value)));
  let seen = 0;
  for (let bit = 0; bit < 8 * text.length; bit++) {
    const bytes = Buffer.from(text);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    let read: Record<string, unknown>;
    try {
      read = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    } catch {
      continue;
    }
    const { sha256, ...rest } = read;
    const { sha256: _, ...whole } = JSON.parse(sound) as Record<string, unknown>;
    if (sha256 === undefined || JSON.stringify(read) === sound) {
      const { sha256: __, ...others } = rest as Record<string, unknown>;
      expect(others).toMatchObject(whole);
      continue;
    }
    expect(brokenSeal(read)?.expected).toMatch(/^sha256 ".*" of all else in it$/);
    seen++;
  }
  expect(seen).toBeGreaterThan(100);
});

it('takes what has no seal, as older files have none', () => {
  expect(brokenSeal({ a: 1 })).toBeNull();
});
