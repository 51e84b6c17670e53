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
});
