import type { BackgroundRule } from '../../../audit/background.js';
import { OBJECT_RULES } from './objects.js';
import type { Asked, IdentityRule, RuleAnswer } from './rule.js';
import { SERVING_RULES } from './serving.js';
import { WORKLOAD_RULES } from './workloads.js';

/** The rules of identity, in the order in which they are asked; the first that answers is believed. */
export const IDENTITY_RULES: readonly IdentityRule[] = [...SERVING_RULES, ...WORKLOAD_RULES, ...OBJECT_RULES];

/** Ids of all rules: what may be switched off. */
export const RULE_IDS: readonly string[] = ['background', ...IDENTITY_RULES.map(({ id }) => id)];

/**
 * Asks the rules of identity about a line of the control plane.
 *
 * @param off Ids of rules that are not asked.
 * @returns The first answer, or null when none has one.
 */
export function askRules(asked: Asked, off: ReadonlySet<string> = new Set()): RuleAnswer | null {
  if (asked.request.background && !off.has('background')) return { id: 'background', cause: null };
  for (const { id, find } of IDENTITY_RULES) {
    if (off.has(id)) continue;
    const mark = find(asked);
    if (mark) return { id, cause: mark.cause };
  }
  return null;
}

/** What a rule says, in words. */
export function whyOf(id: string, background: BackgroundRule | null): string {
  if (id === 'background') return background?.why ?? 'it comes by the clock';
  return IDENTITY_RULES.find((rule) => rule.id === id)?.why ?? id;
}
