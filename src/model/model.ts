import type { AuditEvent } from '../audit/event.js';
import type { Label, ResourceTable } from '../audit/labels.js';
import type { Level } from '../audit/level.js';
import type { Dataset } from '../dataset/load.js';
import type { Column } from '../features/columns.js';
import type { OrdinalEncoder } from '../features/encoder.js';
import type { LineValues } from '../features/line-table.js';
import type { ProgressSink } from '../progress.js';
import type { Split } from '../windows/split.js';
import type { Weights } from './weights.js';

/**
 * What a kind of model is to everybody else. `runs` trains and scores it, `labeling` runs it, `settings` reads its part of the settings;
 * none of them knows more of it than this. Kinds are listed in `kinds.ts`, one room each; `test/model/kind.case.test.ts` runs the same
 * cases over all.
 */
export interface ModelKind {
  /** The value of `model.name`. */
  readonly name: string;
  /** In a sentence, for cards and pages. */
  readonly describes: string;
  /** JSON Schema of the kind's own settings: the properties of `model` beside `name`. Those with a default may be left out. */
  readonly settings: Readonly<Record<string, object>>;
  /** What other settings are when this kind is chosen in place of another and they are not given: values by path. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /**
   * Makes a model to be trained: initial weights, or those of a folder.
   *
   * @param options.from A model folder of this kind, to be scored rather than trained.
   */
  open(data: ModelData, settings: ModelSettings, options: OpenOptions): Promise<TrainedOn>;
  /** Loads a model for labelling; needs no training library. */
  predictor(folder: string, options: PredictorOptions): Promise<Predictor>;
  /** The encoder that the model of a folder reads lines with. */
  readEncoder(folder: string): Promise<unknown>;
}

/** The settings that kinds read. `model` holds the kind's own. */
export interface ModelSettings {
  /** Root seed of every random choice. */
  seed: number;
  /** Folder of a dataset, or a file in the paper's public format. */
  dataset: string;
  /** Name of a selection in the dataset's manifest, or `all`. */
  selection: string;
  /** Which stages count as lines. */
  lines: 'completed' | 'all';
  /** Which lines are left out. */
  filter: 'paper' | 'none';
  /** Lines are read as a log of this level has them. */
  audit: { level: Level };
  /** W, lines a window, and lines between two window starts. */
  window: { size: number; stride: number };
  /** The kind of model, and what it has of settings. */
  model: { name: string } & Record<string, unknown>;
  training: TrainingSettings;
  evaluation: { stride: number };
}

/** How any kind is trained; a kind may have no use for some of it, and says so. */
export interface TrainingSettings {
  batchSize: number;
  epochs: number;
  /** At the start with `plateau`, the greatest with `one-cycle`. */
  learningRate: number;
  optimizer: 'adam' | 'sgd';
  /** How the learning rate moves: lowered when validation stops improving, or up and down once over all steps. */
  schedule: 'plateau' | 'one-cycle';
  /** Share of the steps that go up; first and last learning rate as divisors of the greatest; how it comes down. */
  oneCycle: { warmup: number; startFactor: number; endFactor: number; descent: 'cosine' | 'linear' };
  /** Which windows an epoch holds: each once, or as many, those with rare classes more often (`repeatFactor`). */
  sampling: 'uniform' | 'repeat-factor';
  /** Share of lines below which a class is rare, and how steeply rarity counts. */
  repeatFactor: { threshold: number; power: number };
  /** Share of the batches whose windows are cut shorter, and the lines that such a window loses. */
  crop: { batches: number; cut: number };
  /** Whether every class counts the same in the loss. */
  classWeight: 'none' | 'balanced';
  focal: { alpha: number; gamma: number };
  earlyStopping: { patience: number; minDelta: number };
  reduceOnPlateau: { factor: number; patience: number; minDelta: number; minLearningRate: number };
}

/** A dataset ready to learn from. Row letters as in the README. */
export interface ModelData {
  /** The selected lines, with the values of every column there is. */
  dataset: Dataset<LineValues>;
  /** The columns that the settings choose. */
  columns: readonly Column[];
  /** Values of those columns, shape [N, F]. */
  rows: readonly (string | null)[][];
  encoder: OrdinalEncoder;
  /** The encoded values, shape [N, F]. */
  matrix: Float32Array;
  table: ResourceTable;
  /** The K values that a label part can take, ascending. */
  partIds: Int32Array;
  /** Index of each label part among them, shape [N, L]. */
  targets: Int32Array;
  /** One number a label, shape [N]: equal numbers, equal labels. */
  codes: Int32Array;
  split: Split;
}

export interface OpenOptions {
  device: 'auto' | 'cpu' | 'cuda';
  threads: number | 'auto';
  from?: string;
  sink?: ProgressSink;
  /** Where work before the first step is kept for a later process. Default: nowhere. */
  shelf?: Shelf;
}

/** What is kept of long work until a training ends. Whoever takes from it knows by the name that it is what would be made. */
export interface Shelf {
  /** What was put there last, as it was; nothing where it is no more. */
  read(): Promise<Weights>;
  write(tensors: Weights): Promise<void>;
}

/** A model and what it learns from. */
export interface TrainedOn {
  readonly engine: Engine;
  readonly examples: Examples;
  /** Trainable numbers; 0 where there is no such count. */
  readonly parameters: number;
  /** What computes. */
  readonly runtime: Runtime;
  /** Writes each epoch's numbers for other tools, as event files of TensorBoard; absent where the kind has no writer. */
  logger?(folder: string): EpochLogger;
  /** What its card says beside what every card does; absent where that is enough. */
  notes?(): CardNotes;
  /** Rows whose like was kept from training: their test lines are scored apart as well. Absent where nothing was. */
  readonly withheld?: ReadonlySet<number>;
  /** Writes the model folder; absent of what is trained to be compared with alone. */
  export?(folder: string, about: ModelAbout): Promise<void>;
  dispose(): Promise<void>;
}

/** What a kind says of its model, in Markdown. */
export interface CardNotes {
  /** Sections behind the scores of labels. */
  scores: string;
  /** What its files hold of the log. */
  holds: string;
}

/** What a model is computed by. */
export interface Runtime {
  device: 'cpu' | 'cuda';
  gpu?: string;
  /** Versions by name, as in `{ tensorflow: '2.21.0' }`. */
  versions: Readonly<Record<string, string>>;
}

export interface EpochLogger {
  write(epoch: number, values: Readonly<Record<string, number>>): void;
}

/** What a model folder says of how it came to be. */
export interface ModelAbout {
  /** Version of auditweave. */
  version: string;
  /** The card, Markdown. */
  card: string;
  /** Texts kept in the files, as in `{ dataset: 'three-node' }`. */
  metadata: Record<string, string>;
  /** Where given, a kind that keeps values of the log keeps hashes of them with this salt. */
  salt?: string;
}

/** Lines that are learnt from together, and how many of each example count where they are cut shorter. */
export interface Batch {
  /** Positions of examples: first rows of windows, or rows. Shape [B]. */
  starts: Int32Array;
  lines?: number;
}

/** What an engine learns from and is judged by, by position: an example is `size` rows from its start on. */
export interface Examples {
  /** Rows an example: W for windows, 1 for lines. */
  readonly size: number;
  /** Examples of an epoch. */
  readonly count: number;
  /** Batches of an epoch. */
  readonly steps: number;
  /** The batches of an epoch, from 1, in the order in which they are taken. The same for the same seed and epoch. */
  batches(epoch: number): Iterable<Batch>;
  readonly validation: Int32Array;
  /** Those that are scored at the end. */
  readonly test: Int32Array;
}

/** Everything that a step depends on, apart from the data. */
export interface EngineState {
  weights: Weights;
  /** What the optimizer remembers of each trainable weight, by the same names; empty where there is no such thing. */
  first: Weights;
  second: Weights;
}

export interface Evaluation {
  /** Mean loss over all examples. */
  loss: number;
  /** Index of the most probable value of each label part, shape [M, size, L]. */
  classes: Int32Array;
  /** Row of the event that caused each line, −1 for background, where the model names causes; and how sure it is. Shape [M, size]. */
  causes?: Int32Array;
  confidence?: Float64Array;
}

/** Trains and evaluates on examples given by their positions. */
export interface Engine {
  /** Does what takes long before the first step, stopping as soon as the signal aborts. A later process does it anew, but for what a shelf keeps. */
  prepare?(signal?: AbortSignal): Promise<void>;
  /**
   * One step; `step` counts from 1 over the whole training.
   *
   * @param lines Of each example. Default: all.
   * @returns The batch's mean loss.
   */
  trainBatch(starts: Int32Array, step: number, learningRate: number, lines?: number): number;
  /** Predictions as in use: without dropout, with moving statistics. */
  evaluate(starts: Int32Array, onBatch?: (examples: number) => void): Evaluation;
  state(): EngineState;
  assign(state: { weights: Weights } & Partial<EngineState>): void;
  dispose(): Promise<void>;
}

export interface PredictorOptions {
  /** Threads that a prediction may use. Default: one a core. */
  threads?: number;
  /** Lines between two windows that vote, for kinds that see windows. Default: the kind's. */
  stride?: number;
  /** Whether reasons are given in words, which takes time. Default false. */
  explain?: boolean;
  /** Examples predicted at once, for kinds that see windows. Default: the kind's. */
  batch?: number;
}

/** What a model says of one line. */
export interface Prediction {
  label: Label;
  /** Probability of what is said, in [0, 1]. */
  confidence: number;
  /** Where the model names causes: the line that caused this one (its own for a triggering event), null for none. */
  trigger?: { line: number; auditID: string | null } | null;
  /** How the cause is known, in words. */
  reason?: string;
  /** Whether nobody's action caused it. */
  background?: boolean;
  /** Whether the model is less sure than it was found it has to be; absent where it is sure enough, or knows no such bound. */
  uncertain?: true;
}

/**
 * Labels the lines of one log as they come. `Line` is what the kind keeps of a line while it waits.
 *
 * @example
 * const predictor = await openPredictor('results/a');
 * const settled = await predictor.push([predictor.read(event, 0)]);
 * const rest = await predictor.end();
 */
export interface Predictor<Line = unknown> {
  /** Which lines the model counts; the others get no label. */
  readonly counts: { lines: 'completed' | 'all'; filter: 'paper' | 'none' };
  /** Which options it heeds: `explain` where it names causes, `stride` and `batch` where it sees windows. */
  readonly heeds: readonly (keyof PredictorOptions)[];
  /** Levels of the lines that it learned from, where the model says. */
  readonly levels?: readonly Level[];
  /** The most lines that may wait inside for those that follow; Infinity where only time bounds it. */
  readonly holds: number;
  /** Why it can say nothing of a line that counts, or null. Default: it can of all. */
  skips?(event: AuditEvent): string | null;
  /** What is kept of a line. */
  read(event: AuditEvent, line: number): Line;
  /**
   * Takes lines in the order in which they were received; gives those that are settled, following on from those given before.
   *
   * @param options.eager Settles all that can be, however little that is at once. Default false.
   */
  push(lines: readonly Line[], options?: { eager?: boolean }): Promise<Prediction[]>;
  /**
   * No line came for a while: gives what is settled by that, following on.
   *
   * @param silent Microseconds for which no line was received after those that were pushed.
   */
  passed(silent: number): Promise<Prediction[]>;
  /** What it says of a line that has no place in the order, seen by itself. */
  alone(line: Line): Promise<Prediction>;
  /** Gives all that are left. */
  end(): Promise<Prediction[]>;
  /** Frees the model's memory. */
  release(): Promise<void>;
}
