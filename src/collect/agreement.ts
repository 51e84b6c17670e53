import type { Agreement } from '../dataset/agreement.js';
import type { Attribution } from './attribution/attribute.js';

/** Counts lines by the rule that found their context. Background has no opinion by time. */
export function countAgreement(rows: readonly Attribution[], mode: 'sequential' | 'concurrent'): Agreement {
  const agreement: Agreement = {};
  for (const { how, byTime, command, background } of rows) {
    agreement[how] ??= { lines: 0, timed: 0, agree: 0 };
    const rule = agreement[how];
    rule.lines++;
    if (mode === 'sequential' && !background && byTime !== undefined) {
      rule.timed++;
      if (byTime === command) rule.agree++;
    }
  }
  return agreement;
}

/** The sum of two counts. */
export function mergeAgreement(a: Agreement, b: Agreement): Agreement {
  const merged: Agreement = {};
  for (const rule of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort())
    merged[rule] = {
      lines: (a[rule]?.lines ?? 0) + (b[rule]?.lines ?? 0),
      timed: (a[rule]?.timed ?? 0) + (b[rule]?.timed ?? 0),
      agree: (a[rule]?.agree ?? 0) + (b[rule]?.agree ?? 0),
    };
  return merged;
}
