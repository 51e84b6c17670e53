import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { bitFlips } from './flips.js';
import { adverseLines } from './lines.js';
import { MUTATIONS, mutate } from './mutate.js';
import { faultOf } from './outcome.js';
import { adverseStores } from './stores.js';

describe('the adversary, in small; at large it is run.ts', () => {
  it('finds nothing in mutated lines through label', async () => {
    const { tried, ends, failures } = await adverseLines({ seed: 1, lines: 2000 });
    expect(failures).toEqual([]);
    expect(tried).toBe(2000);
    for (const name of Object.keys(MUTATIONS)) expect(ends[name]).toBeGreaterThan(0);
  });

  it('finds nothing in hostile lines through contexts, stores, questions and exports', async () => {
    const { tried, ends, failures } = await adverseStores({ seed: 1, lines: 1600, size: 200 });
    expect(failures).toEqual([]);
    expect(tried).toBe(1600);
    for (const end of [
      'lines that came back from a store',
      'questions answered alike',
      'lines exported as otlp',
    ])
      expect(ends[end]).toBeGreaterThan(0);
  });

  it('finds nothing in bits turned over', async () => {
    const { tried, failures } = await bitFlips({ seed: 1, flips: 27 });
    expect(failures).toEqual([]);
    expect(tried).toBe(27);
  });

  it('draws the same mutations for the same seed, and mutates', () => {
    const line = Buffer.from('{"auditID":"a","verb":"get","user":{"groups":["g"]}}');
    const draw = (seed: number) => {
      const random = randomStream(seed, 'test');
      return Array.from({ length: 50 }, () => mutate(line, random));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1).filter(({ bytes }) => !bytes.equals(line)).length).toBeGreaterThan(40);
  });

  it('takes no internal error, and no error without its place, for an end', () => {
    expect(faultOf(new TypeError('x is undefined'), ['a.json'])).toMatch(/^an internal error: TypeError/);
  });
});
