import type { StudyReport } from '../studies/record.js';

/** A score as studies name it: macro F1 over true and predicted classes, over true classes alone, or all five parts right. */
export type Metric = StudyReport['metric'];
export const METRICS: readonly Metric[] = ['macroF1.strict', 'macroF1.paper', 'exactMatch'];

/** By line (voted) or by window. */
export type Level = StudyReport['level'];
export const LEVELS: readonly Level[] = ['lines', 'windows'];
