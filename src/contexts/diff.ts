import { microsOf } from '../audit/time.js';
import { actionKind } from './action-text.js';
import type { Context } from './context.js';

/** What a comparison needs of a context. */
export type Compared = Pick<
  Context,
  'context' | 'text' | 'actor' | 'trigger' | 'lines' | 'outcome' | 'background' | 'from' | 'to'
> & {
  more?: number;
};

/** One kind of action in two logs. */
export interface ActionChange {
  /** `create deployment`, with the outcome where it is not `done`. */
  action: string;
  /** Contexts of the first and of the second log, and their mean lines. */
  contexts: [number, number];
  lines: [number, number];
  /** Who did it in how many contexts of each, the most first. */
  actors: { actor: string; contexts: [number, number] }[];
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
  const sums = new Map<
    string,
    Pick<ActionChange, 'contexts' | 'lines'> & { who: Map<string, [number, number]> }
  >();
  ([first, second] as const).forEach((contexts, at) => {
    const side = at as 0 | 1;
    for (const { trigger, lines, more = 0, outcome, background, actor } of contexts) {
      if (background) continue;
      const action = `${actionKind(trigger)}${outcome === 'done' ? '' : ` (${outcome})`}`;
      const sum = sums.get(action) ?? { contexts: [0, 0], lines: [0, 0], who: new Map() };
      const own = sum.who.get(actor) ?? [0, 0];
      sum.contexts[side]++;
      sum.lines[side] += lines.length + more;
      own[side]++;
      sum.who.set(actor, own);
      sums.set(action, sum);
    }
  });
  const rows = [...sums].map(([action, { contexts, lines, who }]): ActionChange => {
    const mean = (side: 0 | 1): number => (contexts[side] === 0 ? 0 : lines[side] / contexts[side]);
    const means: [number, number] = [mean(0), mean(1)];
    const actors = [...who].map(([actor, own]) => ({ actor, contexts: own }));
    actors.sort((a, b) => b.contexts[0] + b.contexts[1] - a.contexts[0] - a.contexts[1]);
    return { action, contexts, lines: means, actors, change: changeOf(contexts, means) };
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

/**
 * What shows that contexts are of two logs, which cannot be compared by the numbers of their lines: a line that triggers a context of both
 * and is another event, or else that one log ended before the other began. Null where nothing does.
 *
 * @example differentLogs(monday, tuesday) // 'line 0 is create deployment web in shop, and list nodes'
 */
export function differentLogs(first: readonly Compared[], second: readonly Compared[]): string | null {
  const byLine = new Map(first.map((one) => [one.trigger.line, one]));
  let shared = 0;
  for (const other of [...second].sort((a, b) => a.trigger.line - b.trigger.line)) {
    const one = byLine.get(other.trigger.line);
    if (!one) continue;
    shared++;
    if (eventKey(one) !== eventKey(other))
      return `line ${one.trigger.line} is ${toldAt(one)} and ${toldAt(other)}`;
  }
  const ends = (contexts: readonly Compared[]): [number, number] =>
    contexts.reduce(
      ([from, to], one) => [Math.min(from, microsOf(one.from)), Math.max(to, microsOf(one.to))],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
  if (shared > 0 || first.length === 0 || second.length === 0) return null;
  const [[from, to], [begin, end]] = [ends(first), ends(second)];
  return to < begin || end < from ? 'one ends before the other begins' : null;
}

const toldAt = ({ text, from }: Compared): string => `“${text}” at ${from}`;

/** Which event triggered a context. Clients choose auditIDs, so that the time and the stage are in it. */
const eventKey = ({ trigger }: Compared): string =>
  JSON.stringify([trigger.auditID, trigger.stage, microsOf(trigger.requestReceivedTimestamp ?? '')]);

/** A context as one of two ways found it, and where its lines are by the other. */
export interface OneSided {
  context: Compared;
  /** Contexts of the other way that have lines of it, by the number of these, the most first. */
  elsewhere: { context: string; lines: number }[];
}

/** One action of which the two ways have other lines. */
export interface OtherLines {
  context: string;
  text: string;
  actor: string;
  /** Lines that both ways have. */
  both: number;
  onlyFirst: number[];
  onlySecond: number[];
}

/** Two ways to find contexts in one log, as sets of lines. In order of the log. */
export interface SetComparison {
  /** Contexts of the same lines on both sides. */
  same: number;
  /** Of the same triggering line on both sides, and other lines. */
  different: OtherLines[];
  /** Of a triggering line that has a context on one side only. */
  onlyFirst: OneSided[];
  onlySecond: OneSided[];
  /** Same contexts among all sets of lines that either side has: |A ∩ B| / |A ∪ B|. 1 when both are empty. */
  jaccard: number;
}

/**
 * Compares contexts of one log as sets: which ones both sides have, line for line, and how the others differ.
 *
 * @example compareSets(byRules, byModel).jaccard // 0.93
 */
export function compareSets(first: readonly Compared[], second: readonly Compared[]): SetComparison {
  const keyOf = ({ lines, more = 0 }: Compared): string => `${lines.join(' ')} +${more}`;
  const [a, b] = [new Set(first.map(keyOf)), new Set(second.map(keyOf))];
  const apart = (own: readonly Compared[], others: ReadonlySet<string>): Map<string, Compared> =>
    new Map(
      own
        .filter((one) => !others.has(keyOf(one)))
        .sort((one, other) => one.trigger.line - other.trigger.line)
        .map((one) => [one.context, one]),
    );
  const [left, right] = [apart(first, b), apart(second, a)];
  const alone = (own: Map<string, Compared>, others: Map<string, Compared>): OneSided[] => {
    const rest = [...own.values()].filter(({ context }) => !others.has(context));
    return rest.map((context) => ({ context, elsewhere: [] as OneSided['elsewhere'] }));
  };
  const [onlyFirst, onlySecond] = [alone(left, right), alone(right, left)];
  findElsewhere(onlyFirst, second);
  findElsewhere(onlySecond, first);
  const same = [...a].filter((key) => b.has(key)).length;
  const all = a.size + b.size - same;
  const different = [...left.values()].flatMap((one) => {
    const other = right.get(one.context);
    return other ? [otherLines(one, other)] : [];
  });
  return { same, different, onlyFirst, onlySecond, jaccard: all === 0 ? 1 : same / all };
}

function otherLines({ context, text, actor, lines }: Compared, { lines: others }: Compared): OtherLines {
  const [own, their] = [new Set(lines), new Set(others)];
  const onlyFirst = lines.filter((line) => !their.has(line));
  const onlySecond = others.filter((line) => !own.has(line));
  return { context, text, actor, both: lines.length - onlyFirst.length, onlyFirst, onlySecond };
}

function findElsewhere(sides: readonly OneSided[], others: readonly Compared[]): void {
  const sideOf = new Map(sides.flatMap((side) => side.context.lines.map((line) => [line, side])));
  for (const { context, lines } of others) {
    const shared = new Map<OneSided, number>();
    for (const line of lines) {
      const side = sideOf.get(line);
      if (side) shared.set(side, (shared.get(side) ?? 0) + 1);
    }
    for (const [side, count] of shared) side.elsewhere.push({ context, lines: count });
  }
  for (const { elsewhere } of sides) elsewhere.sort((one, other) => other.lines - one.lines);
}
