import { AuditweaveError } from '../errors.js';
import type { Dataset } from './load.js';
/**
 * The lines of a named selection of the dataset's manifest.
 *
 * @throws {AuditweaveError} There is no such selection.
 */
export function selectLines<T>(dataset: Dataset<T>, name: string): Dataset<T> {
  if (name === 'all') return dataset;
  const selections = dataset.manifest?.selections ?? {};
  const selection = selections[name];
  if (!selection)
    throw new AuditweaveError(
      `studies: expected a selection named “${name}” in ${dataset.dir}/manifest.json, got none.`,
      { hint: `Known selections: ${['all', ...Object.keys(selections)].join(', ')}.` },
    );
  const { ranges } = selection;
  const rows = Array.from(dataset.line.keys()).filter((row) =>
    ranges.some(([first, last]) => first <= dataset.line[row]! && dataset.line[row]! <= last),
  );
  const pick = <V>(values: readonly V[]): V[] => rows.map((row) => values[row]!);
  return {
    ...dataset,
    rows: pick(dataset.rows),
    line: Int32Array.from(rows, (row) => dataset.line[row]!),
    auditID: pick(dataset.auditID),
    label: pick(dataset.label),
    own: pick(dataset.own),
    capture: pick(dataset.capture),
    context: pick(dataset.context),
    trigger: pick(dataset.trigger),
    background: pick(dataset.background),
    micros: Float64Array.from(rows, (row) => dataset.micros[row]!),
  };
}
