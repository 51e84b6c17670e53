import type { Level } from '../../audit/level.js';
import { Progress } from '../../progress.js';
import { BOOST_DEFAULTS, Boosting, type BoostOptions, type GroupedRows } from '../trees/boost.js';
import { askingOf } from './asking.js';
import type { PointerTraining } from './captured.js';
import { chooseBy } from './choose.js';
import { collectExamples, type Examples, groupExamples, type TaughtPart } from './examples.js';
import type { Choose } from './follower.js';
import { partsOf } from './parts.js';

/** Trees of a model that only makes mistakes for another to learn from, and how fast they learn. */
const CROSS = { trees: 80, rate: 0.2, leaves: 24 };

/** Trees that take about as long as one pass over a part. */
const PASS = 20;

/** How trees are grown, by the settings of a model. */
export function boostOptions({ settings, seed }: Pick<PointerTraining, 'settings' | 'seed'>): BoostOptions {
  const { leaves, l2, minHessian, columnShare, groupShare } = settings;
  return { ...BOOST_DEFAULTS, leaves, l2, minHessian, columnShare, groupShare, seed };
}

/** What any ranker learns from: passes with true marks, and with those of models that never saw the capture. */
export function teach(of: PointerTraining): GroupedRows {
  const { settings, seed, made = [], beside, sink } = of;
  const parts = [...trainingParts(of), ...made, ...(beside?.parts ?? [])];
  const captures = [...new Set(parts.map(({ capture }) => capture))];
  const passes = (settings.closedLoop ? 2 : 1) * parts.length;
  const total = PASS * passes + (settings.closedLoop ? CROSS.trees * captures.length : 0);
  const progress = sink && new Progress('following training captures', { unit: 'steps', total, sink });
  const pass = (lines: TaughtPart['lines'], choose?: Choose): Examples => {
    const examples = collect(of, lines, choose ? { choose } : {});
    progress?.advance(PASS);
    return examples;
  };
  const taught = parts.map(({ lines }) => pass(lines));
  const hide = { words: settings.hideWords, relations: settings.hideRelations, seed };
  if (!settings.closedLoop) {
    progress?.done();
    return groupExamples(taught, hide);
  }
  const alone = captures.flatMap((capture) => {
    const others = taught.filter((_, i) => captures.length === 1 || parts[i]!.capture !== capture);
    const boosting = new Boosting(groupExamples(others, hide), { ...boostOptions(of), ...CROSS });
    while (boosting.trees < CROSS.trees) {
      boosting.step();
      progress?.advance(1);
    }
    const { choose } = chooseBy(boosting.forest);
    return parts.filter((part) => part.capture === capture).map(({ lines }) => pass(lines, choose));
  });
  progress?.done();
  return groupExamples([...taught, ...alone], hide);
}

/** The training lines of each capture. */
function trainingParts({ lines, train, settings, left, seed }: PointerTraining): TaughtPart[] {
  return [...lines.captures].flatMap(([capture, { first, last }]) => {
    const rows: number[] = [];
    for (const segment of train)
      for (let row = Math.max(first, segment.first); row <= Math.min(last, segment.last); row++)
        if (!left?.has(row)) rows.push(row);
    if (rows.length === 0) return [];
    const known = rows.map((row) => ({
      at: (level: Level) => lines.requests.get(level)![row]!,
      trigger: lines.trigger[row]!,
    }));
    return partsOf(capture, known, { ...settings, seed });
  });
}

function collect(
  { words, settings, seed }: PointerTraining,
  lines: TaughtPart['lines'],
  { choose }: { choose?: Choose },
): Examples {
  const { spoil } = settings;
  // The ranker learns of all lines, also of those that a rule would decide: other logs leave more to it.
  const rules = settings.rules === 'take' ? 'weigh' : settings.rules;
  return collectExamples(lines, {
    words,
    ...askingOf({ ...settings, rules }),
    seed,
    spoil,
    ...(choose ? { choose, believe: askingOf(settings).take } : {}),
  });
}
