import { createHash } from 'node:crypto';
import type { Level } from '../../audit/level.js';
import { Progress } from '../../progress.js';
import { BOOST_DEFAULTS, Boosting, type BoostOptions, type GroupedRows } from '../trees/boost.js';
import { forestOf } from '../trees/forest.js';
import type { Weights } from '../weights.js';
import { askingOf } from './asking.js';
import type { PointerTraining } from './captured.js';
import { chooseBy } from './choose.js';
import { WIDTH } from './columns.js';
import { collectExamples, type Examples, groupExamples, type TaughtPart } from './examples.js';
import type { Choose } from './follower.js';
import { partsOf } from './parts.js';

/** Trees of a model that only makes mistakes for another to learn from, and how fast they learn. */
const CROSS = { trees: 80, rate: 0.2, leaves: 24 };

/** Bytes that are hashed at once. */
const HASHED = 1 << 28;

/** Trees that take about as long as to read what they are to learn from. */
const READING = 15;

/** How trees are grown, by the settings of a model. */
export function boostOptions({ settings, seed }: Pick<PointerTraining, 'settings' | 'seed'>): BoostOptions {
  const { leaves, l2, minHessian, columnShare, groupShare } = settings;
  return { ...BOOST_DEFAULTS, leaves, l2, minHessian, columnShare, groupShare, seed };
}

/** What any ranker learns from: passes with true marks, and with those of models that never saw the capture. */
export function teach(of: PointerTraining): GroupedRows {
  const turns = teaching(of, new Map());
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/**
 * The same, letting signals and timers run between two turns. Trees that are ready are put on the shelf, a few hundred kilobytes a capture.
 *
 * @returns Null when the signal aborted it.
 */
export async function teachInTurns(of: PointerTraining, signal?: AbortSignal): Promise<GroupedRows | null> {
  const { shelf } = of;
  const kept = grouped((await shelf?.read()) ?? {});
  const turns = teaching(of, kept);
  for (;;) {
    await new Promise((next) => setImmediate(next));
    if (signal?.aborted) return null;
    const { size } = kept;
    const { done, value } = turns.next();
    if (done) return value;
    if (kept.size > size) await shelf?.write(flat(kept));
  }
}

/** Tensors of each forest by what it learned from. */
type Kept = Map<string, Weights>;

function grouped(tensors: Weights): Kept {
  const kept: Kept = new Map();
  for (const [name, array] of Object.entries(tensors)) {
    const [key = '', ...rest] = name.split('/');
    kept.set(key, { ...kept.get(key), [rest.join('/')]: array });
  }
  return kept;
}

const flat = (kept: Kept): Weights =>
  Object.fromEntries(
    [...kept].flatMap(([key, tensors]) =>
      Object.entries(tensors).map(([name, array]) => [`${key}/${name}`, array]),
    ),
  );

/** Names what trees are made of: rows, and how they are grown. */
function keyOf({ rows, starts, right }: GroupedRows, options: BoostOptions): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const { buffer, byteOffset, byteLength } of [rows, starts, right])
    for (let at = 0; at < byteLength; at += HASHED)
      hash.update(Buffer.from(buffer, byteOffset + at, Math.min(HASHED, byteLength - at)));
  return hash.digest('hex');
}

/** What is taught, in turns of a tree or some hundreds of lines. */
function* teaching(of: PointerTraining, kept: Kept): Generator<void, GroupedRows> {
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
  const chosen = yield* crossed(of, captures, kept, (capture) =>
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
  kept: Kept,
  othersOf: (capture: string) => GroupedRows,
): Generator<void, Map<string, Choose>> {
  const steps = READING + CROSS.trees;
  const options = { ...boostOptions(of), ...CROSS };
  const chosen = new Map<string, Choose>();
  // From the first that is not kept on, for those before it say nothing of the time left.
  let progress: Progress | undefined;
  for (const [i, capture] of captures.entries()) {
    const others = othersOf(capture);
    const key = keyOf(others, options);
    if (kept.has(key)) progress?.advance(steps);
    else {
      const label = 'learning what mistakes are made where a capture is unknown';
      const total = steps * (captures.length - i);
      progress ??= of.sink && new Progress(label, { unit: 'steps', total, sink: of.sink });
      const boosting = new Boosting(others, options);
      progress?.advance(READING);
      while (boosting.trees < CROSS.trees) {
        boosting.step();
        progress?.advance(1);
        yield;
      }
      kept.set(key, boosting.tensors());
    }
    yield;
    chosen.set(capture, chooseBy(forestOf(kept.get(key)!, WIDTH)).choose);
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
