import { describe, expect, it } from 'vitest';
import { SILENCE, withSilence } from '../../src/labeling/silence.js';

/** Items that come when they are let go. */
function gate<T>(): { items: AsyncIterable<T>; give(item: T): void; end(): void } {
  const queue: (T | undefined)[] = [];
  let wake = (): void => {};
  const push = (item: T | undefined): void => {
    queue.push(item);
    wake();
  };
  return {
    items: (async function* () {
      for (;;) {
        if (queue.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        const item = queue.shift();
        if (item === undefined) return;
        yield item;
      }
    })(),
    give: push,
    end: () => push(undefined),
  };
}

describe('withSilence', () => {
  it('gives all items in order, and silence only where none comes', async () => {
    const { items, give, end } = gate<number>();
    const seen: (number | typeof SILENCE)[] = [];
    give(1);
    give(2);
    for await (const item of withSilence(items, 5)) {
      seen.push(item);
      if (item !== SILENCE) continue;
      const silences = seen.filter((one) => one === SILENCE).length;
      if (silences === 1) give(3);
      if (silences === 2) end();
    }
    expect(seen).toEqual([1, 2, SILENCE, 3, SILENCE]);
  });

  it('says nothing of silence while items are there', async () => {
    const many = (async function* () {
      for (let i = 0; i < 500; i++) yield i;
    })();
    const seen: unknown[] = [];
    for await (const item of withSilence(many, 10_000)) seen.push(item);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  it('passes on what goes wrong', async () => {
    const broken = (async function* () {
      yield 1;
      throw new Error('broken');
    })();
    const read = async (): Promise<void> => {
      for await (const _ of withSilence(broken, 10_000));
    };
    await expect(read()).rejects.toThrow('broken');
  });

  it('does not wait for an item that never comes when its reader stops', async () => {
    const { items } = gate<number>();
    for await (const item of withSilence(items, 1)) {
      expect(item).toBe(SILENCE);
      break;
    }
  });
});
