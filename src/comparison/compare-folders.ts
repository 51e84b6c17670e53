import type { Interval, Protocol, RunFolder } from '../runs/record.js';
import { type Comparison, compareRuns } from './compare.js';
import { intervalOf, type Level, type Metric, type RunSet, runOfFolder } from './run-set.js';

/** Two runs under one protocol, by one score. */
export interface FolderComparison extends Comparison {
  /** Each run's own score, with its interval over the test part; null where there is none. */
  scores: { a: Interval | null; b: Interval | null };
}

/**
 * Compares the runs of two folders, protocol by protocol. There is one run on each side, so that a difference has no interval: that of
 * each score is over the test part, and what training draws by chance is not in it.
 *
 * @param options.metrics Which scores.
 * @example compareFolders(await findRuns('results/a'), await findRuns('results/b'), { metrics: METRICS, level: 'lines' })
 */
export function compareFolders(
  a: readonly RunFolder[],
  b: readonly RunFolder[],
  { metrics, level }: { metrics: readonly Metric[]; level: Level },
): FolderComparison[] {
  const [left, right] = [byProtocol(a), byProtocol(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((protocol) =>
    metrics.map((metric) => {
      const [own, other] = [left.get(protocol), right.get(protocol)];
      const scores = { a: scoreIn(own, level, metric), b: scoreIn(other, level, metric) };
      if (own && other) return { ...compareWhateverSeed(own, other, { metric, level }), scores };
      const [there, lacking] = own ? [own, b] : [other!, a];
      return {
        a: own?.label ?? '',
        b: other?.label ?? '',
        protocol,
        metric,
        level,
        verdict: there.runs[0]?.leak.verdict ?? null,
        obstacles: [`no run under ${protocol} beside ${lacking.map(({ dir }) => dir).join(', ')}`],
        reservations: [],
        result: null,
        scores,
      };
    }),
  );
}

/** Two runs of different seeds are compared too, and that is said. */
function compareWhateverSeed(a: RunSet, b: RunSet, options: { metric: Metric; level: Level }): Comparison {
  const [own, other] = [a.runs[0], b.runs[0]];
  if (!own || !other || own.seed === other.seed) return compareRuns(a, b, options);
  const found = compareRuns(a, { ...b, runs: [{ ...other, seed: own.seed }] }, options);
  const said = `seed ${own.seed} against ${other.seed}${a.protocol === 'paper' ? ': other test windows' : ''}`;
  return found.result ? { ...found, reservations: [said, ...found.reservations] } : found;
}

function byProtocol(runs: readonly RunFolder[]): Map<Protocol, RunSet> {
  return new Map(
    runs.map((run) => {
      const set = runOfFolder(run);
      return [set.protocol, set];
    }),
  );
}

function scoreIn(set: RunSet | undefined, level: Level, metric: Metric): Interval | null {
  const run = set?.runs[0];
  return run ? intervalOf(run[level], metric) : null;
}
