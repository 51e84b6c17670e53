import { join } from 'node:path';
import { type Counted, clusteringRate, counted, scoreContexts } from '../contexts/score.js';
import { readTruth } from '../dataset/truth.js';
import { AuditweaveError, printable } from '../errors.js';
import { openContexts, type SourceOptions } from './context-source.js';
import { print, printJson, say } from './output.js';
import { decimal, rangeText, table } from './table.js';

export interface ScoresOptions extends SourceOptions {
  /** Folder of the dataset whose log the file is. */
  dataset: string;
  /** Only of this capture. */
  capture?: string | undefined;
  json: boolean;
}

/** Prints how right contexts are, against a dataset's truth: exact contexts, B-cubed, ARI, V-measure, by size of the true context. */
export async function printScores(options: ScoresOptions): Promise<void> {
  const truth: (string | null)[] = [];
  const requests: string[] = [];
  for await (const { context, capture, auditID } of readTruth(join(options.dataset, 'truth.jsonl.gz'))) {
    truth.push(options.capture === undefined || capture === options.capture ? context : null);
    requests.push(auditID);
  }
  const byLine = new Map<number, number>();
  const source = await openContexts({
    ...options,
    takes: (line) => truth[line] !== null && truth[line] !== undefined,
    assigned: (line, context, { auditID }) => {
      if (auditID !== requests[line]) throw anotherLog(options, line, [requests[line], auditID]);
      byLine.set(line, context);
    },
  });
  const contexts: Counted[] = [];
  try {
    say(`contexts: ${source.note}.\n`);
    for await (const context of source.contexts) contexts.push(counted(context));
  } finally {
    await source.release();
  }
  // Lines that do not count have no context here, and are not asked for.
  const own = truth.map((context, line) => (byLine.has(line) ? context : null));
  const scores = scoreContexts(own, byLine);
  const rate = clusteringRate(contexts);
  if (options.json) return await printJson({ scores, clusteringRate: rate }, 2);
  const rows = scores.bySize.map((one) => [
    rangeText(one),
    String(one.clusters),
    String(one.lines),
    decimal(one.exact),
    decimal(one.bCubed.precision),
    decimal(one.bCubed.recall),
    decimal(one.bCubed.f1),
  ]);
  await print(
    `${[
      `${scores.lines} lines, ${scores.clusters.truth} true contexts, ${scores.clusters.predicted} found`,
      `exact contexts of two lines or more: precision ${decimal(scores.exact.precision)}, recall ${decimal(scores.exact.recall)}, F1 ${decimal(scores.exact.f1)}`,
      `B-cubed ${decimal(scores.bCubed.f1)} · ARI ${decimal(scores.ari)} · V-measure ${decimal(scores.vMeasure.v)}`,
      '',
      table(
        ['lines of the true context', 'contexts', 'lines', 'exact', 'B³ precision', 'B³ recall', 'B³ F1'],
        rows,
      ),
      '',
      table(
        ['mean lines of a label’s contexts', 'labels', 'share'],
        rate.bins.map((bin) => [rangeText(bin), String(bin.labels), decimal(bin.share)]),
      ),
    ].join('\n')}\n`,
  );
}

const anotherLog = (
  { files, dataset }: ScoresOptions,
  line: number,
  [there, here]: readonly [there: string | undefined, here: string],
): AuditweaveError =>
  new AuditweaveError(
    `contexts: expected ${files.join(', ')} to be the log of ${dataset}, got another: line ${line} is of request ${there} there, of ${printable(here)} here.`,
    { hint: `auditweave contexts ${join(dataset, 'audit.jsonl.gz')} --truth ${dataset}` },
  );
