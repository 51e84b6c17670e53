import type { Context } from './context.js';

/** A line in its place under its cause. */
export interface TreeRow {
  line: number;
  /** Position among the context's lines. */
  at: number;
  /** 0 for the triggering event. */
  depth: number;
  /** For each level from 1 on, whether more follows below on it. */
  rails: boolean[];
  /** Why it stands there. */
  reason: string;
}

/**
 * A context's lines as a tree, cause over effect. Where causes are not known, the triggering event comes first and the rest below it in
 * the order of the log.
 *
 * @returns In the order of reading; each line once, whatever the causes say.
 */
export function treeOf({
  context,
  lines,
  causes,
  reasons,
}: Pick<Context, 'context' | 'lines' | 'causes' | 'reasons'>): TreeRow[] {
  const positions = new Map(lines.map((line, i) => [line, i]));
  const root = positions.get(Number(context.slice(1))) ?? 0;
  const below = new Map<number, number[]>();
  const placed = new Set([root]);
  lines.forEach((line, i) => {
    if (i === root) return;
    const cause = causes?.[i];
    const known = cause === null || cause === undefined || cause === line ? undefined : positions.get(cause);
    const parent = known ?? root;
    const siblings = below.get(parent);
    if (siblings) siblings.push(i);
    else below.set(parent, [i]);
  });
  const rows: TreeRow[] = [];
  const walk = (start: number): void => {
    const stack = [{ at: start, depth: 0, rails: [] as boolean[] }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { at, depth, rails } = next;
      rows.push({ line: lines[at]!, at, depth, rails, reason: reasons?.[at] ?? '' });
      const children = (below.get(at) ?? []).filter((child) => !placed.has(child));
      for (const child of children) placed.add(child);
      for (let i = children.length - 1; i >= 0; i--)
        stack.push({ at: children[i]!, depth: depth + 1, rails: [...rails, i < children.length - 1] });
    }
  };
  if (lines.length > 0) walk(root);
  // Causes that go in a circle hang below nothing.
  lines.forEach((_, i) => {
    if (placed.has(i)) return;
    placed.add(i);
    walk(i);
  });
  return rows;
}
