import { describe, expect, it } from 'vitest';
import { compareAll, noiseOf } from '../../src/comparison/against-baseline.js';
import { summarize } from '../../src/comparison/summarize.js';
import { studyOf } from '../fixtures/study-results.js';

describe('an ablation', () => {
  const leavesOut = (...names: string[]) => ({ 'features.exclude': names });
  const scores: Record<string, number> = { verb: 0.7, nothing: 0.87, none: 0.92 };
  const ablation = async (controls?: string[]) => {
    const results = await studyOf({
      points: [leavesOut(), leavesOut('verb'), leavesOut('nothing'), leavesOut('none')],
      baseline: leavesOut(),
      protocols: ['blocked'],
      score: (point) => scores[(point['features.exclude'] as string[])[0] ?? ''] ?? 0.9,
    });
    if (controls) results.study.controls = controls;
    return compareAll(summarize(results));
  };

  it('knows its noise from columns that hold nothing: the greatest of their changes', async () => {
    const compared = await ablation(['nothing', 'none']);
    expect(compared.map(({ control }) => control)).toEqual([false, true, true]);
    expect(noiseOf(compared)).toBeCloseTo(0.03, 12);
  });

  it('knows of no noise without them', async () => {
    expect(noiseOf(await ablation())).toBeNull();
  });
});
