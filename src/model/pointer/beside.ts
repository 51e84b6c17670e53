import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { atLevel, type Level } from '../../audit/level.js';
import { loadDataset, openDataset } from '../../dataset/load.js';
import { readTruth } from '../../dataset/truth.js';
import { MismatchError } from '../../errors.js';
import { findPath } from '../../files/program.js';
import type { ProgressSink } from '../../progress.js';
import type { ModelSettings } from '../model.js';
import { triggersOf } from './data.js';
import type { TaughtPart } from './examples.js';
import { levelsFor, partsOf, rowsOn } from './parts.js';
import { type Request, readRequest } from './request.js';
import type { PointerSettings } from './settings.js';

/** A dataset that is taught beside the one that is trained on. */
export interface Beside {
  name: string;
  /** Hash of its log and truth. */
  sha256: string;
  parts: TaughtPart[];
}

/**
 * Reads the training captures of a further dataset. Lines on which its truth is disputed are followed, not taught.
 *
 * @throws {MismatchError} It is no dataset folder, or it has no captures to train on.
 */
export async function loadBeside(
  dir: string,
  settings: Pick<ModelSettings, 'lines' | 'filter' | 'audit' | 'seed'>,
  own: Pick<PointerSettings, 'levels' | 'policies' | 'without'>,
  sink?: ProgressSink,
): Promise<Beside> {
  const { lines, filter, audit, seed } = settings;
  const levels = levelsFor(own);
  const path = findPath(dir);
  const captures = existsSync(path) ? ((await openDataset(path)).manifest?.folds?.default?.train ?? []) : [];
  if (captures.length === 0)
    throw new MismatchError(
      { folder: 'model', file: path, expected: 'a dataset folder with captures to train on', got: 'none' },
      { hint: 'Name another with --set model.beside=DIR, or teach none beside: --set model.beside=' },
    );
  const dataset = await loadDataset(path, {
    ...{ lines, filter, ...audit, verify: false },
    map: (event) =>
      new Map<Level, Request>(levels.map((level) => [level, readRequest(atLevel(event, level))])),
    ...(sink ? { sink } : {}),
  });
  const disputed = await disputedLines(dataset.dir);
  const triggers = triggersOf(dataset);
  const [level] = levels;
  const left = rowsOn(
    dataset,
    dataset.rows.map((read) => read.get(level!)!),
    own.without,
  );
  const parts = captures.flatMap((capture) => {
    const known = dataset.rows.flatMap((read, row) =>
      dataset.capture[row] === capture && !left.has(row)
        ? [
            {
              at: (level: Level) => read.get(level)!,
              trigger: triggers[row]!,
              taught: !disputed.has(dataset.line[row]!),
            },
          ]
        : [],
    );
    return partsOf(`${dataset.name}/${capture}`, known, { ...own, seed });
  });
  return { name: dataset.name, sha256: dataset.sha256, parts };
}

/** Lines of a dataset folder, from 0, on which its truth is disputed. */
export async function disputedLines(dir: string): Promise<Set<number>> {
  const disputed = new Set<number>();
  let line = 0;
  for await (const row of readTruth(join(dir, 'truth.jsonl.gz'))) {
    if (row.disputed) disputed.add(line);
    line++;
  }
  return disputed;
}
