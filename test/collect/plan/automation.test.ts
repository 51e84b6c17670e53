import { describe, expect, it } from 'vitest';
import { AUTOMATION_TEAM, planAutomation } from '../../../src/collect/plan/automation.js';

const options = { seed: 7, minutes: 6, chart: 'chart' };

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

  it('has scripts whose commands come 20 ms apart, Helm, a client library and requests in another’s name', () => {
    const steps = planAutomation(options);
    const gaps = steps.filter(({ person, pause }) => person === 'dev-b' && pause === 20);
    expect(gaps.length).toBeGreaterThan(20);
    expect(steps.filter(({ program }) => program === 'helm').map(({ argv }) => argv[0])).toEqual(
      expect.arrayContaining(['install', 'upgrade', 'uninstall']),
    );
    expect(steps.some(({ requests }) => requests && requests.length > 4)).toBe(true);
    expect(steps.some(({ argv }) => argv.includes('--as=dev-b'))).toBe(true);
  });

  it('does nothing to what was never made', () => {
    const made = new Set<string>();
    for (const { program, argv } of planAutomation(options)) {
      if (program !== 'helm') continue;
      if (argv[0] === 'install') made.add(argv[1]!);
      expect(made).toContain(argv[1]);
      if (argv[0] === 'uninstall') made.delete(argv[1]!);
    }
  });
});
