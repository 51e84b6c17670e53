import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { team } from '../../../src/collect/capture/people.js';
import { loadCatalog } from '../../../src/collect/plan/catalog.js';
import { type PlanOptions, planSteps, type Step } from '../../../src/collect/plan/steps.js';

const catalog = await loadCatalog();
const nodes = ['worker-1', 'worker-2'];
const plan = (options: Partial<PlanOptions>): Step[] =>
  planSteps({ catalog, seed: 7, actions: 40, people: team(1), nodes, ...options });

describe('planSteps', () => {
  it('gives the same commands for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), fc.boolean(), (seed, people, shared) => {
        const options = { seed, people: team(people), shared };
        expect(plan(options)).toEqual(plan(options));
      }),
      { numRuns: 20 },
    );
  });

  it('gives other commands for another seed', () => {
    expect(plan({ seed: 8 })).not.toEqual(plan({ seed: 7 }));
  });

  it('fills every placeholder but the certificate request, which the run fills', () => {
    const text = JSON.stringify(plan({ actions: 2000, people: team(6) }));
    expect([
      ...new Set(text.match(/\{(it|name|Name|stem|Stem|kind|word|number|ns|node|part|patch|csr)\}/g)),
    ]).toEqual(['{csr}']);
  });

  it('plans all that it is asked for, in order of time, and lets everybody work', () => {
    const steps = plan({ actions: 600, people: team(6) });
    expect(steps.length).toBeGreaterThanOrEqual(600);
    expect(steps.map(({ index }) => index)).toEqual(steps.map((_, i) => i));
    expect(steps.every(({ at }, i) => i === 0 || at >= steps[i - 1]!.at)).toBe(true);
    expect(new Set(steps.map(({ person }) => person)).size).toBe(6);
  });

  it('covers the catalog when there is time', () => {
    const steps = plan({ actions: 1500, people: team(3) });
    expect(new Set(steps.map(({ action }) => action)).size).toBeGreaterThan(400);
  });

  it('draws names that do not tell which action made them', () => {
    const words = new Set(
      catalog.actions.flatMap(({ id }) => id.split(/[/-]/)).filter((word) => word.length > 3),
    );
    const steps = plan({ actions: 400 });
    const names = steps
      .filter(({ action }) => action === 'configmaps/from-literals' || action === 'deployments/from-image')
      .map(({ argv }) => argv[2]!);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) for (const part of name.split('-')) expect(words.has(part)).toBe(false);
  });

  it('keeps people in their own namespaces, or brings them together', () => {
    const homes = (shared: boolean) => {
      const byNamespace = new Map<string, Set<string>>();
      for (const { namespace, person } of plan({ actions: 400, people: team(3), shared }))
        if (namespace !== 'default')
          byNamespace.set(namespace, (byNamespace.get(namespace) ?? new Set()).add(person));
      return [...byNamespace.values()].map(({ size }) => size);
    };
    expect(Math.max(...homes(false))).toBe(1);
    expect(Math.max(...homes(true))).toBe(3);
  });

  it('lets nobody do what the role forbids, except what is there to be refused', () => {
    const roles = new Map(catalog.actions.map((action) => [action.id, action]));
    for (const { person, action } of plan({ actions: 600, people: team(4) }))
      if (person === 'view-d') expect(roles.get(action)!.role).toBe('viewer');
  });
});

it('knows one to six people', () => {
  expect(() => team(7)).toThrow('collect: expected 1 to 6 people, got 7.');
});
