import { hash } from 'node:crypto';
import type { Settings } from '../settings/schema.js';
import { changeSettings } from '../settings/settings.js';
import { hasValues, pointLabel, settingsOf } from './point.js';
import type { TrialPlan } from './record.js';
import type { Study } from './study.js';

/** A trial with all that it needs to run. */
export interface Trial extends TrialPlan {
  /** As a person would name it. */
  label: string;
  settings: Settings;
}

/** Raised when the same settings would give another result than before: finished trials count no more then. */
export const TRIAL_VERSION = 2;

/**
 * All trials of a study, the most informative first: every point under every protocol once before any a second time, and of the points
 * the ends before the middles.
 *
 * @param dataset SHA-256 of the dataset: another log makes other trials, another folder of the same log does not.
 * @example expandStudy(study, dataset.sha256).length // points · protocols · runs
 */
export function expandStudy(study: Study, dataset: string): Trial[] {
  const { points, protocols, repeat } = study;
  const order = spread(points.length);
  const resolved = points.map(
    (point) => changeSettings(study.settings, settingsOf(point, study.adjust)).settings,
  );
  const labels = points.map((point) => pointLabel(point));
  const once = points.map((point) => repeat.once.some((values) => hasValues(point, values)));
  // Runs differ by their seed only.
  const plans = resolved.map((base) =>
    protocols.map((protocol) => {
      const settings: Settings = { ...base, split: { ...base.split, protocol } };
      return { protocol, settings, keyOf: keyBySeed(settings, dataset) };
    }),
  );
  return Array.from({ length: repeat.runs }, (_, run) =>
    order
      .filter((i) => run === 0 || !once[i])
      .flatMap((i) =>
        plans[i]!.map(({ protocol, settings, keyOf }) => {
          const seed = repeat.seed + run;
          const own = { key: keyOf(seed), settings: { ...settings, seed }, label: labels[i]! };
          return { ...own, point: points[i]!, protocol, run, seed };
        }),
      ),
  ).flat();
}

/** Hash of what decides a trial's result. Where the dataset lies does not. */
export function trialKey(settings: Settings, dataset: string): string {
  return keyBySeed(settings, dataset)(settings.seed);
}

/** Keys of trials that differ by their seed. */
function keyBySeed(settings: Settings, dataset: string): (seed: number) => string {
  const { seed: _, ...content } = { version: TRIAL_VERSION, ...keyed(settings), dataset };
  const texts = membersOf(content);
  const at = texts.findIndex((text) => text > '"seed":');
  const [before, after] = [texts.slice(0, at), texts.slice(at)].map((own) => own.join(','));
  return (seed) => hash('sha256', `{${before},"seed":${seed},${after}}`).slice(0, 16);
}

/**
 * Settings without those that are newer than the first records and say what was done before: such records keep their keys. A setting
 * that has no effect under the others counts as little.
 */
function keyed({ training, split, audit, model, ...rest }: Settings) {
  const { policies, beside, ...own } = model as typeof model & { policies?: number; beside?: string };
  const { purged, trainCaptures, trainShare, ...cut } = split;
  const { sampling, repeatFactor, crop, oneCycle, ...older } = training;
  const { descent, ...cycle } = oneCycle;
  return {
    ...rest,
    model: { ...own, ...(policies ? { policies } : {}), ...(beside ? { beside } : {}) },
    ...(audit.level === 'requestResponse' ? {} : { audit }),
    split: {
      ...cut,
      ...(purged ? { purged } : {}),
      ...(trainCaptures === 0 ? {} : { trainCaptures }),
      ...(trainShare === 1 ? {} : { trainShare }),
    },
    training: {
      ...older,
      oneCycle: descent === 'cosine' ? cycle : oneCycle,
      ...(sampling === 'uniform' ? {} : { sampling, repeatFactor }),
      ...(crop.batches === 0 ? {} : { crop }),
    },
  };
}

/**
 * 0 … count − 1, so that any first few are spread out: both ends, the middle, the quarters, …
 *
 * @example spread(5) // [0, 4, 2, 1, 3]
 */
export function spread(count: number): number[] {
  if (count < 3) return Array.from({ length: count }, (_, i) => i);
  const order = [0, count - 1];
  const gaps: [number, number][] = [[0, count - 1]];
  for (const [low, high] of gaps) {
    if (high - low < 2) continue;
    const middle = (low + high) >> 1;
    order.push(middle);
    gaps.push([low, middle], [middle, high]);
  }
  return order;
}

/** JSON with keys in order, so that equal values have equal text. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map(canonical).join(',')}]` : `{${membersOf(value).join(',')}}`;
}

const membersOf = (value: object): string[] =>
  Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
