import { settingsAt } from './run-set.js';
import type { StudySummary } from './summarize.js';

/** A setting of training that is not the same at every point of a study, though the study does not ask about it. */
export interface TrainingDifference {
  /** As in `training.epochs`. */
  path: string;
  /** Its value at each point, by the point's name. */
  values: { point: string; value: unknown }[];
}

/**
 * Settings of training that go with a study's points. What a point scores is then not due to the varied setting alone.
 *
 * @returns Empty when all points are trained alike, but for what the study varies.
 * @example trainingDifferences(windowSizes).map(({ path }) => path) // ['training.batchSize', 'training.epochs', …]
 */
export function trainingDifferences(summary: StudySummary): TrainingDifference[] {
  const { study, points } = summary;
  const [protocol] = study.protocols;
  if (protocol === undefined || points.length < 2) return [];
  const varied = new Set(points.flatMap(({ point }) => Object.keys(point)));
  const columns = points.map(({ point, name }) => ({
    name,
    settings: new Map(flatten('training', settingsAt(summary, point, protocol).training)),
  }));
  const paths = [...(columns[0]?.settings.keys() ?? [])].filter((path) => !varied.has(path));
  return paths.flatMap((path) => {
    const values = columns.map(({ name, settings }) => ({ point: name, value: settings.get(path) }));
    return new Set(values.map(({ value }) => JSON.stringify(value))).size > 1 ? [{ path, values }] : [];
  });
}

function flatten(path: string, value: unknown): [string, unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => flatten(`${path}.${key}`, child));
}
