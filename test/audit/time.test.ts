import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microsOf } from '../../src/audit/time.js';

/** What `microsOf` says without its short way. */
function byDate(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return 1000 * Date.parse(time.replace(/\.\d+/, '')) + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

describe('microsOf', () => {
  it.each([
    ['1970-01-01T00:00:01.000002Z', 1_000_002],
    ['1970-01-01T00:00:01Z', 1_000_000],
    ['1970-01-01T00:00:01.5Z', 1_500_000],
    ['1970-01-01T00:00:01.1234567Z', 1_123_456],
    ['1970-01-01T01:00:01.000002+01:00', 1_000_002],
    ['1969-12-31T23:59:59.999999Z', -1],
  ])('reads %s', (time, micros) => {
    expect(microsOf(time)).toBe(micros);
  });

  it('reads times of one minute after another as it reads each alone', () => {
    const part = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const time = fc
      .tuple(
        fc.constantFrom('2026-01-31', '2024-02-29', '2026-02-30', '1969-07-20'),
        part(24),
        part(60),
        part(61),
      )
      .map(([date, hour, minute, second]) => `${date}T${hour}:${minute}:${second}`);
    const fraction = fc.nat({ max: 999_999 }).map((n) => `.${String(n).padStart(6, '0')}`);
    const ends = fc.tuple(
      fc.oneof(fraction, fc.constantFrom('', '.1', '.12345x')),
      fc.constantFrom('Z', 'z', '+02:00'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(time, ends)), (times) => {
        for (const [begin, end] of times) {
          const text = begin + end.join('');
          expect(microsOf(text)).toBe(byDate(text));
        }
      }),
    );
  });
});
