import type { Point } from './record.js';

/** Settings for the points that have certain values. */
export interface Adjustment {
  at: Point;
  set: Record<string, unknown>;
}

/** All settings of a point: those that go with it, and its own, which win. */
export function settingsOf(point: Point, adjust: readonly Adjustment[]): Record<string, unknown> {
  const fitting = adjust.filter(({ at }) => hasValues(point, at));
  return Object.assign({}, ...fitting.map(({ set }) => set), point);
}

/** Whether a point has all of some values. */
export function hasValues(point: Point, values: Point): boolean {
  return Object.entries(values).every(([path, value]) =>
    samePoint({ [path]: value }, { [path]: point[path] }),
  );
}

/** Whether two points set the same values. */
export function samePoint(a: Point, b: Point): boolean {
  return pointKey(a) === pointKey(b);
}

/** A point as a person would name it: `window.size=10`, `without verb`. */
export function pointLabel(point: Point): string {
  const parts = Object.entries(point).map(([path, value]) => {
    if (path === 'features.exclude' && Array.isArray(value))
      return value.length === 0 ? 'all features' : `without ${value.join(', ')}`;
    return `${path}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  });
  return parts.join(' ') || 'base';
}

/** A text that is equal for equal points, in whatever order their settings are named. */
export function pointKey(point: Point): string {
  return JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
}
