import { type Level, levelText } from '../../audit/level.js';
import { EXIT } from '../../errors.js';
import { scoreModel } from '../../runs/evaluate.js';
import { leakWord } from '../../windows/leak-word.js';
import { print, printJson, STDERR } from '../output.js';
import { formatInterval, table } from '../table.js';

export interface EvaluateOptions {
  model: string;
  dataset?: string;
  stride?: number;
  level?: Level;
  failOnLeak: boolean;
  json: boolean;
}

/** Does what `evaluate` is asked. */
export async function run({
  model,
  dataset,
  stride,
  level,
  failOnLeak,
  json,
}: EvaluateOptions): Promise<void> {
  const { metrics, leak } = await scoreModel({
    dir: model,
    ...(dataset === undefined ? {} : { dataset }),
    ...(stride === undefined ? {} : { stride }),
    ...(level === undefined ? {} : { level }),
    sink: STDERR,
  });
  if (json) await printJson({ leak, ...metrics }, 2);
  else {
    const row = (name: string, scores: typeof metrics.lines) => [
      name,
      formatInterval(scores.macroF1.strict),
      formatInterval(scores.macroF1.paper),
      formatInterval(scores.exactMatch),
      ...(['r', 's', 'v', 'n', 'u'] as const).map((part) => scores.parts[part].toFixed(3).replace(/^0/, '')),
      String(scores.n),
    ];
    const labels = ['r', 's', 'v', 'n', 'u'];
    const head = ['', 'macro F1 (strict)', 'macro F1 (true classes)', 'exact match', ...labels, 'n'];
    await print(
      `${table(head, [
        row('model, by line', metrics.lines),
        row('model, by window (the paper’s measure: strict)', metrics.windows),
        ...(leak.windows.train > 0 ? [row('majority class', metrics.baselines.majority)] : []),
        row('previous line’s true label', metrics.baselines.previousLine),
        row('own action', metrics.baselines.ownAction),
        ...(metrics.baselines.tuple && leak.windows.train > 0
          ? [row('most frequent per feature tuple', metrics.baselines.tuple)]
          : []),
        ...(metrics.baselines.nearestAction
          ? [row('nearest earlier user action', metrics.baselines.nearestAction)]
          : []),
      ])}\n\n${table(
        ['class', 'precision', 'recall', 'F1', 'support'],
        [...metrics.classes]
          .filter(({ support }) => support > 0)
          .sort((a, b) => a.f1 - b.f1 || b.support - a.support)
          .map((c) => [
            c.text,
            c.precision.toFixed(3),
            c.recall.toFixed(3),
            c.f1.toFixed(3),
            String(c.support),
          ]),
      )}\n\nSplit: ${metrics.protocol}, ${leakWord(leak)} (${(100 * leak.sharedLines.share).toFixed(1)} % of test lines in training). Log: ${levelText(metrics.level)}.\n`,
    );
  }
  if (failOnLeak && leak.verdict === 'leaks') process.exitCode = EXIT.gateFailed;
}
