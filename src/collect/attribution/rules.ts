import type { Ledger } from './ledger.js';
import { OBJECT_RULES } from './object-rules.js';
import type { Request } from './request.js';
import type { CascadeRule } from './rule.js';
import { SERVING_RULES } from './serving-rules.js';
import { WORKLOAD_RULES } from './workload-rules.js';

/** The rules, in the order in which they are asked; the first that answers is believed. */
export const CASCADE_RULES: readonly CascadeRule[] = [...SERVING_RULES, ...WORKLOAD_RULES, ...OBJECT_RULES];

/**
 * Follows a request back to its cause.
 *
 * @returns The rule that answered and the context it names, or null when none does.
 */
export function followBack(
  request: Request,
  ledger: Ledger,
): { rule: string; context: string; doubtful: boolean } | null {
  for (const { id, find } of CASCADE_RULES) {
    const mark = find(request, ledger);
    if (mark) return { rule: id, context: mark.context, doubtful: mark.doubtful ?? false };
  }
  return null;
}
