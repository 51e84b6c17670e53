import { textWidth } from './font.js';

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
  /** Discs that no text may cover, px. */
  obstacles: readonly Disc[];
}

interface Disc {
  x: number;
  y: number;
  radius: number;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const GAP = 3;

/**
 * Places a text beside each point such that no text covers another, a disc or a leader line: greedily, first
 * come first served, each at the nearest free place of a fan around its point. A text that fits nowhere is left out.
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
      const leader = leaderTo(anchor, toLeft ? box.right + 2 : left - 2, middle);
      if (taken.some((other) => crosses(leader, other)) || placed.some((other) => crosses(other.leader, box)))
        continue;
      if (options.obstacles.some((disc) => covers(box, disc))) continue;
      const cost = Math.abs(dy) + dx * 0.6 + (toLeft ? 2 : 0);
      if (!best || cost < best.cost) best = { cost, box, label: { ...anchor, left, middle, leader } };
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
  for (let step = 0; step <= 24; step++)
    for (const dy of step === 0 ? [0] : [7 * step, -7 * step])
      for (const dx of [4, 16, 40, 76]) for (const toLeft of [false, true]) yield { dx, dy, toLeft };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right + 2 * GAP && b.left < a.right + 2 * GAP && a.top < b.bottom && b.top < a.bottom;
}

function covers(box: Box, { x, y, radius }: Disc): boolean {
  const nearX = Math.max(box.left, Math.min(x, box.right));
  const nearY = Math.max(box.top, Math.min(y, box.bottom));
  return Math.hypot(x - nearX, y - nearY) < radius;
}

function crosses([x1, y1, x2, y2]: PlacedLabel['leader'], box: Box): boolean {
  const steps = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 4));
  for (let i = 0; i <= steps; i++) {
    const x = x1 + (i / steps) * (x2 - x1);
    const y = y1 + (i / steps) * (y2 - y1);
    if (x > box.left && x < box.right && y > box.top && y < box.bottom) return true;
  }
  return false;
}
