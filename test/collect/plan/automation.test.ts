import { describe, expect, it } from 'vitest';
import { AUTOMATION_TEAM, planAutomation } from '../../../src/collect/plan/automation.js';

const options = { seed: 7, minutes: 6 };

describe('planAutomation', () => {
  it('draws the same for the same seed, in order of time, for everybody', () => {
    const steps = planAutomation(options);
    expect(planAutomation(options)).toEqual(steps);
    expect(planAutomation({ ...options, seed: 8 })).not.toEqual(steps);
    expect(steps.map(({ index }) => index)).toEqual(steps.map((_, i) => i));
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(steps.map(({ person }) => person))).toEqual(
      new Set(AUTOMATION_TEAM.map(({ name }) => name)),
    );
  });

  it('has scripts whose commands come 20 ms apart, bundles, a client library and requests in another’s name', () => {
    const steps = planAutomation(options);
    const gaps = steps.filter(({ person, pause }) => person === 'dev-b' && pause === 20);
    expect(gaps.length).toBeGreaterThan(20);
    expect(steps.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['bundles/install', 'bundles/upgrade', 'bundles/uninstall']),
    );
    expect(steps.some(({ requests }) => requests && requests.length > 4)).toBe(true);
    expect(steps.some(({ argv }) => argv.includes('--as=dev-b'))).toBe(true);
  });

  it('draws one pause a job of those that are given', () => {
    const steps = planAutomation({ ...options, pauses: [5, 60] });
    const pauses = new Set(steps.flatMap(({ requests, pause }) => (requests ? [pause] : [])));
    expect(pauses).toEqual(new Set([5, 60]));
  });

  it('does nothing to what was never made', () => {
    const made = new Set<string>();
    for (const { action, requests = [] } of planAutomation(options))
      for (const { method, path, body } of action.startsWith('bundles/') ? requests : []) {
        const name = (body as { metadata?: { name?: string } } | undefined)?.metadata?.name;
        if (method === 'POST') made.add(`${path}/${name}`);
        else if (!path.includes('?')) expect(made).toContain(path);
        if (method === 'DELETE') made.delete(path);
      }
  });
});
