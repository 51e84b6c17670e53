import type { Level } from '../../audit/level.js';
import type { CardNotes, ModelData } from '../model.js';
import { RISK } from './captured.js';
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
  { data, levels, words }: { data: ModelData; levels: readonly Level[]; words: Words },
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
    scores: `## Scores of causes and contexts

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

Where bodies are logged, rules of identity decide, and the truth of the data was made by rules alike: those scores are circular in part. What
people do was captured with kubectl; other clients, scripts without pauses and operators were seen little or not at all. Two objects of one
namespace that are changed within two seconds are what it confuses most.`,
    holds: `\`words.json\` holds words of the API that the training lines had: ${WORD_FIELDS.map((field) => `${kept[field].length} of ${field}`).join(', ')}.
\`trees.safetensors\` holds thresholds and numbers. No names of people, objects or namespaces, and no addresses.`,
  };
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
