import { describe, expect, it } from 'vitest';
import { OrderBuffer } from '../../src/labeling/order-buffer.js';

const DAY = 86_400e6;
const row = Float32Array.of(0);

function bufferOf(micros: readonly number[]): OrderBuffer<number> {
  const buffer = new OrderBuffer<number>(1);
  for (const at of micros) buffer.push(at, at, row);
  return buffer;
}

describe('OrderBuffer', () => {
  it('hands on what was received first, with its row', () => {
    const buffer = new OrderBuffer<string>(2);
    buffer.push('b', 2, Float32Array.of(2, 20));
    buffer.push('a', 1, Float32Array.of(1, 10));
    buffer.push('c', 3, Float32Array.of(3, 30));
    expect(buffer.release(2)).toMatchObject({ items: ['a', 'b'], rows: Float32Array.of(1, 10, 2, 20) });
    expect(buffer.length).toBe(1);
  });

  it('takes a line that is a day ahead out, wherever it stands, and no other', () => {
    for (const place of [0, 3, 6]) {
      const times = [1, 2, 3, 4, 5, 6, 7, 8, 9];
      times.splice(place, 0, DAY);
      const buffer = bufferOf(times);
      expect(buffer.releaseAhead(1000).items).toEqual([DAY]);
      expect(buffer.release(9).items).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('takes two of them out that stand together', () => {
    expect(bufferOf([1, 2, DAY, DAY + 1, 3, 4, 5, 6]).releaseAhead(1000).items).toEqual([DAY, DAY + 1]);
  });

  it('leaves a log alone that goes on after a night, or with one line from long before', () => {
    expect(bufferOf([1, 2, 3, DAY, DAY + 1, DAY + 2, DAY + 3]).releaseAhead(1000).items).toEqual([]);
    expect(bufferOf([DAY, DAY + 1, 1, DAY + 2, DAY + 3]).releaseAhead(1000).items).toEqual([]);
  });

  it('takes a line out that too many have overtaken', () => {
    const buffer = bufferOf([9, 1, 2, 3, 4]);
    expect(buffer.releaseAhead(5).items).toEqual([]);
    expect(buffer.releaseAhead(4).items).toEqual([9]);
  });

  it('counts as settled what came before the mark, and what was received before that', () => {
    const buffer = bufferOf([10, 30, 20, 40]);
    expect(buffer.settled(0)).toBe(0);
    expect(buffer.settled(1)).toBe(1);
    expect(buffer.settled(2)).toBe(3);
    expect(buffer.settled(4)).toBe(4);
  });

  it('waits on with a line that seems to be ahead until the next ones tell', () => {
    const buffer = bufferOf([1, 2, 3, DAY]);
    expect(buffer.settled(4)).toBe(3);
    buffer.release(3);
    expect(buffer.settled(4)).toBe(0);
    for (const at of [4, 5, 6]) buffer.push(at, at, row);
    expect(buffer.releaseAhead(1000).items).toEqual([DAY]);
    const night = bufferOf([1, 2, 3, DAY, DAY + 1, DAY + 2, DAY + 3, DAY + 4, DAY + 5]);
    expect(night.settled(9)).toBe(9);
  });

  it('calls a line late that was received before one that has left, but not a log that begins anew', () => {
    const buffer = bufferOf([10, 20, 30]);
    buffer.release(2);
    expect([buffer.isLate(15, 40), buffer.isLate(20), buffer.isLate(25)]).toEqual([true, false, false]);
    expect([1, 2, 3, 4, 5, 6].map((at) => buffer.isLate(at))).toEqual([true, true, true, true, true, false]);
  });
});
