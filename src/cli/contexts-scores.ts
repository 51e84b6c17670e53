import { join } from 'node:path';
import type { Context } from '../contexts/context.js';
import { clusteringRate, scoreContexts } from '../contexts/score.js';
import { readTruth } from '../dataset/truth.js';
import { openContexts, type SourceOptions } from './context-source.js';
import { print, printJson, say } from './output.js';
import { table } from './table.js';

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
  for await (const { context, capture } of readTruth(join(options.dataset, 'truth.jsonl.gz')))
    truth.push(options.capture === undefined || capture === options.capture ? context : null);
  const byLine = new Map<number, number>();
  const source = await openContexts({
    ...options,
    takes: (line) => truth[line] !== null && truth[line] !== undefined,
    assigned: (line, context) => void byLine.set(line, context),
  });
  const contexts: Pick<Context, 'label' | 'lines' | 'background'>[] = [];
  try {
    say(`contexts: ${source.note}.\n`);
    for await (const { label, lines, background, more } of source.contexts)
      contexts.push({ label, lines, background, ...(more === undefined ? {} : { more }) });
  } finally {
    await source.release();
  }
  // Lines that do not count have no context here, and are not asked for.
  const counted = truth.map((context, line) => (byLine.has(line) ? context : null));
  const scores = scoreContexts(counted, byLine);
  const rate = clusteringRate(contexts);
  if (options.json) return await printJson({ scores, clusteringRate: rate }, 2);
  const three = (value: number): string => value.toFixed(3).replace(/^0/, '');
  const size = ({ from, to }: { from: number; to: number }): string =>
    from === to ? String(from) : Number.isFinite(to) ? `${from}–${to}` : `${from} and more`;
  const rows = scores.bySize.map((one) => [
    size(one),
    String(one.clusters),
    String(one.lines),
    three(one.exact),
    three(one.bCubed.precision),
    three(one.bCubed.recall),
    three(one.bCubed.f1),
  ]);
  await print(
    `${[
      `${scores.lines} lines, ${scores.clusters.truth} true contexts, ${scores.clusters.predicted} found`,
      `exact contexts of two lines or more: precision ${three(scores.exact.precision)}, recall ${three(scores.exact.recall)}, F1 ${three(scores.exact.f1)}`,
      `B-cubed ${three(scores.bCubed.f1)} · ARI ${three(scores.ari)} · V-measure ${three(scores.vMeasure.v)}`,
      '',
      table(
        ['lines of the true context', 'contexts', 'lines', 'exact', 'B³ precision', 'B³ recall', 'B³ F1'],
        rows,
      ),
      '',
      table(
        ['mean lines of a label’s contexts', 'labels', 'share'],
        rate.bins.map((bin) => [size(bin), String(bin.labels), three(bin.share)]),
      ),
    ].join('\n')}\n`,
  );
}
