import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/model/bilstm/session.js';
import { LabelSequence, type RowLabels } from '../../../src/model/bilstm/window-vote.js';
import { CLASSES, codeOf, PARTS, stubSession } from './session-stub.js';

/** Labels rows that come in pieces of these lengths; those so far are asked for after pieces of these numbers. */
async function labelInPieces(
  session: Session,
  rows: readonly number[],
  pieces: readonly number[],
  options: { stride: number; batch?: number },
  ends: readonly number[] = [],
): Promise<RowLabels> {
  const sequence = new LabelSequence(session, options);
  const all: RowLabels = { codes: [], confidence: [] };
  const keep = ({ codes, confidence }: RowLabels): void => {
    all.codes.push(...codes);
    all.confidence.push(...confidence);
  };
  let from = 0;
  for (let i = 0; from < rows.length; i++) {
    const length = pieces.length === 0 ? rows.length : pieces[i % pieces.length]!;
    keep(await sequence.push(Float32Array.from(rows.slice(from, from + length))));
    from += length;
    if (!ends.includes(i)) continue;
    keep(await sequence.end());
    expect(all.codes).toHaveLength(Math.min(from, rows.length));
  }
  keep(await sequence.end());
  return all;
}

/** A guess that hangs on the line, its neighbour and its place in the window. */
const moody = (rows: readonly number[], at: number, part: number) => ({
  class: (rows[at]! + (rows[at - 1] ?? 0) + (at < 2 ? part : 0)) % CLASSES,
  probability: 0.5 + (at % 4) / 16,
});

const sizes = fc
  .record({ window: fc.integer({ min: 1, max: 8 }), batch: fc.integer({ min: 1, max: 5 }), part: fc.nat() })
  .map(({ window, batch, part }) => ({ window, batch, stride: 1 + (part % window) }));
const log = fc.array(fc.integer({ min: 0, max: CLASSES - 1 }), { maxLength: 40 });
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });

describe('labelling rows as they come', () => {
  it('gives every row a label, in order', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, log, pieces, async ({ window, ...options }, rows, cuts) => {
        const session = stubSession(window, (all, at) => ({ class: all[at]!, probability: 0.5 }));
        const { codes, confidence } = await labelInPieces(session, rows, cuts, options);
        expect(codes).toEqual(rows.map((row) => codeOf([row, row, row, row, row])));
        expect(confidence).toEqual(rows.map(() => 0.5 ** PARTS));
      }),
    );
  });

  it('gives every row one label, in order, wherever those so far are asked for', async () => {
    const ends = fc.array(fc.nat(12), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, log, pieces, ends, async ({ window, ...options }, rows, cuts, at) => {
        const session = stubSession(window, (all, i) => ({ class: all[i]!, probability: 0.5 }));
        const { codes } = await labelInPieces(session, rows, cuts, options, at);
        expect(codes).toEqual(rows.map((row) => codeOf([row, row, row, row, row])));
      }),
    );
  });

  it('does not depend on the pieces in which rows come, nor on how many windows are predicted at once', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, log, pieces, async ({ window, stride, batch }, rows, cuts) => {
        const session = stubSession(window, moody);
        const whole = await labelInPieces(session, rows, [], { stride, batch: 1000 });
        expect(await labelInPieces(session, rows, cuts, { stride, batch })).toEqual(whole);
      }),
    );
  });

  it('gives each row what most of its windows say, and the mean probability that they give it', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, log, pieces, async ({ window, stride, batch }, rows, cuts) => {
        const { codes, confidence } = await labelInPieces(stubSession(window, moody), rows, cuts, {
          stride,
          batch,
        });
        const size = Math.min(window, rows.length);
        const last = rows.length - size;
        const starts = [
          ...new Set([...Array(last + 1).keys()].filter((s) => s % stride === 0 || s === last)),
        ];
        rows.forEach((_, row) => {
          const guesses = starts
            .filter((start) => start <= row && row < start + size)
            .map((start) =>
              [...Array(PARTS).keys()].map((part) =>
                moody(rows.slice(start, start + size), row - start, part),
              ),
            );
          const votes = guesses.map((parts) => codeOf(parts.map((part) => part.class)));
          const count = (code: number): number => votes.filter((vote) => vote === code).length;
          const most = Math.max(...votes.map(count));
          expect(codes[row]).toBe(votes.find((vote) => count(vote) === most));
          const joint = guesses.map((parts) =>
            parts.reduce((product, { class: best, probability }, part) => {
              const voted = Math.floor(codes[row]! / CLASSES ** (PARTS - 1 - part)) % CLASSES;
              return product * (voted === best ? probability : (1 - probability) / (CLASSES - 1));
            }, 1),
          );
          expect(confidence[row]).toBeCloseTo(joint.reduce((a, b) => a + b, 0) / joint.length, 6);
        });
      }),
    );
  });

  it('makes one shorter window of fewer rows than a window', async () => {
    const session = stubSession(6, (rows, at) => ({ class: rows[at]!, probability: 0.9 }));
    await labelInPieces(session, [0, 1, 2], [], { stride: 2 });
    expect(session.shapes).toEqual([[3, 1]]);
  });

  it('ends with a window that ends at the last row', async () => {
    const session = stubSession(4, (rows, at) => ({ class: rows[at]!, probability: 0.9 }));
    await labelInPieces(session, [0, 1, 2, 3, 0, 1, 2, 3, 0], [], { stride: 4 });
    expect(session.shapes).toEqual([[4, 3]]);
  });

  it('gives nothing for nothing', async () => {
    const session = stubSession(4, moody);
    expect(await labelInPieces(session, [], [], { stride: 1 })).toEqual({ codes: [], confidence: [] });
    expect(session.shapes).toEqual([]);
  });
});
