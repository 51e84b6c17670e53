import type { LevelScores, MetricsRecord } from '../studies/record.js';

/** The trivial baselines, by name. */
export const BASELINES = {
  ownAction: 'own action',
  previousLine: 'previous line’s true label',
  majority: 'majority class',
} as const;

export interface ScoredLevel {
  name: string;
  /** False for a baseline. */
  model: boolean;
  scores: LevelScores;
}

/** What a run was scored as, in the order of charts and tables: the model by line and by window, then the baselines. */
export function scoredLevels(metrics: MetricsRecord): ScoredLevel[] {
  const baselines = Object.entries(BASELINES) as [keyof typeof BASELINES, string][];
  return [
    { name: 'model, by line (vote)', model: true, scores: metrics.lines },
    { name: 'model, by window', model: true, scores: metrics.windows },
    ...baselines.map(([key, name]) => ({ name, model: false, scores: metrics.baselines[key] })),
  ];
}
