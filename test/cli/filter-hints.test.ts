import { describe, expect, it } from 'vitest';
import { FilterHints } from '../../src/cli/filter-hints.js';
import type { Context } from '../../src/contexts/context.js';

const by = (actor: string, background: boolean): Context =>
  ({
    ...{ actor, background, outcome: 'done', from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:01Z' },
    trigger: { verb: 'get', objectRef: { namespace: 'shop' } },
  }) as Context;

/** What is said of an actor that no context has. */
function hintOf(actor: string, contexts: readonly Context[]): string[] {
  const hints = new FilterHints({ actor });
  for (const context of contexts) hints.add(context);
  return [...hints.hints()];
}

const nodes = Array.from({ length: 8 }, (_, i) => by(`system:node:kube-admin-${i}`, true));
const people = [by('system:serviceaccount:ci:robot', false), by('kubernetes-admin', false)];

describe('the hints of a filter', () => {
  it('mean a person by most of its letters, and not the node whose name begins with them', () => {
    expect(hintOf('kube-admin', [...nodes, ...people])).toEqual([
      'No context has the actor kube-admin. Did you mean kubernetes-admin?',
    ]);
    expect(hintOf('kubernets-admin', [...nodes, ...people])[0]).toContain('Did you mean kubernetes-admin?');
  });

  it('name people first, then programs that did something, and background last', () => {
    expect(hintOf('zz', [...nodes, ...people])).toEqual([
      'No context has the actor zz; there are kubernetes-admin, system:serviceaccount:ci:robot, system:node:kube-admin-0, system:node:kube-admin-1, system:node:kube-admin-2, system:node:kube-admin-3, ….',
    ]);
  });
});
