import type { LeakReport } from './leak.js';

/** What may be said of a split in two words. */
export type LeakWord = 'leaks' | 'shares no line' | 'leak-free';

/**
 * The word for a split: `leak-free` only where no test line is in training and no context goes from training on into the test part. A context
 * lies in one capture, so that a split by capture cuts none; of other splits the record must have counted none.
 *
 * @example leakWord({ verdict: 'leak-free', protocol: 'blocked' }) // 'shares no line'
 */
export function leakWord({
  verdict,
  protocol,
  straddling,
}: Pick<LeakReport, 'verdict' | 'protocol' | 'straddling'>): LeakWord {
  if (verdict === 'leaks') return 'leaks';
  return protocol === 'capture' || straddling?.lines === 0 ? 'leak-free' : 'shares no line';
}
