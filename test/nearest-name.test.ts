import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../src/nearest-name.js';

describe('nearestName', () => {
  it.each([
    ['windw', ['window', 'model'], 'window'],
    ['batchsize', ['epochs', 'batchSize'], 'batchSize'],
    ['sede', ['seed', 'split'], 'seed'],
    ['sed', ['seed', 'split'], 'seed'],
    ['modle', ['model', 'mode'], 'model'],
    ['fail', ['done', 'failed'], 'failed'],
    ['fa', ['failed'], null],
    ['x', ['seed'], null],
    ['colour', ['size', 'stride'], null],
    ['seed', [], null],
  ])('of %s among %j is %s', (name, known, near) => {
    expect(nearestName(name, known)).toBe(near);
  });

  it('of a known name is itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (names, i) => {
        const known = [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
        const name = known[i % known.length]!;
        expect(nearestName(name, known)).toBe(name);
      }),
    );
  });

  it('finds a name with one letter lost, added or changed', () => {
    const name = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('', 'q', 'qq'), (known, at, put) => {
        const i = at % known.length;
        const typed =
          put === 'qq'
            ? `${known.slice(0, i)}q${known.slice(i)}`
            : known.slice(0, i) + put + known.slice(i + 1);
        expect(nearestName(typed, [known])).toBe(known);
      }),
    );
  });
});
