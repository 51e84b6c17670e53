import { expect, it } from 'vitest';
import { thinkingTime } from '../../../src/collect/plan/thinking.js';
import { randomStream } from '../../../src/random.js';

const mean = (clock: number): number => {
  const random = randomStream(7, 'thinking');
  const draws = Array.from({ length: 500 }, () => thinkingTime(clock, random));
  return draws.reduce((a, b) => a + b, 0) / draws.length;
};

it('takes longer at night than in the morning', () => {
  const morning = mean(2 * 12_000);
  const night = mean(18 * 12_000);
  expect(night).toBeGreaterThan(2 * morning);
});
