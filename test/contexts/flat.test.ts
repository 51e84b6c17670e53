import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat } from '../../src/contexts/flat.js';

describe('a text in one piece', () => {
  it('says the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        (parts) => flat(parts.join('')) === parts.join(''),
      ),
    );
    expect(['', 'a', '\ud800', '\0'].map(flat)).toEqual(['', 'a', '\ud800', '\0']);
  });
});
