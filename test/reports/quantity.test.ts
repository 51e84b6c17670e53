import { describe, expect, it } from 'vitest';
import { farApart, QUANTITIES } from '../../src/reports/study/quantity.js';
import { studyOf } from '../fixtures/study-results.js';

describe('inference time', () => {
  it('is that of a line that W windows vote on, however many voted on the lines that were tested', async () => {
    const { records, timings } = await studyOf({ runs: 1 });
    const times = records.map((plan) => {
      const result = plan.result!;
      result.leak.windows.test = plan.protocol === 'paper' ? 20 : 50;
      const timing = timings.get(plan.key)!;
      // 100 tested lines; a window takes 2 ms under either protocol.
      timing.millisecondsPerLine = (2 * result.leak.windows.test) / 100;
      return QUANTITIES.millisecondsPerLine!.value({ plan, result, timing });
    });
    expect(times).toEqual([2, 2, 2, 2]);
  });

  it('is not known of a trial without times', async () => {
    const [plan] = (await studyOf({ runs: 1 })).records;
    expect(
      QUANTITIES.millisecondsPerLine!.value({ plan: plan!, result: plan!.result!, timing: null }),
    ).toBeNull();
  });
});

describe('times of runs', () => {
  it('are no cost of the method where they are far apart', () => {
    expect(farApart({ n: 3, mean: 2626, sd: 2382 })).toBe(true);
    expect(farApart({ n: 3, mean: 801, sd: 165 })).toBe(false);
    expect(farApart({ n: 1, mean: 801, sd: Number.NaN })).toBe(false);
  });
});
