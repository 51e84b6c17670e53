import type { Level } from '../../audit/level.js';
import type { CardNotes, ModelData } from '../model.js';
import { type PointerTraining, RISK } from './captured.js';
import type { PointerEngine } from './engine.js';
import { WORD_FIELDS, type Words } from './words.js';

const NAMES: Record<Level, string> = {
  metadata: 'Metadata',
  request: 'Request',
  requestResponse: 'RequestResponse',
};

/** What the card of a pointer says: scores of causes by capture and level, when it is unsure, limits, and the words that it keeps. */
export function pointerNotes(
  engine: PointerEngine,
  {
    data,
    levels,
    words,
    training,
  }: {
    data: ModelData;
    levels: readonly Level[];
    words: Words;
    training: Pick<PointerTraining, 'beside' | 'settings'>;
  },
): CardNotes {
  const { validation, test } = data.split;
  const digits = (value: number): string => value.toFixed(4).replace(/^0/, '');
  const rows = [
    ...byCapture(data, validation).map((part) => ({ ...part, part: 'validation' })),
    ...byCapture(data, test).map((part) => ({ ...part, part: 'test' })),
  ].flatMap(({ capture, rows, part }) =>
    levels.map((level) => {
      const { lines, label, macroF1, trigger, contexts } = engine.causes(rows, level);
      const scores = [label, macroF1.strict, trigger, contexts.bCubed.f1, contexts.exact.f1].map(digits);
      return `| ${[capture, part, NAMES[level], lines, ...scores].join(' | ')} |`;
    }),
  );
  const unsure = levels.map((level) => {
    const { threshold, risk } = engine.causes(validation, level);
    const answered = risk.map(
      ({ coverage, risk: wrong }) => `${(100 * coverage).toFixed(1)} %: ${(100 * wrong).toFixed(2)} %`,
    );
    return `| ${NAMES[level]} | ${digits(threshold)} | ${answered.join(', ')} |`;
  });
  const kept = words.toJSON();
  return {
    scores: `${besideText(training)}## Scores of causes and contexts

Lines at Metadata are the same lines without their bodies. A context is a user action with every line that it caused; exact contexts are those of
two lines or more that are found whole and alone (F1).

| capture | part | level | lines | right label | macro F1, strict | right trigger | B-cubed | exact contexts |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## When it is unsure

A line whose confidence is below the threshold of its log's level says \`uncertain\`. Thresholds were chosen on validation lines, so that of the
others at most ${100 * RISK} % have a wrong cause, or as few as there can be.

| level | threshold | share of validation lines that are answered, and wrong causes among them |
|---|---|---|
${unsure.join('\n')}

## Limits

Where bodies are logged, rules of identity decide, and the truth of the data was made by rules alike: those scores are circular in part.
${
  training.beside
    ? 'Scripts, client libraries, one small operator and one repository that is applied by the clock are in the second dataset alone; Helm, Terraform\nand operators of others were never seen.'
    : 'What people do was captured with kubectl; other clients, scripts without pauses and operators were seen little or not at all.'
}
Two objects of one namespace that are changed within two seconds are what it confuses most.`,
    holds: `\`words.json\` holds words of the API that the training lines had: ${WORD_FIELDS.map((field) => `${kept[field].length} of ${field}`).join(', ')}.
\`trees.safetensors\` holds thresholds and numbers. No names of people, objects or namespaces, and no addresses.`,
  };
}

/** What was taught beside the dataset, and how. */
function besideText({ beside, settings }: Pick<PointerTraining, 'beside' | 'settings'>): string {
  if (!beside) return '';
  const lines = new Map<string, number>();
  // The first reading of a capture is the one that has all its lines.
  for (const { capture, lines: own } of beside.parts) if (!lines.has(capture)) lines.set(capture, own.length);
  const count = [...lines.values()].reduce((sum, length) => sum + length, 0);
  const { policies } = settings;
  return `Beside it: dataset ${beside.name}, ${count} lines (sha256 ${beside.sha256}).
Each capture of both was taught at each level, and once more under ${policies} drawn audit ${policies === 1 ? 'policy' : 'policies'} that ${policies === 1 ? 'mixes' : 'mix'} levels, as of a slower cluster.

`;
}

/** Rows of each capture, in their order. */
function byCapture({ dataset }: ModelData, rows: Int32Array): { capture: string; rows: number[] }[] {
  const captures = new Map<string, number[]>();
  for (const row of rows) {
    const capture = dataset.capture[row]!;
    const own = captures.get(capture);
    if (own) own.push(row);
    else captures.set(capture, [row]);
  }
  return [...captures].map(([capture, own]) => ({ capture, rows: own }));
}
