import { encodeLabels } from '../../audit/codes.js';
import type { Label } from '../../audit/labels.js';
import type { Level } from '../../audit/level.js';
import type { Segment } from '../../windows/split.js';
import type { Engine, EngineState, Evaluation, ModelData } from '../model.js';
import { BOOST_DEFAULTS, Boosting, type BoostOptions } from '../trees/boost.js';
import { type Forest, forestOf, forestTensors, joinForests } from '../trees/forest.js';
import type { Weights } from '../weights.js';
import { askingOf } from './asking.js';
import { WIDTH } from './candidates.js';
import { chooseBy, lossOf } from './choose.js';
import type { PointerData } from './data.js';
import { collectExamples, type Examples, groupExamples, type TaughtLine } from './examples.js';
import { type Choose, Follower } from './follower.js';
import type { Cause } from './notes.js';
import { labelOfCause } from './predictor.js';
import type { PointerSettings } from './settings.js';
import type { Words } from './words.js';

/** Trees of a model that only makes mistakes for another to learn from, and how fast they learn. */
const CROSS = { trees: 80, rate: 0.2, leaves: 24 };

/** What a pointer learns from. */
export interface PointerTraining {
  data: ModelData;
  lines: PointerData;
  settings: PointerSettings;
  words: Words;
  /** Level at which lines are read that validate and test. */
  level: Level;
  /** Rows that are trained on. */
  train: readonly Segment[];
  seed: number;
}

/** Scores of one line's candidates, and which is right (−1: not among them). */
export interface ScoredLine {
  scores: Float64Array;
  right: number;
}

/** Grows the trees of a pointer and follows captures with them. A step is one tree. */
export class PointerEngine implements Engine {
  readonly #of: PointerTraining;
  #forest: Forest;
  #boosting: Boosting | null = null;
  #rate: number = BOOST_DEFAULTS.rate;
  /** What was found of whole captures with the trees there are. */
  #found = new Map<string, Captured>();

  constructor(of: PointerTraining, forest: Forest = joinForests([])) {
    this.#of = of;
    this.#forest = forest;
  }

  get forest(): Forest {
    return this.#forest;
  }

  trainBatch(_rows: Int32Array, _step: number, learningRate: number): number {
    this.#rate = learningRate;
    if (!this.#boosting) {
      this.#boosting = new Boosting(this.#examples(), this.#options());
      this.#boosting.assign(forestTensors(this.#forest));
    }
    const loss = this.#boosting.step(learningRate);
    this.#forest = this.#boosting.forest;
    this.#found.clear();
    return loss;
  }

  evaluate(rows: Int32Array): Evaluation {
    const { data } = this.#of;
    const capture = (row: number) => this.#capture(data.dataset.capture[row]!);
    const labels = Array.from(rows, (row): Label => capture(row).label.get(row) ?? data.dataset.own[row]!);
    const causes = Int32Array.from(rows, (row) => capture(row).cause.get(row) ?? -1);
    let loss = 0;
    for (const row of rows) loss += capture(row).loss.get(row) ?? 0;
    return {
      loss: rows.length === 0 ? 0 : loss / rows.length,
      classes: rows.length === 0 ? new Int32Array(0) : encodeLabels(labels, data.partIds).targets,
      causes,
    };
  }

  /** Scores of the lines of some rows that the ranker decides, for the temperature of its confidence. */
  scores(rows: Int32Array): ScoredLine[] {
    const { data } = this.#of;
    return Array.from(rows).flatMap((row) => {
      const scored = this.#capture(data.dataset.capture[row]!).scored.get(row);
      return scored ? [scored] : [];
    });
  }

  state(): EngineState {
    return { weights: forestTensors(this.#forest), first: {}, second: {} };
  }

  assign({ weights }: { weights: Weights }): void {
    this.#forest = forestOf(weights, WIDTH);
    this.#boosting = null;
    this.#found.clear();
  }

  async dispose(): Promise<void> {
    this.#boosting = null;
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
    return collectExamples(lines, {
      words,
      ...askingOf(settings),
      seed,
      spoil,
      ...(choose ? { choose } : {}),
    });
  }

  #capture(name: string): Captured {
    const known = this.#found.get(name) ?? followCapture(this.#of, this.#forest, name);
    this.#found.set(name, known);
    return known;
  }
}

/** What was found of each row of a capture. */
interface Captured {
  label: Map<number, Label>;
  /** Row of the cause; −1: nobody. */
  cause: Map<number, number>;
  loss: Map<number, number>;
  scored: Map<number, ScoredLine>;
}

/** −log of the least probability that is counted. */
const WORST = 14;

function followCapture(of: PointerTraining, forest: Forest, name: string): Captured {
  const { data, lines, settings, words, level } = of;
  const found: Captured = { label: new Map(), cause: new Map(), loss: new Map(), scored: new Map() };
  const { choose, scores } = chooseBy(forest);
  let now = 0;
  const follower = new Follower({
    words,
    ...askingOf(settings),
    choose: (choice) => {
      const finding = choose(choice);
      const trigger = lines.trigger[now]!;
      const at = choice.candidates.causes.findIndex(({ auditID }) => auditID === trigger);
      const right = trigger === null ? 0 : at < 0 ? -1 : at + 1;
      found.scored.set(now, { scores: scores.slice(0, choice.rows), right });
      found.loss.set(now, right < 0 ? WORST : Math.min(WORST, lossOf(scores, choice.rows, right)));
      return finding;
    },
  });
  const keep = (): void => {
    for (const { line: row, finding } of follower.take()) {
      const { cause } = finding;
      found.cause.set(row, cause ? lines.rowOf.get(cause.auditID)! : -1);
      if (cause) found.label.set(row, labelOfCause(cause as Cause, data.dataset.own[row]!, data.table));
      if (!found.loss.has(row)) {
        const right = (cause?.auditID ?? null) === lines.trigger[row];
        found.loss.set(row, right ? 0 : WORST);
      }
    }
  };
  const { first, last } = lines.captures.get(name)!;
  const requests = lines.requests.get(level)!;
  for (now = first; now <= last; now++) {
    follower.push({ ...requests[now]! }, now);
    keep();
  }
  follower.end();
  keep();
  return found;
}
