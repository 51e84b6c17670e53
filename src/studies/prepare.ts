import { type Dataset, loadDataset } from '../audit/dataset.js';
import { type Label, loadResourceTable, partIds, type ResourceTable } from '../audit/labels.js';
import { AuditweaveError } from '../errors.js';
import { type Column, selectColumns } from '../features/columns.js';
import { extractFields, OrdinalEncoder } from '../features/encoder.js';
import type { ProgressSink } from '../progress.js';
import { randomStream } from '../random.js';
import type { TrainingData } from '../training/engine.js';
import { leakReport } from '../windows/leak.js';
import { slidingWindowsIn } from '../windows/sliding.js';
import { type Segment, type Split, splitBlocked, splitCapture, splitPaper } from '../windows/split.js';
import type { LeakReport } from './record.js';
import type { Settings } from './settings.js';

/** A dataset ready to train on. Row letters as in the README. */
export interface Prepared extends TrainingData {
  dataset: Dataset<(string | null)[]>;
  columns: readonly Column[];
  encoder: OrdinalEncoder;
  table: ResourceTable;
  /** The K values a label part can take, ascending. */
  partIds: Int32Array;
  /** One number a label, shape [N]: equal numbers, equal labels. */
  codes: Int32Array;
  /** First rows of all windows, shape [M]. */
  starts: Int32Array;
  split: Split;
  leak: LeakReport;
}

/** L: resource, subresource, verb, namespaced, single. */
export const LABEL_PARTS = 5;

/**
 * Loads a dataset, splits its windows, fits the encoder on the training rows, encodes every row.
 *
 * @throws {AuditweaveError} The dataset is too short for one window in every part.
 * @example const data = await prepare(settings);
 */
export async function prepare(settings: Settings, sink?: ProgressSink): Promise<Prepared> {
  const loaded = await load(settings, sink);
  const { dataset, segments, starts } = loaded;
  const { rows } = dataset;
  const split = splitWindows(settings, dataset, segments, starts);
  for (const part of ['train', 'validation', 'test'] as const)
    if (split[part].length === 0)
      throw new AuditweaveError(
        `studies: expected at least one ${part} window, got none of ${settings.window.size} lines in ${rows.length}.`,
        { hint: 'Use a smaller --window, or a larger dataset.' },
      );
  const encoder = OrdinalEncoder.fit(
    trainingRows(split, rows),
    loaded.columns.map(({ name }) => name),
  );
  return encode(loaded, encoder, split, settings);
}

/**
 * Loads a dataset to be scored as a whole: every window is a test window, the encoder is the model's.
 *
 * @example const data = await prepareWhole(settings, OrdinalEncoder.fromJSON(model.encoder));
 */
export async function prepareWhole(
  settings: Settings,
  encoder: OrdinalEncoder,
  sink?: ProgressSink,
): Promise<Prepared> {
  const loaded = await load(settings, sink);
  const none = new Int32Array(0);
  const split: Split = {
    protocol: 'capture',
    train: none,
    validation: none,
    test: loaded.starts,
    trainRows: [],
    validationRows: [],
    testRows: loaded.segments,
  };
  return encode(loaded, encoder, split, settings);
}

type Loaded = Pick<Prepared, 'dataset' | 'columns' | 'table' | 'starts'> & { segments: Segment[] };

async function load(settings: Settings, sink?: ProgressSink): Promise<Loaded> {
  const table = await loadResourceTable();
  const columns = selectColumns(settings.features);
  const dataset = await loadDataset(settings.dataset, {
    lines: settings.lines,
    filter: settings.filter,
    map: (event) => extractFields(event, columns),
    ...(sink ? { sink } : {}),
  });
  const segments = captureSegments(dataset.capture);
  return { dataset, columns, table, segments, starts: slidingWindowsIn(segments, settings.window) };
}

function encode(loaded: Loaded, encoder: OrdinalEncoder, split: Split, settings: Settings): Prepared {
  const { dataset, columns, table, starts } = loaded;
  const ids = partIds(table);
  const { codes, targets } = encodeLabels(dataset.label, ids);
  return {
    dataset,
    columns,
    encoder,
    table,
    partIds: ids,
    codes,
    targets,
    starts,
    split,
    matrix: encoder.encodeRows(dataset.rows),
    leak: leakReport(split, {
      size: settings.window.size,
      rowKeys: dataset.rows.map((row) => JSON.stringify(row)),
      classes: codes,
    }),
  };
}

/**
 * A label's parts as indices among the K ids, and as one number in base K.
 *
 * @returns `targets` of shape [N, L], `codes` of shape [N].
 */
export function encodeLabels(
  labels: readonly Label[],
  ids: Int32Array,
): { targets: Int32Array; codes: Int32Array } {
  const index = new Map(Array.from(ids, (id, i) => [id, i]));
  const targets = new Int32Array(labels.length * LABEL_PARTS);
  labels.forEach((label, row) => {
    label.forEach((id, part) => {
      const at = index.get(id);
      if (at === undefined) throw new AuditweaveError(`studies: expected a known label part, got ${id}.`);
      targets[row * LABEL_PARTS + part] = at;
    });
  });
  return { targets, codes: codesOf(targets, ids.length) };
}

/**
 * One number for each five part indices: Σ index · K^(4 − part).
 *
 * @param parts Shape [R, L].
 * @param classes K, at most 73, so that codes fit 31 bits.
 * @returns Shape [R].
 * @throws {RangeError} K is greater.
 */
export function codesOf(parts: Int32Array, classes: number): Int32Array {
  if (classes ** LABEL_PARTS > 2 ** 31)
    throw new RangeError(`studies: expected at most 73 values a label part, got ${classes}.`);
  const codes = new Int32Array(parts.length / LABEL_PARTS);
  for (let row = 0; row < codes.length; row++)
    for (let part = 0; part < LABEL_PARTS; part++)
      codes[row] = codes[row]! * classes + parts[row * LABEL_PARTS + part]!;
  return codes;
}

/** The label of a code. */
export function labelOfCode(code: number, ids: Int32Array): Label {
  const parts: number[] = [];
  for (let rest = code, part = 0; part < LABEL_PARTS; part++) {
    parts.unshift(ids[rest % ids.length]!);
    rest = Math.floor(rest / ids.length);
  }
  return parts as unknown as Label;
}

/** Runs of rows of the same capture. */
function captureSegments(captures: readonly string[]): Segment[] {
  const segments: Segment[] = [];
  captures.forEach((capture, row) => {
    if (row === 0 || captures[row - 1] !== capture) segments.push({ first: row, last: row });
    else segments.at(-1)!.last = row;
  });
  return segments;
}

function splitWindows(
  { seed, split, window }: Settings,
  dataset: Dataset<unknown>,
  segments: Segment[],
  starts: Int32Array,
): Split {
  const { test, validation } = split;
  if (split.protocol === 'paper')
    return splitPaper(starts, { test, validation, random: randomStream(seed, 'split'), size: window.size });
  if (split.protocol === 'blocked') return splitBlocked({ segments, ...window, test, validation });
  const fold = dataset.manifest?.folds?.[split.fold];
  if (!fold)
    throw new AuditweaveError(
      `studies: expected a fold named “${split.fold}” in ${dataset.dir}/manifest.json, got none.`,
      {
        hint: `Known folds: ${Object.keys(dataset.manifest?.folds ?? {}).join(', ') || 'none; use --protocol blocked'}.`,
      },
    );
  return splitCapture({ captures: dataset.capture, fold, ...window });
}

function* trainingRows<T>({ trainRows }: Split, rows: readonly T[]): Generator<T> {
  for (const { first, last } of trainRows) for (let row = first; row <= last; row++) yield rows[row]!;
}
