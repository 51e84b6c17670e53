import type { RandomStream } from '../random.js';
import { bootstrapInterval, resample } from './bootstrap.js';
import { meanF1 } from './classification.js';
import type { Interval } from './interval.js';
import { mean } from './moments.js';

/** What two models said of the same samples in one run. Every list has n items. */
export interface PairedRun {
  /** True class of each sample. */
  truth: ArrayLike<number>;
  /** Class that A gave it, and B. */
  a: ArrayLike<number>;
  b: ArrayLike<number>;
  /** From 0 to G − 1: samples of one group are right or wrong together, in all runs. */
  group: ArrayLike<number>;
}

/** Of A less B, the mean over runs. */
export interface PairedDifferences {
  exactMatch: Interval;
  macroF1: { strict: Interval; paper: Interval };
}

/**
 * The difference of two models with the interval of a paired cluster bootstrap: groups are drawn with replacement, the same for A and B and
 * for every run, and the difference is taken again [EFRON1993, ch. 8]. It speaks of other groups from the same source, where an interval over
 * runs speaks of other seeds on these groups.
 *
 * @param runs At least one; their groups are numbered together.
 * @param options.groups G.
 * @param options.unit What a group is, in the plural.
 * @param options.random Decides which are drawn.
 * @param options.resamples Default 1000.
 * @param options.level Default 0.95.
 * @throws {RangeError} The lists of a run differ in length.
 * @example pairedBootstrap([{ truth, a, b, group }], { groups: 2, unit: 'captures', random: randomStream(1, 'units') }).exactMatch
 */
export function pairedBootstrap(
  runs: readonly PairedRun[],
  options: { groups: number; unit: string; random: RandomStream; resamples?: number; level?: number },
): PairedDifferences {
  const { groups, unit, random, resamples = 1000, level = 0.95 } = options;
  const counted = runs.map((run) => new CountedRun(run, groups));
  const differences = (times: ArrayLike<number>): number[] => {
    const own = counted.map((run) => run.difference(times));
    return [0, 1, 2].map((i) => mean(own.map((one) => one[i]!)));
  };
  const values = differences(new Int32Array(groups).fill(1));
  const draws = resample(groups, { resamples, random }, differences);
  const n = mean(runs.map(({ truth }) => truth.length));
  const interval = (i: number): Interval =>
    bootstrapInterval(
      values[i]!,
      draws.map((draw) => draw[i]!),
      { groups, unit, n, level, range: [-1, 1] },
    );
  return { exactMatch: interval(0), macroF1: { strict: interval(1), paper: interval(2) } };
}

/** How often a group says the same of a sample: flat runs of [truth, a, b, count]. */
class CountedRun {
  readonly #quads: Int32Array[];
  readonly #classes: number;

  constructor({ truth, a, b, group }: PairedRun, groups: number) {
    const n = truth.length;
    if (a.length !== n || b.length !== n || group.length !== n)
      throw new RangeError(`metrics: expected ${n} samples of A, B and groups, got others.`);
    const index = new Map<number, number>();
    const at = (name: number): number => {
      const known = index.get(name) ?? index.size;
      index.set(name, known);
      return known;
    };
    const cells = Array.from({ length: groups }, () => new Map<string, number>());
    for (let i = 0; i < n; i++) {
      const key = `${at(truth[i]!)} ${at(a[i]!)} ${at(b[i]!)}`;
      const own = cells[group[i]!]!;
      own.set(key, (own.get(key) ?? 0) + 1);
    }
    this.#classes = index.size;
    this.#quads = cells.map((own) =>
      Int32Array.from([...own].flatMap(([key, count]) => [...key.split(' ').map(Number), count])),
    );
  }

  /** Exact match, strict macro F1 and macro F1 over true classes, A less B, where group g is there times[g] times. */
  difference(times: ArrayLike<number>): [number, number, number] {
    const zeros = () => new Int32Array(this.#classes);
    const [support, hitsA, givenA, hitsB, givenB] = [zeros(), zeros(), zeros(), zeros(), zeros()];
    let [drawn, rightA, rightB] = [0, 0, 0];
    this.#quads.forEach((quads, g) => {
      if (times[g] === 0) return;
      for (let q = 0; q < quads.length; q += 4) {
        const [t, a, b, count] = [quads[q]!, quads[q + 1]!, quads[q + 2]!, quads[q + 3]! * times[g]!];
        drawn += count;
        support[t]! += count;
        givenA[a]! += count;
        givenB[b]! += count;
        if (a === t) {
          hitsA[t]! += count;
          rightA += count;
        }
        if (b === t) {
          hitsB[t]! += count;
          rightB += count;
        }
      }
    });
    const f1 = (over: 'union' | 'truth') =>
      meanF1(hitsA, support, givenA, over) - meanF1(hitsB, support, givenB, over);
    return [(rightA - rightB) / drawn, f1('union'), f1('truth')];
  }
}
