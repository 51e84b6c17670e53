import { type Level, levelText } from '../../audit/level.js';
import { EXIT } from '../../errors.js';
import type { CauseScores } from '../../metrics/causes.js';
import type { LevelScores } from '../../metrics/evaluate.js';
import { scoreModel } from '../../runs/evaluate.js';
import { causesOf } from '../../runs/score.js';
import { leakWord } from '../../windows/leak-word.js';
import { scoreRunContexts, waysText } from '../evaluate-contexts.js';
import { print, printJson, STDERR } from '../output.js';
import { decimal, formatInterval, table } from '../table.js';

export interface EvaluateOptions {
  model: string;
  dataset?: string;
  stride?: number;
  level?: Level;
  contexts: boolean;
  failOnLeak: boolean;
  json: boolean;
}

/** Right triggers, contexts, and what becomes of the risk when the least sure lines are not answered. */
function causesText({ trigger, contexts, risk }: CauseScores): string {
  const { exact, bCubed, ceafE, ari, oneToOne } = contexts;
  const digits = (value: number): string => decimal(value, 4);
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  return `${table(
    ['right trigger', 'B-cubed', 'exact contexts (F1)', 'CEAF-e', 'ARI', 'one-to-one'],
    [[trigger, bCubed.f1, exact.f1, ceafE.f1, ari, oneToOne].map(digits)],
  )}\n\n${table(
    ['lines answered', 'of a confidence of at least', 'wrong causes among them'],
    risk.map((at) => [percent(at.coverage), digits(at.confidence), percent(at.risk)]),
  )}\n\n`;
}

/** Does what `evaluate` is asked. */
export async function run({
  model,
  dataset,
  stride,
  level,
  contexts,
  failOnLeak,
  json,
}: EvaluateOptions): Promise<void> {
  const { metrics, leak, tested } = await scoreModel({
    dir: model,
    ...(dataset === undefined ? {} : { dataset }),
    ...(stride === undefined ? {} : { stride }),
    ...(level === undefined ? {} : { level }),
    sink: STDERR,
  });
  const ways = contexts ? await scoreRunContexts(model, tested) : null;
  if (json) await printJson({ leak, ...metrics, ...(ways ? { contexts: ways } : {}) }, 2);
  else {
    const { baselines } = metrics;
    const trained = leak.windows.train > 0;
    const rows: [string, LevelScores | undefined][] = [
      ['model, by line', metrics.lines],
      ['model, by window (the paper’s measure: strict)', metrics.windows],
      ['majority class', trained ? baselines.majority : undefined],
      ['previous line’s true label', baselines.previousLine],
      ['own action', baselines.ownAction],
      ['most frequent per feature tuple', trained ? baselines.tuple : undefined],
      ['nearest earlier user action', baselines.nearestAction],
    ];
    const causes = causesOf(metrics);
    const known = rows.flatMap(([name, scores]) => (scores ? [{ name, ...scores }] : []));
    const parts = ['r', 's', 'v', 'n', 'u'] as const;
    await print(
      `${table(
        ['', 'macro F1 (strict)', 'macro F1 (true classes)', 'exact match', 'n'],
        known.map(({ name, macroF1, exactMatch, n }) => [
          name,
          ...[macroF1.strict, macroF1.paper, exactMatch].map(formatInterval),
          String(n),
        ]),
      )}\nMacro F1 is the mean over classes; strict: over those that are true or predicted, so that one made up counts as 0.\n\n${table(
        ['share right of each part of the label', ...parts],
        known.map(({ name, ...scores }) => [name, ...parts.map((part) => decimal(scores.parts[part]))]),
      )}\n\n${causes ? causesText(causes) : ''}${table(
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
      )}\n\nSplit: ${metrics.protocol}, ${leakWord(leak)} (${(100 * leak.sharedLines.share).toFixed(1)} % of test lines in training). Log: ${levelText(metrics.level)}.\n${ways ? `\n${waysText(ways)}` : ''}`,
    );
  }
  if (failOnLeak && leak.verdict === 'leaks') process.exitCode = EXIT.gateFailed;
}
