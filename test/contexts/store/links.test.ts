import { describe, expect, it } from 'vitest';
import { Links } from '../../../src/contexts/store/links.js';
import { contextsBy, request } from '../log.js';

describe('links', () => {
  it('keep the reason of every line, of more than 65,536 that differ', async () => {
    const [context] = await contextsBy([request(0, 'ann', 'create', 'pods/shop/web')]);
    const lines = Array.from({ length: 70_000 }, (_, line) => line);
    const links = new Links();
    links.add({ ...context!, lines, reasons: lines.map((line) => `made ${line} ms before`) });
    expect([0, 65_534, 65_535, 65_536, 69_999].map((line) => links.reasonOf(line))).toEqual(
      [0, 65_534, 65_535, 65_536, 69_999].map((line) => `made ${line} ms before`),
    );
  });

  it('keep what is known of every context, of more than fit together', async () => {
    const [context] = await contextsBy([request(0, 'ann', 'create', 'pods/shop/web')]);
    const links = new Links();
    for (let i = 0; i < 20_000; i++)
      links.add({ ...context!, trigger: { ...context!.trigger, line: 3 * i }, lines: [3 * i], more: i });
    expect(links.contexts).toBe(20_000);
    for (const i of [0, 16_383, 16_384, 19_999]) {
      expect(links.noteOf(3 * i)?.lines).toBe(i + 1);
      expect(links.contextOf(3 * i)).toBe(3 * i);
      expect([links.noteOf(3 * i + 1), links.contextOf(3 * i + 1), links.reasonOf(3 * i + 1)]).toEqual([
        ...[undefined, null, null],
      ]);
    }
    expect([links.noteOf(1e9), links.causeOf(1e9)]).toEqual([undefined, null]);
  });
});
