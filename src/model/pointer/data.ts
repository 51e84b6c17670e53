import { atLevel, type Level } from '../../audit/level.js';
import { type Dataset, loadDataset } from '../../dataset/load.js';
import { MismatchError } from '../../errors.js';
import type { ProgressSink } from '../../progress.js';
import type { Segment } from '../../windows/split.js';
import type { ModelData, ModelSettings } from '../model.js';
import { type Request, readRequest } from './request.js';

/** Lines of a dataset as requests, row by row as `ModelData` has them. */
export interface PointerData {
  /** Requests at each level that is needed, shape [N]. */
  requests: ReadonlyMap<Level, Request[]>;
  /** auditID of each row's cause; null: nobody's. Shape [N]. */
  trigger: (string | null)[];
  /** Last row of each request. */
  rowOf: ReadonlyMap<string, number>;
  /** Rows of each capture, in the order in which their requests were received. */
  captures: ReadonlyMap<string, Segment>;
}

/**
 * Reads the selected lines of a dataset once more, for what columns do not hold.
 *
 * @throws {MismatchError} Its contexts are unknown.
 */
export async function loadPointerData(
  { dataset }: Pick<ModelData, 'dataset'>,
  settings: Pick<ModelSettings, 'dataset' | 'lines' | 'filter'>,
  levels: readonly Level[],
  sink?: ProgressSink,
): Promise<PointerData> {
  const { lines, filter } = settings;
  const rows = new Map(Array.from(dataset.line, (line, row) => [line, row]));
  const wanted = [...new Set(levels)];
  const whole = await loadDataset(settings.dataset, {
    lines,
    filter,
    verify: false,
    map: (event) => wanted.map((level) => readRequest(atLevel(event, level))),
    ...(sink ? { sink } : {}),
  });
  const requests = new Map(wanted.map((level) => [level, new Array<Request>(rows.size)]));
  whole.rows.forEach((read, i) => {
    const row = rows.get(whole.line[i]!);
    if (row === undefined) return;
    read.forEach((request, k) => {
      requests.get(wanted[k]!)![row] = request;
    });
  });
  const rowOf = new Map<string, number>();
  const captures = new Map<string, Segment>();
  dataset.auditID.forEach((id, row) => {
    rowOf.set(id, row);
    const context = dataset.context[row];
    if (context == null)
      throw new MismatchError(
        {
          folder: 'model',
          expected: 'a dataset whose contexts are known, to learn causes from',
          got: dataset.name,
        },
        { hint: 'Name a dataset folder with truth.jsonl.gz, or train --model bilstm.' },
      );
    const capture = dataset.capture[row]!;
    const known = captures.get(capture);
    if (known) known.last = row;
    else captures.set(capture, { first: row, last: row });
  });
  return { requests, trigger: triggersOf(dataset), rowOf, captures };
}

/** auditID of each row's cause; null: nobody's. Shape [N]. */
export function triggersOf({
  auditID,
  context,
  trigger,
  background,
}: Pick<Dataset<unknown>, 'auditID' | 'context' | 'trigger' | 'background'>): (string | null)[] {
  const triggers = new Map<string | null, string>();
  trigger.forEach((is, row) => {
    if (is) triggers.set(context[row]!, auditID[row]!);
  });
  return context.map((own, row) =>
    background[row] ? null : (triggers.get(own) ?? `${own} (its trigger does not count)`),
  );
}
