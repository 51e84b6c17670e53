import { textWidth } from '../font.js';

export interface Anchor {
  /** Text to place. */
  text: string;
  /** The point it names, px from the plot's left and top. */
  x: number;
  y: number;
  /** Of the point's disc, px. */
  radius: number;
}

export interface PlacedLabel extends Anchor {
  /** Left end of the text, px. */
  left: number;
  /** Middle of the text, px. */
  middle: number;
  /** Ends of the leader line, px: on the point's edge and at the text. */
  leader: readonly [x1: number, y1: number, x2: number, y2: number];
}

export interface PlacementOptions {
  /** Of the plot, px. */
  width: number;
  height: number;
  /** px. */
  fontSize: number;
  /** Points that texts should not cover, px. */
  obstacles: readonly { x: number; y: number }[];
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GAP = 3;

/**
 * Places a text beside each point such that no text covers another, and few points are covered: greedily, first come first
 * served, each at the nearest free place of a fan around its point. A text that fits nowhere is left out.
 *
 * @returns The placed texts, in the order of `anchors`.
 */
export function placeLabels(anchors: readonly Anchor[], options: PlacementOptions): PlacedLabel[] {
  const taken: Box[] = [];
  const placed: PlacedLabel[] = [];
  for (const anchor of anchors) {
    const width = textWidth(anchor.text, options.fontSize);
    let best: { cost: number; box: Box; label: PlacedLabel } | undefined;
    for (const { dx: gap, dy, toLeft } of fan()) {
      const dx = gap + anchor.radius;
      const left = toLeft ? anchor.x - dx - width : anchor.x + dx;
      const middle = anchor.y + dy;
      const half = options.fontSize / 2 + 1;
      const box = { left, right: left + width, top: middle - half, bottom: middle + half };
      if (box.left < 0 || box.right > options.width || box.top < 0 || box.bottom > options.height) continue;
      if (taken.some((other) => overlap(box, other))) continue;
      const covered = options.obstacles.filter((point) => inside(point, box)).length;
      const cost = 14 * covered + Math.abs(dy) + dx * 0.6 + (toLeft ? 2 : 0);
      if (best && best.cost <= cost) continue;
      best = {
        cost,
        box,
        label: {
          ...anchor,
          left,
          middle,
          leader: leaderTo(anchor, toLeft ? box.right + 2 : left - 2, middle),
        },
      };
    }
    if (!best) continue;
    taken.push(best.box);
    placed.push(best.label);
  }
  return placed;
}

function leaderTo({ x, y, radius }: Anchor, endX: number, endY: number): PlacedLabel['leader'] {
  const length = Math.hypot(endX - x, endY - y);
  const start = Math.min(1, radius / length);
  return [x + start * (endX - x), y + start * (endY - y), endX, endY];
}

function* fan(): Generator<{ dx: number; dy: number; toLeft: boolean }> {
  for (let step = 0; step <= 12; step++)
    for (const dy of step === 0 ? [0] : [7 * step, -7 * step])
      for (const dx of [4, 16, 40, 76]) for (const toLeft of [false, true]) yield { dx, dy, toLeft };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right + 2 * GAP && b.left < a.right + 2 * GAP && a.top < b.bottom && b.top < a.bottom;
}

function inside(point: { x: number; y: number }, box: Box): boolean {
  return (
    point.x > box.left - GAP &&
    point.x < box.right + GAP &&
    point.y > box.top - GAP &&
    point.y < box.bottom + GAP
  );
}
