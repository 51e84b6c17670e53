import type { OneSided, OtherLines, SetComparison } from '../contexts/diff.js';
import { table } from './table.js';

/** Contexts listed of each kind, numbers of lines listed of one in JSON and to read, and places of its lines. */
const [MOST, LINES, FEW, ELSEWHERE] = [20, 10, 5, 3] as const;

/** As many of a list as are shown, and how many there are. */
export interface Shown<T> {
  count: number;
  shown: T[];
}

const shownOf = <T, S>(all: readonly T[], most: number, say: (one: T) => S): Shown<S> => ({
  count: all.length,
  shown: all.slice(0, most).map(say),
});

/**
 * A comparison as JSON: how many there are of each kind, and the first of them.
 *
 * @param all Whether all contexts and all lines are listed. Default false: 20 contexts of each kind, 10 lines of each.
 */
export function setsJson({ same, jaccard, ...sides }: SetComparison, all = false): Record<string, unknown> {
  const [most, lines] = all ? [Infinity, Infinity] : [MOST, LINES];
  const numbers = (list: readonly number[]): Shown<number> => shownOf(list, lines, (line) => line);
  const one = ({ context: { context, text, actor, lines }, elsewhere }: OneSided) => ({
    ...{ context, text, actor },
    lines: numbers(lines),
    elsewhere: shownOf(elsewhere, all ? Infinity : ELSEWHERE, (other) => other),
  });
  const other = ({ onlyFirst, onlySecond, ...rest }: OtherLines) => ({
    ...rest,
    onlyFirst: numbers(onlyFirst),
    onlySecond: numbers(onlySecond),
  });
  return {
    same,
    jaccard,
    different: shownOf(sides.different, most, other),
    onlyFirst: shownOf(sides.onlyFirst, most, one),
    onlySecond: shownOf(sides.onlySecond, most, one),
  };
}

/** The same to read. */
export function setsText(sets: SetComparison, all = false): string {
  const { same, jaccard, different, onlyFirst, onlySecond } = sets;
  const most = all ? Infinity : MOST;
  const text = [
    `${same} contexts are the same, line for line; ${different.length} in both with other lines, ${onlyFirst.length} only in the first, ${onlySecond.length} only in the second. ` +
      `Same of all (Jaccard): ${jaccard.toFixed(3)}.\n`,
  ];
  const add = (title: string, head: string[], rows: string[][], count: number): void => {
    if (count === 0) return;
    const more = count > rows.length ? `and ${count - rows.length} more: --all lists them\n` : '';
    text.push(`${title}:\n${table(head, rows)}\n${more}`);
  };
  const list = (items: readonly (number | string)[], few: number): string => {
    const shown = all ? items : items.slice(0, few);
    return `${shown.join(' ') || '–'}${items.length > shown.length ? ` and ${items.length - shown.length} more` : ''}`;
  };
  add(
    'In both, with other lines',
    ['id', 'who', 'action', 'lines in both', 'only in the first', 'only in the second'],
    different
      .slice(0, most)
      .map(({ context, actor, text, both, onlyFirst, onlySecond }) => [
        context,
        actor,
        text,
        String(both),
        list(onlyFirst, FEW),
        list(onlySecond, FEW),
      ]),
    different.length,
  );
  for (const [title, sides] of [
    ['Only in the first', onlyFirst],
    ['Only in the second', onlySecond],
  ] as const)
    add(
      title,
      ['id', 'who', 'action', 'lines', 'in the other'],
      sides.slice(0, most).map(({ context: { context, actor, text, lines }, elsewhere }) => [
        context,
        actor,
        text,
        String(lines.length),
        list(
          elsewhere.map(({ context, lines: shared }) =>
            shared === lines.length ? context : `${context}:${shared}`,
          ),
          ELSEWHERE,
        ),
      ]),
      sides.length,
    );
  return text.join('\n');
}
