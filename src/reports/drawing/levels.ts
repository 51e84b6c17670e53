import type { BaselineName, LevelScores, MetricsRecord } from '../../runs/record.js';

/** The trivial baselines, by name. */
export const BASELINES: Record<BaselineName, string> = {
  tuple: 'most frequent per feature tuple',
  nearestAction: 'nearest earlier user action',
  ownAction: 'own action',
  previousLine: 'previous line’s true label',
  majority: 'majority class',
};

export interface ScoredLevel {
  name: string;
  /** False for a baseline. */
  model: boolean;
  scores: LevelScores;
}

/** What a run was scored as, in the order of charts and tables: the model by line and by window, then the baselines. */
export function scoredLevels(metrics: MetricsRecord): ScoredLevel[] {
  return [
    { name: 'model, by line (vote)', model: true, scores: metrics.lines },
    { name: 'model, by window', model: true, scores: metrics.windows },
    ...recordedBaselines(metrics.baselines).map(([key, scores]) => ({
      ...{ name: BASELINES[key], model: false, scores },
    })),
  ];
}

/** The baselines that a record has, in the order of charts and tables. */
export function recordedBaselines(baselines: MetricsRecord['baselines']): [BaselineName, LevelScores][] {
  return (Object.keys(BASELINES) as BaselineName[]).flatMap((key) => {
    const scores = baselines[key];
    return scores ? [[key, scores]] : [];
  });
}
