import { levelText } from '../audit/level.js';
import type { Holding } from '../features/holdings.js';
import type { CardNotes } from '../model/model.js';
import { leakWord } from '../windows/leak-word.js';
import type { CaptureScore, Interval, LeakReport, MetricsRecord, RunRecord } from './record.js';

/** What a card says of a model beside its run and scores. */
export interface CardOptions {
  /** The kind of model in a sentence. */
  describes: string;
  /** What the model's files hold of the log. */
  holdings: readonly Holding[];
  /** Whether they hold hashes of it. */
  hashed: boolean;
  /** Scores of each capture that tests; not where the kind says its own. */
  captures?: readonly CaptureScore[];
  /** What the kind says itself. */
  notes?: CardNotes | undefined;
}

const WEIGHTS = `\`weights.safetensors\` and \`model.onnx\` name the dataset and its sha256, so that a model can be followed to what it was made
of, and hold numbers else.`;

const LIMITS = `## Intended use and limits

Meant to sort a log: to show which lines belong to one action, and to find the few that matter. Not meant as proof of who did what, and not for
watching how people work. It sees so many lines at once as an example has, knows nothing of names and uids, and gives a label that training
did not have hardly ever. Scores on parts of one log are higher than on another cluster's. What controllers did was labelled by rules.

`;

function capturesTable(captures: readonly CaptureScore[]): string {
  if (captures.length === 0) return '';
  const rows = captures.map(
    ({ capture, lines, exactMatch, strict }) =>
      `| ${capture} | ${lines} | ${exactMatch.toFixed(4)} | ${strict.toFixed(4)} |`,
  );
  return `| capture | lines | exact match | macro F1, strict |
|---|---|---|---|
${rows.join('\n')}

`;
}

/** The model card: what it is, what it was trained on and keeps of that, how good it was on what it had not seen. */
export function modelCard(
  run: RunRecord,
  metrics: MetricsRecord,
  { describes, holdings, hashed, captures = [], notes }: CardOptions,
): string {
  const { leak, dataset } = run;
  const rows: (readonly [string, Interval])[] = [
    ...(notes
      ? []
      : ([['macro F1, strict, by window and without a vote', metrics.windows.macroF1.strict]] as const)),
    ['macro F1, strict', metrics.lines.macroF1.strict],
    ['exact match', metrics.lines.exactMatch],
    ['exact match of the line’s own action (no learning)', metrics.baselines.ownAction.exactMatch],
    ['exact match of the previous line’s true label', metrics.baselines.previousLine.exactMatch],
    ['exact match of the majority label', metrics.baselines.majority.exactMatch],
  ];
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const digits = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');
  return `# Model card: ${run.name}

Labels each line of a Kubernetes audit log with the action that caused it: resource, subresource, verb, namespaced, single.
${describes}${run.parameters > 0 ? `: ${metrics.window} lines an example, ${run.parameters.toLocaleString('en')} parameters` : ''}.

## Trained on

Dataset ${dataset.name}, ${dataset.lines} lines (sha256 ${dataset.sha256}), split by the \`${metrics.protocol}\` protocol, which
${leakWords(leak)}.

## Scores on the test part, by line, log ${levelText(metrics.level)}

| score | value | 95 % interval | lines |
|---|---|---|---|
${rows.map(([name, i]) => `| ${name} | ${digits(i.value)} | ${digits(i.low)} – ${digits(i.high)} | ${i.n} |`).join('\n')}

Classes of the test part that were never trained on: ${leak.unseenClasses.classes} (${share(leak.unseenClasses.share)} of its lines).

${notes ? `${notes.scores}\n\n` : `${capturesTable(captures)}${LIMITS}`}## What its files hold of the log

${notes?.holds ?? `${holdings.length === 0 ? 'No values of the log.' : holdingsTable(holdings, hashed)}\n\n${WEIGHTS}`}

## Use

\`npm run label -- audit.log --model DIR\`. Meant for clusters like the dataset's own: one trained on a single capture knows that
capture's habits, and other clusters, versions or policies need other training data. Not meant to prove who did what.

Made by auditweave ${run.versions.auditweave}, seed ${run.seeds.root}${run.versions.tensorflow ? `, TensorFlow ${run.versions.tensorflow}` : ''} on ${run.machine.device}; \`run.json\` of the run names the
commit.
`;
}

function holdingsTable(holdings: readonly Holding[], hashed: boolean): string {
  const rows = holdings.map(
    ({ what, columns, values }) =>
      `| ${what} | ${columns.map((name) => `\`${name}\``).join(', ')} | ${values} |`,
  );
  const kept = hashed
    ? `\`encoder.json\` holds a salted hash of each value that the training lines had: nobody reads a value off, and whoever has the file can try
whether a guess was among them.`
    : `\`encoder.json\` holds, as raw text, each value that the training lines had. Whoever gets the file can read them; \`train --hash-values\`
keeps hashes in their place.`;
  return `${kept}

| values | columns | distinct |
|---|---|---|
${rows.join('\n')}`;
}

/** What the split of a run lets through, after `which`. */
function leakWords(leak: LeakReport): string {
  const { verdict, sharedLines, straddling } = leak;
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  if (verdict === 'leaks')
    return `**leaks**: ${share(sharedLines.share)} of the test lines are in training windows too, so the scores below measure memory as well`;
  if (straddling && straddling.lines > 0)
    return `shares no line; ${share(straddling.share)} of the test lines belong to contexts of which training has seen other lines`;
  if (leakWord(leak) === 'shares no line') return 'shares no line: no test line is in a training window';
  return 'is leak-free: no test line is in a training window, and no context goes on from training into the test part';
}
