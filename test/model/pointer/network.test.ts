import { describe, expect, it } from 'vitest';
import { COLUMNS, WIDTH } from '../../../src/model/pointer/columns.js';
import { Network } from '../../../src/model/pointer/network.js';
import type { GroupedRows } from '../../../src/model/trees/boost.js';
import { randomStream } from '../../../src/random.js';

const [number] = COLUMNS.flatMap(({ kind }, f) => (kind === 'number' ? [f] : []));
const [word] = COLUMNS.flatMap(({ kind }, f) => (kind === 'word' ? [f] : []));

/** Groups of three candidates: where the word is 1 the one of the least number is right, else that of the greatest. */
function groups(count: number): GroupedRows {
  const random = randomStream(5, 'groups');
  const rows = new Float32Array(3 * count * WIDTH).fill(Number.NaN);
  const starts = Int32Array.from({ length: count + 1 }, (_, g) => 3 * g);
  const right = Int32Array.from({ length: count }, (_, g) => {
    const kind = random.integer(2);
    const numbers = [0, 1, 2].map(() => 10 ** (4 * random.next()));
    numbers.forEach((value, k) => {
      rows[(3 * g + k) * WIDTH + number!] = value;
      rows[(3 * g + k) * WIDTH + word!] = kind;
    });
    return 3 * g + numbers.indexOf(kind === 1 ? Math.min(...numbers) : Math.max(...numbers));
  });
  return { rows, kinds: COLUMNS.map(({ kind }) => kind), starts, right };
}

describe('the network', () => {
  it('learns which candidate is right, by words and numbers', () => {
    const all = groups(400);
    const network = new Network(all, { seed: 1, epochs: 12, rate: 0.01, batch: 16, hidden: [16, 8] });
    const losses = Array.from({ length: 12 }, () => network.step());
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    const fresh = groups(500);
    const out = new Float64Array(3);
    let hits = 0;
    for (let g = 400; g < 500; g++) {
      network.score(fresh.rows.subarray(3 * g * WIDTH), 3, out);
      if (3 * g + out.indexOf(Math.max(...out)) === fresh.right[g]) hits++;
    }
    expect(hits).toBeGreaterThan(85);
  });

  it('gives the same of the same seed, and something else of another', () => {
    const loss = (seed: number) => new Network(groups(50), { seed }).step();
    expect(loss(1)).toBe(loss(1));
    expect(loss(1)).not.toBe(loss(2));
  });

  it('goes down the slope that its loss has: a small step lessens it', () => {
    const one = groups(1);
    const first = new Network(one, { seed: 3, rate: 1e-4, epochs: 1000 });
    const losses = Array.from({ length: 20 }, () => first.step());
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]!);
  });

  it('goes on from a state as if it had never stopped', () => {
    const options = { seed: 4, epochs: 3, batch: 16, hidden: [8, 4] as [number, number] };
    const whole = new Network(groups(40), options);
    const [, second] = [whole.step(), whole.step(), whole.step()];
    const begun = new Network(groups(40), options);
    begun.step();
    const later = new Network(groups(40), options);
    later.assign(begun.state());
    expect(later.step()).toBe(second);
    later.step();
    expect(later.state()).toEqual(whole.state());
  });

  it('stays finite whatever is missing or unknown', () => {
    const network = new Network(groups(20), { seed: 1 });
    network.step();
    const out = new Float64Array(1);
    network.score(new Float32Array(WIDTH).fill(Number.NaN), 1, out);
    expect(Number.isFinite(out[0])).toBe(true);
  });
});
