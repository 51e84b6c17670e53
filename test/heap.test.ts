import { describe, expect, it } from 'vitest';
import { SmallHeap } from '../src/heap.js';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

/** A heap that grows by 10 MB an item, and of which a collection leaves what `left` says; when it was collected. */
async function collections(count: number, left: (at: number) => number): Promise<number[]> {
  const at: number[] = [];
  let used = 0;
  let item = 0;
  const options = {
    used: () => used,
    collect: () => {
      at.push(item);
      used = left(item);
    },
  };
  for await (const one of new SmallHeap(options).along(numbers(count))) {
    item = one;
    used += 10e6;
  }
  return at;
}

describe('SmallHeap', () => {
  it('hands on all that comes, in order', async () => {
    const given: number[] = [];
    for await (const one of new SmallHeap().along(numbers(5))) given.push(one);
    expect(given).toEqual([0, 1, 2, 3, 4]);
  });

  it('leaves a small heap to itself', async () => {
    expect(await collections(19, () => 0)).toEqual([]);
  });

  it('collects a heap that has grown, and then whenever 40 MB have come to what was left', async () => {
    expect(await collections(60, () => 150e6)).toEqual([19, 24, 29, 34, 39, 44, 49, 54, 59]);
  });

  it('waits for 15 % where much is held, so that it does not collect all the time', async () => {
    expect(await collections(100, () => 600e6)).toEqual([19, 29, 39, 49, 59, 69, 79, 89, 99]);
  });

  it('frees what nobody holds', async () => {
    const made = (): WeakRef<object> => new WeakRef({ large: 'x' });
    const held: WeakRef<object>[] = [];
    for await (const one of new SmallHeap({ small: 1 }).along(numbers(6))) {
      if (one === 0) held.push(made());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(held.map((one) => one.deref())).toEqual([undefined]);
  });
});
