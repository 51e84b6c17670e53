import type { RandomStream } from '../../random.js';

/** How busy each hour of a day is, 1 the busiest: quiet nights, a lunch, an evening. */
const ACTIVITY = [
  0.15, 0.1, 0.1, 0.1, 0.1, 0.15, 0.3, 0.6, 0.9, 1, 1, 0.9, 0.5, 0.8, 1, 1, 0.9, 0.7, 0.5, 0.4, 0.35, 0.3,
  0.25, 0.2,
];

export interface PaceOptions {
  /** Mean milliseconds between two commands of a person in the busiest hour. Default 1500. */
  think?: number;
  /** Milliseconds that an hour of the day is squeezed into. Default 12,000, a day in under five minutes. */
  hour?: number;
}

/**
 * How long a person thinks before the next command: exponential, longer in quiet hours.
 *
 * @param clock Milliseconds since the beginning, which is eight in the morning.
 * @returns Milliseconds.
 */
export function thinkingTime(
  clock: number,
  random: RandomStream,
  { think = 1500, hour = 12_000 }: PaceOptions = {},
): number {
  const activity = ACTIVITY[(8 + Math.floor(clock / hour)) % ACTIVITY.length]!;
  const mean = think / activity;
  return Math.round(Math.min(-Math.log(1 - random.next()) * mean, 6 * think));
}
