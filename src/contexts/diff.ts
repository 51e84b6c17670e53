import { actionKind } from './action-text.js';
import type { Context } from './context.js';

/** What a comparison needs of a context. */
export type Compared = Pick<Context, 'context' | 'trigger' | 'lines' | 'outcome' | 'background'> & {
  more?: number;
};

/** One kind of action in two logs. */
export interface ActionChange {
  /** `create deployment`, with the outcome where it is not `done`. */
  action: string;
  /** Contexts of the first and of the second log, and their mean lines. */
  contexts: [number, number];
  lines: [number, number];
  change: 'new' | 'gone' | 'larger' | 'smaller' | 'more' | 'fewer' | 'same';
}

/** From this ratio on means and counts differ. */
const RATIO = 1.5;

/**
 * What two logs have of each kind of action: new, gone, larger or smaller by the mean lines of a context, or else more or fewer.
 *
 * @returns Changes first, the greatest number of contexts first. Background is left out.
 */
export function compareActions(first: Iterable<Compared>, second: Iterable<Compared>): ActionChange[] {
  const sums = new Map<string, { contexts: [number, number]; lines: [number, number] }>();
  [first, second].forEach((contexts, side) => {
    for (const { trigger, lines, more = 0, outcome, background } of contexts) {
      if (background) continue;
      const action = `${actionKind(trigger)}${outcome === 'done' ? '' : ` (${outcome})`}`;
      const sum = sums.get(action) ?? { contexts: [0, 0], lines: [0, 0] };
      sum.contexts[side as 0 | 1]++;
      sum.lines[side as 0 | 1] += lines.length + more;
      sums.set(action, sum);
    }
  });
  const rows = [...sums].map(([action, { contexts, lines }]): ActionChange => {
    const mean = (side: 0 | 1): number => (contexts[side] === 0 ? 0 : lines[side] / contexts[side]);
    const means: [number, number] = [mean(0), mean(1)];
    return { action, contexts, lines: means, change: changeOf(contexts, means) };
  });
  const rank = ['new', 'gone', 'larger', 'smaller', 'more', 'fewer', 'same'];
  return rows.sort(
    (a, b) =>
      rank.indexOf(a.change) - rank.indexOf(b.change) ||
      Math.max(...b.contexts) - Math.max(...a.contexts) ||
      (a.action < b.action ? -1 : 1),
  );
}

function changeOf([a, b]: [number, number], [small, large]: [number, number]): ActionChange['change'] {
  if (a === 0) return 'new';
  if (b === 0) return 'gone';
  if (large >= RATIO * small) return 'larger';
  if (small >= RATIO * large) return 'smaller';
  if (b >= RATIO * a) return 'more';
  return a >= RATIO * b ? 'fewer' : 'same';
}

/** Two ways to find contexts in one log, as sets of lines. */
export interface SetComparison {
  /** Contexts of the same lines on both sides. */
  same: number;
  /** Ids of those that only one side has. */
  onlyFirst: string[];
  onlySecond: string[];
  /** Same contexts among all that either side has: |A ∩ B| / |A ∪ B|. 1 when both are empty. */
  jaccard: number;
}

/**
 * Compares contexts of one log as sets: which ones both sides have, line for line.
 *
 * @example compareSets(byRules, byModel).jaccard // 0.93
 */
export function compareSets(first: Iterable<Compared>, second: Iterable<Compared>): SetComparison {
  const keyed = (contexts: Iterable<Compared>): Map<string, string> =>
    new Map([...contexts].map(({ context, lines }) => [lines.join(' '), context]));
  const [a, b] = [keyed(first), keyed(second)];
  const onlyFirst = [...a].filter(([key]) => !b.has(key)).map(([, id]) => id);
  const onlySecond = [...b].filter(([key]) => !a.has(key)).map(([, id]) => id);
  const same = a.size - onlyFirst.length;
  const all = same + onlyFirst.length + onlySecond.length;
  return { same, onlyFirst, onlySecond, jaccard: all === 0 ? 1 : same / all };
}
