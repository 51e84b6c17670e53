import type {
  ClassRecord,
  EpochRecord,
  Interval,
  LeakReport,
  LevelScores,
  MetricsRecord,
} from '../../src/runs/record.js';

/** Small records by hand, for the golden chart specs and pages. */
export const history: EpochRecord[] = [
  [0.05, 0.06, 0.4, 0.2, 0.004],
  [0.01, 0.02, 0.7, 0.5, 0.004],
  [0.004, 0.03, 0.72, 0.55, 0.0004],
].map(([loss, valLoss, valExactMatch, valMacroF1, learningRate], i) => ({
  epoch: i + 1,
  loss: loss!,
  valLoss: valLoss!,
  valExactMatch: valExactMatch!,
  valMacroF1: valMacroF1!,
  learningRate: learningRate!,
  seconds: 6,
  windowsPerSecond: 800,
}));

export const classRecord = (
  text: string,
  recall: number,
  support: number,
  weight: number,
  id = 1,
): ClassRecord => ({
  class: id,
  label: [id, 0, 1, 1, 1],
  text,
  precision: recall,
  recall,
  f1: recall,
  support,
  predicted: support,
  weight,
});

export const classes: ClassRecord[] = [
  classRecord('patch coordination.k8s.io/leases (one, namespaced)', 1, 200, 120_000, 30),
  classRecord('create pods (one, namespaced)', 0.9, 20, 12_000, 1),
  classRecord('list limitranges (many, namespaced)', 0.5, 2, 300, 11),
  classRecord('get nodes/proxy (one)', 0, 1, 60, 3),
  { ...classRecord('update secrets (one, namespaced)', 0, 0, 500, 5), predicted: 2 },
];

export const confusion: MetricsRecord['confusion'] = [
  { truth: classes[0]!.text, predicted: classes[0]!.text, count: 200 },
  { truth: classes[1]!.text, predicted: classes[1]!.text, count: 18 },
  { truth: classes[1]!.text, predicted: classes[4]!.text, count: 2 },
  { truth: classes[2]!.text, predicted: classes[2]!.text, count: 1 },
  { truth: classes[2]!.text, predicted: classes[1]!.text, count: 1 },
  { truth: classes[3]!.text, predicted: classes[1]!.text, count: 1 },
];

const interval = (value: number): Interval => ({
  value,
  low: Math.max(0, value - 0.05),
  high: Math.min(1, value + 0.05),
  level: 0.95,
  n: 223,
  method: 'bootstrap',
});

export const levelScores = (value: number): LevelScores => ({
  n: 223,
  exactMatch: interval(value),
  macroF1: { strict: interval(value), paper: interval(value) },
  parts: { r: value, s: value, v: value, n: value, u: value },
});

export const metrics: MetricsRecord = {
  protocol: 'blocked',
  window: 60,
  stride: 1,
  part: 'test',
  windows: levelScores(0.7),
  lines: levelScores(0.75),
  baselines: { majority: levelScores(0.01), previousLine: levelScores(0.5), ownAction: levelScores(0.4) },
  classes,
  confusion,
  inference: { millisecondsPerLine: 0.4 },
};

export const leak: LeakReport = {
  protocol: 'paper',
  size: 60,
  windows: { train: 800, validation: 90, test: 100 },
  sharedLines: { count: 999, share: 0.9995, of: 1000 },
  nearestOverlap: { mean: 58.9, max: 59, share: 1 },
  duplicateRows: { count: 600, share: 0.6 },
  unseenClasses: { classes: 0, lines: 0, share: 0 },
  verdict: 'leaks',
};
