import type { Label, ResourceTable } from '../audit/labels.js';
import { atLevel, type Level } from '../audit/level.js';
import type { LogLine } from '../audit/read.js';
import { type LabelerOptions, type LabelRow, labelBatches } from '../labeling/labeler.js';
import { Queue } from '../labeling/queue.js';
import type { Attributor } from './attribution.js';
import type { Context } from './context.js';
import { covering } from './covering.js';
import { FromModel } from './from-model.js';
import { METHODS } from './labels/methods.js';
import { Rules } from './rules/rules.js';
import {
  type ClusteringRate,
  type ContextScores,
  type Counted,
  clusteringRate,
  counted,
  scoreContexts,
} from './score.js';
import { ContextStream, type CountedLine, countedLine } from './stream.js';
import { WithRules } from './with-rules.js';

/** What is true of a line. */
export interface TrueLine {
  context: string;
  label: Label | null;
}

/** A way to find contexts. */
export interface Way {
  name: string;
  make: (table: ResourceTable) => Attributor;
  /** What is told of a line: what the model says, labels of it alone, the true label, labels that are known already, or nothing. */
  told: 'model' | 'labels' | 'truth' | 'nothing' | ((line: number) => Label | null);
}

/** How right the contexts of a way are, and how many lines labels have by it [K8NTEXT, Fig. 10]. */
export interface WayScores {
  way: string;
  scores: ContextScores;
  clusteringRate: ClusteringRate;
}

/**
 * The paper’s three methods together on labels that are known already, as those that a trial predicted.
 *
 * @param name What they are called.
 * @param told The label of a line; null where none is known.
 */
export function methodsOn(name: string, told: (line: number) => Label | null): Way {
  return { name, make: (table) => new FromModel(table, METHODS), told };
}

const byMethods = (told: 'labels' | 'truth', name: string): Way[] =>
  [
    ...METHODS.map((method) => ({ methods: [method], called: method })),
    { methods: ['object', 'related'] as const, called: 'object and related' },
    { methods: METHODS, called: 'all three' },
  ].map(({ methods, called }) => ({
    name: `${name}, ${called}`,
    make: (table: ResourceTable) => new FromModel(table, methods),
    told,
  }));

/** Rules alone, and the paper’s methods on true labels [K8NTEXT, §5.9], each alone and together. */
export const WAYS_WITHOUT_MODEL: readonly Way[] = [
  { name: 'rules', make: () => new Rules(), told: 'nothing' },
  ...byMethods('truth', 'true labels'),
];
/** The model as `contexts` takes it; and the paper’s methods on its labels, whatever causes it names. */
export const WAYS_OF_MODEL: readonly Way[] = [
  { name: 'model', make: (table) => new WithRules(new FromModel(table)), told: 'model' },
  ...byMethods('labels', 'model’s labels'),
];

/**
 * Scores contexts of a log by several ways at once: exact contexts, B-cubed, ARI, V-measure, by size of the true context.
 *
 * @param batches The log, or what is scored of it, as `readBatches` gives it.
 * @param truthOf What is true of a line; undefined for one that is not scored, which counts in no context.
 * @param predictor Asked where a way is told what a model says.
 * @throws {RangeError} A way is told what a model says, and there is none.
 * @example await scoreWays(readBatches('audit.log'), (line) => truth[line], { ways: WAYS_WITHOUT_MODEL, table })
 */
export async function scoreWays(
  batches: AsyncIterable<readonly LogLine[]>,
  truthOf: (line: number) => TrueLine | undefined,
  {
    ways,
    table,
    predictor,
  }: { ways: readonly Way[]; table: ResourceTable; predictor?: LabelerOptions['predictor'] },
): Promise<WayScores[]> {
  const asks = ways.find(({ told }) => told === 'model' || told === 'labels');
  if (asks && !predictor) throw new RangeError(`contexts: expected a model for “${asks.name}”, got none.`);
  const streams = ways.map((way) => new WayStream(way, table));
  const truth: (string | null)[] = [];
  const take = (read: CountedLine, line: number, said?: LabelRow): void => {
    const known = truthOf(line);
    while (truth.length <= line) truth.push(null);
    if (known && read.skipped === undefined) truth[line] = known.context;
    for (const stream of streams) stream.push(read, line, known?.label ?? null, said);
  };
  if (predictor) {
    const waiting = new Queue<{ read: CountedLine; line: number }>();
    const seen = (async function* () {
      for await (const lines of batches) {
        for (const one of lines) waiting.push({ read: countedLine(one, false), line: one.line });
        yield lines;
      }
    })();
    for await (const rows of labelBatches(seen, { predictor, table }))
      for (const said of rows) {
        const { read, line } = waiting.shift()!;
        take(read, line, said);
      }
  } else for await (const lines of batches) for (const one of lines) take(countedLine(one, false), one.line);
  return streams.map((stream) => stream.end(truth));
}

/** Lines of a log that are scored together, and the ways that are tried on them. */
export interface ScoredLines {
  /** Level at which they are read. */
  level: Level;
  lines: Iterable<number>;
  /** As in `scoreWays`. */
  truthOf: (line: number) => TrueLine | undefined;
  /** None of them is told what a model says. */
  ways: readonly Way[];
}

/**
 * `scoreWays` for several parts of one log in a single reading, where no model is asked.
 *
 * @returns Scores of each part, way by way.
 * @example await scoreParts(readBatches('audit.log'), [{ level: 'requestResponse', lines, truthOf, ways: WAYS_WITHOUT_MODEL }], table)
 */
export async function scoreParts(
  batches: AsyncIterable<readonly LogLine[]>,
  parts: readonly ScoredLines[],
  table: ResourceTable,
): Promise<WayScores[][]> {
  const open = parts.map(({ lines, ways, ...part }) => ({
    ...part,
    covers: covering(lines),
    streams: ways.map((way) => new WayStream(way, table)),
    truth: [] as (string | null)[],
  }));
  for await (const lines of batches)
    for (const one of lines) {
      const { line } = one;
      const read = new Map<Level, CountedLine>();
      for (const { level, covers, truthOf, streams, truth } of open) {
        if (!covers(line)) continue;
        const event = one.event && atLevel(one.event, level);
        const counted = read.get(level) ?? countedLine(event ? { ...one, event } : one, false);
        read.set(level, counted);
        const known = truthOf(line);
        while (truth.length <= line) truth.push(null);
        if (known && counted.skipped === undefined) truth[line] = known.context;
        for (const stream of streams) stream.push(counted, line, known?.label ?? null);
      }
    }
  return open.map(({ streams, truth }) => streams.map((stream) => stream.end(truth)));
}

class WayStream {
  readonly #way: Way;
  readonly #stream: ContextStream;
  readonly #byLine = new Map<number, number>();
  readonly #contexts: Counted[] = [];

  constructor(way: Way, table: ResourceTable) {
    this.#way = way;
    this.#stream = new ContextStream({
      attributor: way.make(table),
      table,
      assigned: (line, context) => void this.#byLine.set(line, context),
    });
  }

  push(read: CountedLine, line: number, label: Label | null, said?: LabelRow): void {
    this.#keep(this.#stream.pushLine(read, this.#rowOf(line, label, said)));
  }

  end(truth: readonly (string | null)[]): WayScores {
    this.#keep(this.#stream.end());
    return {
      way: this.#way.name,
      scores: scoreContexts(truth, this.#byLine),
      clusteringRate: clusteringRate(this.#contexts),
    };
  }

  #keep(contexts: Iterable<Context>): void {
    for (const context of contexts) this.#contexts.push(counted(context));
  }

  #rowOf(line: number, label: Label | null, said?: LabelRow): LabelRow | undefined {
    const { told } = this.#way;
    if (told === 'nothing') return undefined;
    if (told === 'model') return said;
    const auditID = said?.auditID ?? null;
    if (told === 'truth') return { line, auditID, label, confidence: 1 };
    if (typeof told === 'function') return { line, auditID, label: told(line), confidence: 1 };
    return { line, auditID, label: said?.label ?? null, confidence: said?.confidence ?? 0 };
  }
}
