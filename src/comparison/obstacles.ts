import type { Settings } from '../settings/schema.js';

import type { Level, RunSet } from './run-set.js';

/** Settings that decide which lines there are, and under each protocol which of them test. */
const LINES = ['selection', 'lines', 'filter'];
const TEST_PART: Record<string, readonly string[]> = {
  paper: ['split.test', 'split.folds', 'split.part'],
  blocked: ['split.test', 'split.folds', 'split.part'],
  capture: ['split.fold'],
};

/** Whether one dataset is the other, or took its place with lines that are equal to a model. */
function isSame(a: RunSet['dataset'], b: RunSet['dataset']): boolean {
  return a.sha256 === b.sha256 || !!a.replaces?.includes(b.sha256) || !!b.replaces?.includes(a.sha256);
}

/**
 * Why two sets of runs cannot be compared: scores of other lines differ for that reason alone.
 *
 * @returns Empty when they can.
 * @example obstacles(a, b) // ['other test lines: split.test 0.1 against 0.2']
 */
export function obstacles(a: RunSet, b: RunSet): string[] {
  if (a.protocol !== b.protocol) return [`another protocol: ${a.protocol} against ${b.protocol}`];
  if (!isSame(a.dataset, b.dataset)) {
    const name = ({ dataset: { name, sha256 } }: RunSet) => `${name} (${sha256.slice(0, 8)})`;
    return [`another dataset: ${name(a)} against ${name(b)}`];
  }
  const differ = (paths: readonly string[]): string[] =>
    paths.flatMap((path) => {
      const [own, other] = [at(a.settings, path), at(b.settings, path)];
      return own === other || !counts(path, a.settings, b.settings)
        ? []
        : [`${path} ${own} against ${other}`];
    });
  const lines = differ(LINES);
  const test = differ(TEST_PART[a.protocol] ?? []);
  return [
    ...(lines.length > 0 ? [`other lines: ${lines.join(', ')}`] : []),
    ...(test.length > 0 ? [`other test lines: ${test.join(', ')}`] : []),
  ];
}

/**
 * What to bear in mind of a comparison: test parts that are the same by rule but not line by line.
 *
 * @param options.seeds Of the runs that are paired.
 */
export function reservations(
  a: RunSet,
  b: RunSet,
  { level, seeds }: { level: Level; seeds: readonly number[] },
): string[] {
  const said: string[] = [];
  const window = ({ settings }: RunSet) => `${settings.window.size} by ${settings.window.stride}`;
  if (a.protocol === 'paper' && window(a) !== window(b))
    said.push(
      `test windows of ${window(a)} lines and of ${window(b)} are drawn apart: they cover other lines`,
    );
  const n = ({ runs }: RunSet) =>
    seeds.map((seed) => runs.find((run) => run.seed === seed)?.[level].n ?? Number.NaN);
  const [own, other] = [range(n(a)), range(n(b))];
  if (own !== other)
    said.push(`${own} ${level === 'lines' ? 'lines' : 'lines of windows'} scored against ${other}`);
  return said;
}

/** A k-fold has its own share; without one the part says nothing. */
function counts(path: string, { split: a }: Settings, { split: b }: Settings): boolean {
  if (path === 'split.test') return a.folds === 0 && b.folds === 0;
  if (path === 'split.part') return a.folds > 0 && b.folds > 0;
  return true;
}

function at(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const key of path.split('.')) value = (value as Record<string, unknown>)[key];
  return value;
}

function range(values: readonly number[]): string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return least === greatest ? String(least) : `${least}–${greatest}`;
}
