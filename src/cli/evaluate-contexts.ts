import { join } from 'node:path';
import { loadResourceTable } from '../audit/labels.js';
import { atLevel } from '../audit/level.js';
import { type LogLine, readBatches } from '../audit/read.js';
import { covering } from '../contexts/covering.js';
import { scoreWays, WAYS_OF_MODEL, WAYS_WITHOUT_MODEL, type WayScores } from '../contexts/ways.js';
import { AuditweaveError } from '../errors.js';
import { openPredictor } from '../model/kinds.js';
import type { TestedLines } from '../runs/evaluate.js';
import { decimal, rangeText, table } from './table.js';

/**
 * Contexts of the tested lines by a run’s model and by the paper’s methods on its labels, beside those on true labels and rules alone.
 *
 * The model reads the tested lines and what stands between them, in order, as `contexts` would.
 *
 * @param dir The run.
 * @throws {AuditweaveError} Contexts of the dataset are not known.
 */
export async function scoreRunContexts(
  dir: string,
  { dataset, level, lines, context, label }: TestedLines,
): Promise<WayScores[]> {
  if (context.every((one) => one === null))
    throw new AuditweaveError(
      `evaluate: expected a dataset whose contexts are known with --contexts, got ${dataset}.`,
      {
        hint: 'Leave --contexts out.',
      },
    );
  const resources = await loadResourceTable();
  const places = new Map(lines.map((line, i) => [line, i]));
  const predictor = await openPredictor(dir);
  try {
    return await scoreWays(
      testedOf(join(dataset, 'audit.jsonl.gz'), lines, level),
      (line) => {
        const place = places.get(line);
        const own = place === undefined ? null : context[place]!;
        return own === null ? undefined : { context: own, label: label[place!]! };
      },
      { ways: [...WAYS_OF_MODEL, ...WAYS_WITHOUT_MODEL], table: resources, predictor },
    );
  } finally {
    await predictor.release();
  }
}

/** The tested lines and what stands between them. */
async function* testedOf(
  file: string,
  lines: readonly number[],
  level: TestedLines['level'],
): AsyncGenerator<LogLine[]> {
  const covers = covering(lines);
  for await (const batch of readBatches(file)) {
    const own = batch
      .filter(({ line }) => covers(line))
      .map((one) => (one.event ? { ...one, event: atLevel(one.event, level) } : one));
    if (own.length > 0) yield own;
  }
}

/** Scores of ways as tables: over all, and by the size of the true context. */
export function waysText(all: readonly WayScores[]): string {
  const [first] = all;
  return `${table(
    ['contexts by', 'exact (F1)', 'B-cubed', 'ARI', 'V-measure'],
    all.map(({ way, scores }) => [
      way,
      ...[scores.exact.f1, scores.bCubed.f1, scores.ari, scores.vMeasure.v].map((value) => decimal(value)),
    ]),
  )}\n\n${table(
    ['B-cubed by lines of the true context', ...(first?.scores.bySize.map(rangeText) ?? [])],
    all.map(({ way, scores }) => [way, ...scores.bySize.map(({ bCubed }) => decimal(bCubed.f1))]),
  )}\n\n${table(
    ['exact by lines of the true context', ...(first?.scores.bySize.map(rangeText) ?? [])],
    all.map(({ way, scores }) => [way, ...scores.bySize.map(({ exact }) => decimal(exact))]),
  )}\n`;
}
