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

/** Trees that take about as long as to read what they are to learn from. */
const READING = 15;

/** How trees are grown, by the settings of a model. */
export function boostOptions({ settings, seed }: Pick<PointerTraining, 'settings' | 'seed'>): BoostOptions {
  const { leaves, l2, minHessian, columnShare, groupShare } = settings;
  return { ...BOOST_DEFAULTS, leaves, l2, minHessian, columnShare, groupShare, seed };
}

/** What any ranker learns from: passes with true marks, and with those of models that never saw the capture. */
export function teach(of: PointerTraining): GroupedRows {
  const turns = teaching(of);
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/**
 * The same, letting signals and timers run between two turns.
 *
 * @returns Null when the signal aborted it: nothing is kept of it then.
 */
export async function teachInTurns(of: PointerTraining, signal?: AbortSignal): Promise<GroupedRows | null> {
  const turns = teaching(of);
  for (;;) {
    await new Promise((next) => setImmediate(next));
    if (signal?.aborted) return null;
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/** What is taught, in turns of a tree or some hundreds of lines. */
function* teaching(of: PointerTraining): Generator<void, GroupedRows> {
  const { settings, seed, made = [], beside } = of;
  const { closedLoop } = settings;
  const parts = [...trainingParts(of), ...made, ...(beside?.parts ?? [])];
  const captures = [...new Set(parts.map(({ capture }) => capture))];
  const hide = { words: settings.hideWords, relations: settings.hideRelations, seed };
  const taught = yield* follow(
    of,
    parts,
    closedLoop ? 'following training captures, 1 of 2' : 'following training captures',
  );
  if (!closedLoop) return groupExamples(taught, hide);
  const chosen = yield* crossed(of, captures, (capture) =>
    groupExamples(
      taught.filter((_, i) => captures.length === 1 || parts[i]!.capture !== capture),
      hide,
    ),
  );
  const alone = yield* follow(of, parts, 'following training captures, 2 of 2', chosen);
  // Capture by capture, as they are met first.
  const ordered = captures.flatMap((capture) => alone.filter((_, i) => parts[i]!.capture === capture));
  return groupExamples([...taught, ...ordered], hide);
}

/** One pass over each part; with marks of what chooses for its capture, where that is given. */
function* follow(
  of: PointerTraining,
  parts: readonly TaughtPart[],
  label: string,
  chosen?: ReadonlyMap<string, Choose>,
): Generator<void, Examples[]> {
  const total = parts.reduce((sum, { lines }) => sum + lines.length, 0);
  const progress = of.sink && new Progress(label, { unit: 'lines', total, sink: of.sink });
  const passes: Examples[] = [];
  for (const { capture, lines } of parts) {
    const turns = collect(of, lines, chosen?.get(capture));
    for (;;) {
      const { done, value } = turns.next();
      if (done) {
        passes.push(value);
        break;
      }
      progress?.advance(value);
      yield;
    }
  }
  progress?.done();
  return passes;
}

/** What chooses for each capture: trees that learned from the others. */
function* crossed(
  of: PointerTraining,
  captures: readonly string[],
  othersOf: (capture: string) => GroupedRows,
): Generator<void, Map<string, Choose>> {
  const label = 'learning what mistakes are made where a capture is unknown';
  const total = (READING + CROSS.trees) * captures.length;
  const progress = of.sink && new Progress(label, { unit: 'steps', total, sink: of.sink });
  const chosen = new Map<string, Choose>();
  for (const capture of captures) {
    const boosting = new Boosting(othersOf(capture), { ...boostOptions(of), ...CROSS });
    progress?.advance(READING);
    while (boosting.trees < CROSS.trees) {
      boosting.step();
      progress?.advance(1);
      yield;
    }
    chosen.set(capture, chooseBy(boosting.forest).choose);
  }
  progress?.done();
  return chosen;
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
  choose?: Choose,
): Generator<number, Examples> {
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
