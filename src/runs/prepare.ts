import { encodeLabels } from '../audit/codes.js';
import { loadResourceTable, partIds } from '../audit/labels.js';
import type { Dataset } from '../dataset/load.js';
import { selectLines } from '../dataset/select.js';
import { AuditweaveError } from '../errors.js';
import { COLUMNS, selectColumns } from '../features/columns.js';
import { OrdinalEncoder } from '../features/encoder.js';
import { loadLines } from '../features/line-table.js';
import type { ModelData } from '../model/model.js';
import type { ProgressSink } from '../progress.js';
import { randomStream } from '../random.js';
import type { Settings } from '../settings/schema.js';

import { leaveOut, leaveOutNames } from '../windows/capture.js';
import { leakReport } from '../windows/leak.js';
import { lessTraining } from '../windows/less-training.js';
import { slidingWindowsIn } from '../windows/sliding.js';
import {
  checkFold,
  type Segment,
  type Split,
  segmentsOf,
  splitBlocked,
  splitCapture,
  splitPaper,
  splitPaperFold,
} from '../windows/split.js';
import { straddlingRows } from '../windows/straddling.js';
import type { LeakReport } from './record.js';

/** A dataset ready to train on, and what its split leaks. */
export interface Prepared extends ModelData {
  /** First rows of all windows, shape [M]. */
  starts: Int32Array;
  leak: LeakReport;
  /** 1 at each row that is not scored though it is tested, shape [N]; null where all are scored. */
  unscored: Uint8Array | null;
}

/**
 * Loads a dataset, splits its windows, fits the encoder on the training rows, encodes every row.
 *
 * @param options.encoder That of a model, as it writes itself, in place of the fitted one; null for a model that has none.
 * @throws {AuditweaveError} The dataset is too short for one window in every part.
 * @example const data = await prepare(settings);
 */
export async function prepare(
  settings: Settings,
  sink?: ProgressSink,
  { encoder: known = null }: { encoder?: unknown } = {},
): Promise<Prepared> {
  const loaded = await load(settings, sink);
  const { dataset, rows, segments, starts } = loaded;
  const split = trainedOnLess(splitWindows(settings, dataset, segments, starts), settings, dataset.capture);
  for (const part of ['train', 'validation', 'test'] as const)
    if (split[part].length === 0)
      throw new AuditweaveError(
        `studies: expected at least one ${part} window, got none of ${settings.window.size} lines in ${rows.length}.`,
        { hint: 'Use a smaller --window, or a larger dataset.' },
      );
  const encoder = () =>
    OrdinalEncoder.fit(
      trainingRows(split, rows),
      loaded.columns.map(({ name }) => name),
    ).as(settings.features.encoding);
  return encode(loaded, known === null ? encoder() : OrdinalEncoder.fromJSON(known), split, settings);
}

/**
 * Loads a dataset to be scored as a whole: every window is a test window, the encoder is the model's.
 *
 * @param known The encoder as it writes itself; null for a model that has none.
 * @example const data = await prepareWhole(settings, await kind.readEncoder(folder));
 */
export async function prepareWhole(
  settings: Settings,
  known: unknown,
  sink?: ProgressSink,
): Promise<Prepared> {
  const loaded = await load(settings, sink);
  const encoder =
    known === null
      ? OrdinalEncoder.fit(
          loaded.rows,
          loaded.columns.map(({ name }) => name),
        )
      : OrdinalEncoder.fromJSON(known);
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

type Loaded = Pick<Prepared, 'dataset' | 'columns' | 'rows' | 'table' | 'starts'> & { segments: Segment[] };

async function load(settings: Settings, sink?: ProgressSink): Promise<Loaded> {
  const table = await loadResourceTable();
  const columns = selectColumns(settings.features);
  const { lines, filter, selection, audit } = settings;
  const whole = await loadLines(settings.dataset, { lines, filter, ...audit, ...(sink ? { sink } : {}) });
  const dataset = selectLines(whole, selection);
  const positions = columns.map(({ name }) => COLUMNS.findIndex((column) => column.name === name));
  const rows = dataset.rows.map(({ fields }) => positions.map((at) => fields[at]!));
  const segments = segmentsOf(dataset.capture);
  return { dataset, columns, rows, table, segments, starts: slidingWindowsIn(segments, settings.window) };
}

function encode(loaded: Loaded, encoder: OrdinalEncoder, split: Split, settings: Settings): Prepared {
  const { dataset, columns, rows, table, starts } = loaded;
  const contexts = dataset.context;
  const ids = partIds(table);
  const { codes, targets } = encodeLabels(dataset.label, ids);
  return {
    dataset,
    columns,
    rows,
    encoder,
    table,
    partIds: ids,
    codes,
    targets,
    starts,
    split,
    matrix: encoder.encodeRows(rows),
    leak: leakReport(split, {
      size: settings.window.size,
      rowKeys: rows.map((row) => JSON.stringify(row)),
      classes: codes,
      contexts,
    }),
    unscored: settings.split.purged && split.protocol === 'blocked' ? straddlingRows(split, contexts) : null,
  };
}

function splitWindows(
  { seed, split, window }: Settings,
  dataset: Dataset<unknown>,
  segments: Segment[],
  starts: Int32Array,
): Split {
  const { test, validation, folds, part, purged } = split;
  const { size } = window;
  const gap = purged ? size : 0;
  if (split.protocol === 'paper') {
    const random = randomStream(seed, 'split');
    return folds > 0
      ? splitPaperFold(starts, { folds, part, validation, random, size })
      : splitPaper(starts, { test, validation, random, size });
  }
  if (split.protocol === 'blocked') {
    if (folds === 0) return splitBlocked({ segments, ...window, test, validation, gap });
    checkFold({ folds, part });
    const position = (part - 1) / (folds - 1);
    return splitBlocked({ segments, ...window, test: 1 / folds, position, validation, gap });
  }
  if (folds > 0)
    throw new AuditweaveError('studies: expected no k-fold with split.protocol capture, got split.folds.', {
      hint: 'The manifest names the folds by capture: split.fold.',
    });
  const fold = dataset.manifest?.folds?.[split.fold] ?? leaveOut(dataset.capture, split.fold);
  if (!fold)
    throw new AuditweaveError(
      `studies: expected a fold named “${split.fold}” in ${dataset.dir}/manifest.json, got none.`,
      {
        hint: `Known folds: ${[...Object.keys(dataset.manifest?.folds ?? {}), ...leaveOutNames(dataset.capture)].join(', ') || 'none; use --protocol blocked'}.`,
      },
    );
  return splitCapture({ captures: dataset.capture, fold, ...window });
}

/** A learning curve's part of the training rows. */
function trainedOnLess(split: Split, { split: asked, window }: Settings, captures: string[]): Split {
  const { trainCaptures: most, trainShare: share } = asked;
  if (most === 0 && share === 1) return split;
  if (split.protocol === 'paper')
    throw new AuditweaveError(
      'studies: expected split.trainCaptures 0 and split.trainShare 1 with split.protocol paper, got others.',
      { hint: 'Its windows are drawn at random: use --protocol blocked or capture.' },
    );
  return lessTraining(split, { size: window.size, captures, most, share });
}

function* trainingRows<T>({ trainRows }: Split, rows: readonly T[]): Generator<T> {
  for (const { first, last } of trainRows) for (let row = first; row <= last; row++) yield rows[row]!;
}
