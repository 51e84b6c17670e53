import { lowerLevel } from '../../audit/level.js';
import type { ProgressSink } from '../../progress.js';
import { slidingWindowsIn } from '../../windows/sliding.js';
import type { Segment } from '../../windows/split.js';
import type { ModelAbout, ModelData, ModelSettings, OpenOptions, TrainedOn } from '../model.js';
import { loadBeside } from './beside.js';
import type { PointerTraining } from './captured.js';
import { pointerNotes } from './card.js';
import { loadPointerData, type PointerData } from './data.js';
import { PointerEngine } from './engine.js';
import type { TaughtPart } from './examples.js';
import { makeHarder } from './harder.js';
import { levelsFor, rowsOn } from './parts.js';
import { type PointerModel, readPointer, writePointer } from './pointer-folder.js';
import type { Request } from './request.js';
import { RULE_IDS } from './rules/rules.js';
import type { PointerSettings } from './settings.js';
import { WordCount, type Words } from './words.js';

/** Makes a pointer to be trained, or to be scored. */
export async function openPointer(
  data: ModelData,
  settings: ModelSettings,
  { from, sink, shelf }: OpenOptions,
): Promise<TrainedOn> {
  const folder = from === undefined ? null : await readPointer(from);
  const opened = await openTraining(data, settings, { folder, ...(sink ? { sink } : {}) });
  const training = { ...opened, ...(shelf ? { shelf } : {}) };
  const { settings: own, levels, validation, words, train: trainRows, left } = training;
  const [train, test] = [trainRows, data.split.testRows].map(lineStarts) as [Int32Array, Int32Array];
  const engine = new PointerEngine(training, folder ?? undefined);
  const steps = own.learner === 'trees' ? own.trees : 1;
  const exportTrees = async (to: string, { version, card, metadata }: ModelAbout): Promise<void> =>
    await writePointer(
      to,
      {
        forest: engine.forest!,
        words,
        temperature: engine.temperature,
        thresholds: Object.fromEntries(
          levels.map((level) => [level, engine.causes(validation, level).threshold]),
        ),
        rules: own.rules,
        rulesOff: own.rulesOff,
        lines: settings.lines,
        filter: settings.filter,
      },
      { version, card, metadata },
    );
  return {
    engine,
    examples: {
      size: 1,
      count: train.length,
      steps,
      batches: () => Array.from({ length: steps }, () => ({ starts: train })),
      validation,
      test,
    },
    parameters: engine.parameters,
    ...(own.without.length > 0 ? { withheld: left } : {}),
    runtime: { device: 'cpu', versions: {} },
    notes: () => pointerNotes(engine, { data, levels, words, training }),
    ...(own.learner === 'trees' ? { export: exportTrees } : {}),
    dispose: () => engine.dispose(),
  };
}

const pick = ({ rules, rulesOff }: Pick<PointerSettings, 'rules' | 'rulesOff'>) => ({ rules, rulesOff });

const lineStarts = (rows: readonly Segment[]): Int32Array => slidingWindowsIn(rows, { size: 1, stride: 1 });

/**
 * Reads what a pointer learns from.
 *
 * @param options.folder A model that is to be scored, not trained.
 */
export async function openTraining(
  data: ModelData,
  settings: ModelSettings,
  { folder = null, sink }: { folder?: PointerModel | null; sink?: ProgressSink } = {},
): Promise<PointerTraining & { left: ReadonlySet<number> }> {
  const { level } = settings.audit;
  const said = settings.model as unknown as PointerSettings;
  const own = { ...said, levels: [...new Set(said.levels.map((one) => lowerLevel(one, level)))] };
  const levels = [...new Set([...own.levels, level])];
  const lines = await loadPointerData(data, settings, [...levels, ...levelsFor(own)], sink);
  const { trainRows: train, validationRows } = data.split;
  const [read = []] = lines.requests.values();
  const left = rowsOn(data.dataset, read, own.without);
  const made =
    folder || own.interleaved === 0
      ? []
      : await makeHarder(data, settings, own, { rows: train, levels: own.levels });
  const beside = folder || !own.beside ? null : await loadBeside(own.beside, settings, own, sink);
  return {
    ...{ data, lines, level, train, left, made, levels, beside },
    settings: folder ? { ...own, ...pick(folder) } : own,
    words: folder?.words ?? countWords(lines, own, { train, left, parts: beside?.parts ?? [] }),
    validation: lineStarts(validationRows),
    seed: settings.seed,
    epochs: settings.training.epochs,
    ...(sink ? { sink } : {}),
  };
}

/** Numbers the words of the training lines. */
function countWords(
  lines: PointerData,
  { levels }: PointerSettings,
  {
    train,
    left,
    parts,
  }: { train: readonly Segment[]; left: ReadonlySet<number>; parts: readonly TaughtPart[] },
): Words {
  const count = new WordCount();
  const read = ({ role, verb, resource, subresource, facts }: Request): void => {
    count.add('role', role);
    count.add('verb', verb);
    count.add('resource', resource);
    count.add('subresource', subresource);
    count.add('reason', facts.reason);
  };
  for (const level of levels)
    for (const { first, last } of train)
      for (let row = first; row <= last; row++) if (!left.has(row)) read(lines.requests.get(level)![row]!);
  for (const part of parts) for (const { request } of part.lines) read(request);
  for (const id of ['', ...RULE_IDS]) count.add('rule', id);
  return count.words();
}
