import type {
  CausePart,
  LeakReport,
  LevelScores,
  MetricsRecord,
  PredictionsRecord,
  Protocol,
} from '../runs/record.js';

/** A value of a setting that a study varies, as in `{ 'window.size': 10 }`. */
export type Point = Record<string, unknown>;

/** What one trial of a study is: all that decides its result. A record and a trial belong together by `key`. */
export interface TrialPlan {
  /** Hash of the resolved settings (the seed among them), the dataset's hash and the trial's version. */
  key: string;
  /** The varied settings. */
  point: Point;
  protocol: Protocol;
  /** Number of the repetition, from 0; trials of one `run` share their seed and are paired. */
  run: number;
  seed: number;
}

/**
 * A row of `records.jsonl`: what came out of a trial. Nothing here depends on the machine or the hour: the same trial gives the same
 * bytes on CPU.
 */
export interface StudyRecord extends TrialPlan {
  schema: 1;
  status: 'done' | 'failed';
  /** Why it failed for good. */
  failure?: string;
  /** With status `done`: */
  result?: {
    leak: LeakReport;
    windows: LevelScores;
    lines: LevelScores;
    baselines: MetricsRecord['baselines'];
    epochs: number;
    bestEpoch: number;
    parameters: number;
    /** SHA-256 of the epochs' losses and scores. */
    history: string;
    /** What the trial said of each line, in `trials/KEY/` (not in git). Records of older versions have none. */
    predictions?: PredictionsRecord;
    /** Of a model that names causes: how right they are. Records of older versions have none. */
    causes?: CausePart[];
    /** Of a study that asks for classes: accuracy (recall), support and weight (appearances over all windows) of each test class. */
    classes?: { text: string; recall: number; f1: number; support: number; weight: number }[];
  };
}

/** A row of `timings.jsonl`: what a trial cost, and where. */
export interface TrialTiming {
  key: string;
  /** Training, wall time. */
  seconds: number;
  /** Loading and scoring as well, in the process that finished it; finished epochs of those that were stopped before are added. */
  totalSeconds: number;
  millisecondsPerLine: number;
  windowsPerSecond: number;
  attempts: number;
  /** RFC 3339. */
  finished: string;
  commit: string;
  machine: { cpu: string; cores: number; memoryBytes: number; device: 'cpu' | 'cuda'; gpu?: string };
  threads: number;
  versions: Record<string, string>;
}

/** How a study is reported. */
export interface StudyReport {
  /** What the charts show. */
  metric: 'macroF1.strict' | 'macroF1.paper' | 'exactMatch';
  /** By line (voted) or by window. */
  level: 'lines' | 'windows';
  interval: number;
  charts: StudyChart[];
  /** Whether records keep each class. */
  classes: boolean;
}

/** Charts a study can ask for: score and time by value, heat map of two values, bars of each value against the base, … */
export type StudyChart =
  | 'metric-by-value'
  | 'time-by-value'
  | 'metric-heatmap'
  | 'fold-heatmap'
  | 'ablation-bars'
  | 'class-scatter'
  | 'protocols';

/** `study.json`: the study as it was run. */
export interface StudyFile {
  schema: 1;
  /** Name of the study, and of its folder. */
  name: string;
  question: string;
  /** As in `K8NTEXT, Tables 5 and 6`. */
  source: string;
  /** Name of the base settings: `fast` or `paper`. */
  base: string;
  settings: Record<string, unknown>;
  dataset: { name: string; sha256: string; lines: number; selection: string };
  protocols: Protocol[];
  runs: number;
  /** Every value of the study, in the order of the file. `label` is what a chart shows. */
  points: { point: Point; label: string }[];
  /** Settings that go with values of a point; missing in older files, which had none. */
  adjust?: { at: Point; set: Record<string, unknown> }[];
  /** The point that others are compared with, when there is one. */
  baseline: Point | null;
  /** Columns that hold nothing, whose points are negative controls; missing where there are none. */
  controls?: string[];
  /** Key in experiments/paper-results.yaml of what the paper found. */
  paper: string | null;
  report: StudyReport;
  /** All trials in the order in which they are run. */
  trials: TrialPlan[];
}
