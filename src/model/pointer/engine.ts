import { encodeLabels } from '../../audit/codes.js';
import { encodeLabel, type Label } from '../../audit/labels.js';
import type { Level } from '../../audit/level.js';
import { type CauseScores, causeScores, thresholdFor } from '../../metrics/causes.js';
import type { Engine, EngineState, Evaluation } from '../model.js';
import { BOOST_DEFAULTS, Boosting, type BoostOptions } from '../trees/boost.js';
import { type Forest, forestOf, forestTensors, joinForests } from '../trees/forest.js';
import type { Weights } from '../weights.js';
import { askingOf } from './asking.js';
import { WIDTH } from './candidates.js';
import { type Captured, confidenceOf, followCapture, type PointerTraining, RISK } from './captured.js';
import { bestTemperature, chooseBy } from './choose.js';
import { collectExamples, type Examples, groupExamples, type TaughtLine } from './examples.js';
import type { Choose } from './follower.js';
import type { PointerModel } from './pointer-folder.js';

/** Trees of a model that only makes mistakes for another to learn from, and how fast they learn. */
const CROSS = { trees: 80, rate: 0.2, leaves: 24 };

/** Grows the trees of a pointer and follows captures with them. A step is one tree. */
export class PointerEngine implements Engine {
  readonly #of: PointerTraining;
  #forest: Forest;
  #boosting: Boosting | null = null;
  #rate: number = BOOST_DEFAULTS.rate;
  /** Null until it is asked for. */
  #temperature: number | null;
  /** What was found of whole captures with the trees there are. */
  #found = new Map<string, Captured>();

  /** @param known A model to go on from, or to be scored. */
  constructor(of: PointerTraining, known?: Pick<PointerModel, 'forest' | 'temperature'>) {
    this.#of = of;
    this.#forest = known?.forest ?? joinForests([]);
    this.#temperature = known?.temperature ?? null;
  }

  get forest(): Forest {
    return this.#forest;
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

  trainBatch(_rows: Int32Array, _step: number, learningRate: number): number {
    this.#rate = learningRate;
    if (!this.#boosting) {
      this.#boosting = new Boosting(this.#examples(), this.#options());
      this.#boosting.assign(forestTensors(this.#forest));
    }
    const loss = this.#boosting.step(learningRate);
    this.#change(this.#boosting.forest);
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
    const { data, lines } = this.#of;
    const rows = Array.from(those);
    const { dataset } = data;
    const found = (row: number) => this.#capture(dataset.capture[row]!, level);
    const truth = rows.map((row) => {
      const trigger = lines.trigger[row]!;
      return trigger === null ? null : (lines.rowOf.get(trigger) ?? -2);
    });
    const said = rows.map((row) => {
      const cause = found(row).cause.get(row) ?? -1;
      return cause < 0 ? null : cause;
    });
    const labels = {
      truth: rows.map((row) => encodeLabel(dataset.label[row]!)),
      said: rows.map((row) => encodeLabel(found(row).label.get(row) ?? dataset.own[row]!)),
    };
    const confidence = rows.map((row) => confidenceOf(found(row), row, this.temperature));
    const right = truth.map((cause, i) => cause === said[i]);
    return {
      ...causeScores({ truth, said, labels, confidence }),
      threshold: thresholdFor(right, confidence, RISK),
    };
  }

  state(): EngineState {
    return { weights: forestTensors(this.#forest), first: {}, second: {} };
  }

  assign({ weights }: { weights: Weights }): void {
    this.#change(forestOf(weights, WIDTH));
    this.#boosting = null;
  }

  async dispose(): Promise<void> {
    this.#boosting = null;
    this.#found.clear();
  }

  #change(forest: Forest): void {
    this.#forest = forest;
    this.#temperature = null;
    this.#found.clear();
  }

  #options(): BoostOptions {
    const { leaves, l2, minHessian, columnShare, groupShare } = this.#of.settings;
    const { seed } = this.#of;
    return { ...BOOST_DEFAULTS, leaves, l2, minHessian, columnShare, groupShare, rate: this.#rate, seed };
  }

  /** Passes with true marks, and with those of models that never saw the capture. */
  #examples() {
    const { settings, seed } = this.#of;
    const parts = this.#parts();
    const taught = parts.map(({ lines }) => this.#collect(lines, {}));
    const hide = { words: settings.hideWords, relations: settings.hideRelations, seed };
    if (!settings.closedLoop) return groupExamples(taught, hide);
    const captures = [...new Set(parts.map(({ capture }) => capture))];
    const alone = captures.flatMap((capture) => {
      const others = taught.filter((_, i) => captures.length === 1 || parts[i]!.capture !== capture);
      const boosting = new Boosting(groupExamples(others, hide), { ...this.#options(), ...CROSS });
      while (boosting.trees < CROSS.trees) boosting.step();
      const { choose } = chooseBy(boosting.forest);
      return parts
        .filter((part) => part.capture === capture)
        .map(({ lines }) => this.#collect(lines, { choose }));
    });
    return groupExamples([...taught, ...alone], hide);
  }

  /** The training lines of each capture, at each level. */
  #parts(): { capture: string; lines: TaughtLine[] }[] {
    const { lines, train, settings } = this.#of;
    return [...lines.captures].flatMap(([capture, { first, last }]) => {
      const rows: number[] = [];
      for (const segment of train)
        for (let row = Math.max(first, segment.first); row <= Math.min(last, segment.last); row++)
          rows.push(row);
      if (rows.length === 0) return [];
      return settings.levels.map((level) => {
        const requests = lines.requests.get(level)!;
        return {
          capture,
          lines: rows.map((row) => ({ request: requests[row]!, trigger: lines.trigger[row]! })),
        };
      });
    });
  }

  #collect(lines: readonly TaughtLine[], { choose }: { choose?: Choose }): Examples {
    const { words, settings, seed } = this.#of;
    const { spoil } = settings;
    // The ranker learns of all lines, also of those that a rule would decide: other logs leave more to it.
    const rules = settings.rules === 'take' ? 'weigh' : settings.rules;
    return collectExamples(lines, {
      words,
      ...askingOf({ ...settings, rules }),
      seed,
      spoil,
      ...(choose ? { choose } : {}),
    });
  }

  #capture(name: string, level = this.#of.level): Captured {
    const key = `${level} ${name}`;
    const known = this.#found.get(key) ?? followCapture(this.#of, this.#forest, { name, level });
    this.#found.set(key, known);
    return known;
  }
}
