import { describe, expect, it } from 'vitest';
import { OrderBuffer } from '../../src/labeling/order-buffer.js';

const DAY = 86_400e6;

function bufferOf(micros: readonly number[]): OrderBuffer<number> {
  const buffer = new OrderBuffer<number>();
  for (const at of micros) buffer.push(at, at);
  return buffer;
}

describe('OrderBuffer', () => {
  it('hands on what was received first', () => {
    const buffer = new OrderBuffer<string>();
    buffer.push('b', 2);
    buffer.push('a', 1);
    buffer.push('c', 3);
    expect(buffer.release(2)).toEqual(['a', 'b']);
    expect(buffer.length).toBe(1);
  });

  it('takes a line that is a day ahead out, wherever it stands, and no other', () => {
    for (const place of [0, 3, 6]) {
      const times = [1, 2, 3, 4, 5, 6, 7, 8, 9];
      times.splice(place, 0, DAY);
      const buffer = bufferOf(times);
      expect(buffer.releaseAhead(1000)).toEqual([DAY]);
      expect(buffer.release(9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('takes two of them out that stand together', () => {
    expect(bufferOf([1, 2, DAY, DAY + 1, 3, 4, 5, 6]).releaseAhead(1000)).toEqual([DAY, DAY + 1]);
  });

  it('leaves a log alone that goes on after a night, or with one line from long before', () => {
    expect(bufferOf([1, 2, 3, DAY, DAY + 1, DAY + 2, DAY + 3]).releaseAhead(1000)).toEqual([]);
    expect(bufferOf([DAY, DAY + 1, 1, DAY + 2, DAY + 3]).releaseAhead(1000)).toEqual([]);
  });

  it('takes a line out that too many have overtaken', () => {
    const buffer = bufferOf([9, 1, 2, 3, 4]);
    expect(buffer.releaseAhead(5)).toEqual([]);
    expect(buffer.releaseAhead(4)).toEqual([9]);
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
    for (const at of [4, 5, 6]) buffer.push(at, at);
    expect(buffer.releaseAhead(1000)).toEqual([DAY]);
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
