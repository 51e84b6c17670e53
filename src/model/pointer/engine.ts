import { encodeLabels } from '../../audit/codes.js';
import type { Label } from '../../audit/labels.js';
import type { Level } from '../../audit/level.js';
import { type CauseScores, thresholdFor } from '../../metrics/causes.js';
import type { Engine, EngineState, Evaluation } from '../model.js';
import type { Forest } from '../trees/forest.js';
import type { Weights } from '../weights.js';
import {
  type Captured,
  confidenceOf,
  followCapture,
  type PointerTraining,
  RISK,
  scoreCauses,
} from './captured.js';
import { bestTemperature } from './choose.js';
import { type Growth, growthOf } from './growth.js';
import type { PointerModel } from './pointer-folder.js';

/** Trains what ranks, and follows captures with it. A step is one tree, or once through the lines for a network. */
export class PointerEngine implements Engine {
  readonly #of: PointerTraining;
  readonly #growth: Growth;
  /** Null until it is asked for. */
  #temperature: number | null;
  /** What was found of whole captures as it ranks now. */
  #found = new Map<string, Captured>();

  /** @param known A model to go on from, or to be scored. */
  constructor(of: PointerTraining, known?: Pick<PointerModel, 'forest' | 'temperature'>) {
    this.#of = of;
    this.#growth = growthOf(of, known?.forest ?? null);
    this.#temperature = known?.temperature ?? null;
  }

  /** The trees, where trees are what ranks. */
  get forest(): Forest | null {
    const { ranker } = this.#growth;
    return 'score' in ranker ? null : ranker;
  }

  get parameters(): number {
    return this.#growth.parameters;
  }

  /** τ under which the right candidates of the validation lines are most probable. */
  get temperature(): number {
    const { levels, validation, data } = this.#of;
    this.#temperature ??= bestTemperature(
      levels.flatMap((level) =>
        Array.from(validation).flatMap(
          (row) => this.#capture(data.dataset.capture[row]!, level).scored.get(row) ?? [],
        ),
      ),
    );
    return this.#temperature;
  }

  async prepare(signal?: AbortSignal): Promise<void> {
    await this.#growth.prepare?.(signal);
  }

  trainBatch(_rows: Int32Array, _step: number, learningRate: number): number {
    const loss = this.#growth.step(learningRate);
    this.#forget();
    return loss;
  }

  evaluate(rows: Int32Array): Evaluation {
    const { data } = this.#of;
    const capture = (row: number) => this.#capture(data.dataset.capture[row]!);
    const labels = Array.from(rows, (row): Label => capture(row).label.get(row) ?? data.dataset.own[row]!);
    const causes = Int32Array.from(rows, (row) => capture(row).cause.get(row) ?? -1);
    const confidences = () =>
      Float64Array.from(rows, (row) => confidenceOf(capture(row), row, this.temperature));
    let loss = 0;
    for (const row of rows) loss += capture(row).loss.get(row) ?? 0;
    return {
      loss: rows.length === 0 ? 0 : loss / rows.length,
      classes: rows.length === 0 ? new Int32Array(0) : encodeLabels(labels, data.partIds).targets,
      causes,
      // Told when it is asked for, for the temperature takes a while.
      get confidence() {
        return confidences();
      },
    };
  }

  /** How right the causes of some rows are when they are read at a level. */
  causes(those: ArrayLike<number>, level: Level): CauseScores & { threshold: number } {
    const { dataset } = this.#of.data;
    const rows = Array.from(those);
    const found = (row: number) => this.#capture(dataset.capture[row]!, level);
    const confidence = rows.map((row) => confidenceOf(found(row), row, this.temperature));
    const { right, ...scores } = scoreCauses(this.#of, rows, found, confidence);
    return { ...scores, threshold: thresholdFor(right, confidence, RISK) };
  }

  state(): EngineState {
    return this.#growth.state();
  }

  assign(state: { weights: Weights } & Partial<EngineState>): void {
    this.#growth.assign(state);
    this.#forget();
  }

  async dispose(): Promise<void> {
    this.#growth.dispose();
    this.#found.clear();
  }

  #forget(): void {
    this.#temperature = null;
    this.#found.clear();
  }

  #capture(name: string, level = this.#of.level): Captured {
    const key = `${level} ${name}`;
    const known = this.#found.get(key) ?? followCapture(this.#of, this.#growth.ranker, { name, level });
    this.#found.set(key, known);
    return known;
  }
}
