import { loadResourceTable } from '../../audit/labels.js';
import { lowerLevel } from '../../audit/level.js';
import { slidingWindowsIn } from '../../windows/sliding.js';
import type { Segment } from '../../windows/split.js';
import type { ModelKind, TrainedOn } from '../model.js';
import { pointerNotes } from './card.js';
import { loadPointerData, type PointerData } from './data.js';
import { PointerEngine } from './engine.js';
import { readPointer, writePointer } from './pointer-folder.js';
import { pointerPredictor } from './predictor.js';
import { RULE_IDS } from './rules/rules.js';
import { POINTER_SETTINGS, type PointerSettings } from './settings.js';
import { WordCount, type Words } from './words.js';

/** Points each line at the event that caused it: rules of identity, and boosted trees over the causes that relations name. */
export const pointer: ModelKind = {
  name: 'pointer',
  describes: 'Boosted trees that point each line at the event that caused it',
  settings: POINTER_SETTINGS,
  defaults: {
    'training.epochs': 16,
    'training.learningRate': 0.12,
    'training.schedule': 'plateau',
    selection: 'all',
  },

  async open(data, settings, { from, sink }): Promise<TrainedOn> {
    const { level } = settings.audit;
    const said = settings.model as unknown as PointerSettings;
    const own = { ...said, levels: [...new Set(said.levels.map((one) => lowerLevel(one, level)))] };
    const folder = from === undefined ? null : await readPointer(from);
    const levels = [...new Set([...own.levels, level])];
    const lines = await loadPointerData(data, settings, levels, sink);
    const { trainRows, validationRows, testRows } = data.split;
    const [train, validation, test] = [trainRows, validationRows, testRows].map((rows) =>
      slidingWindowsIn(rows, { size: 1, stride: 1 }),
    ) as [Int32Array, Int32Array, Int32Array];
    const words = folder?.words ?? countWords(lines, own, trainRows);
    const engine = new PointerEngine(
      {
        data,
        lines,
        settings: folder ? { ...own, ...pick(folder) } : own,
        words,
        level,
        train: trainRows,
        validation,
        levels,
        seed: settings.seed,
      },
      folder ?? undefined,
    );
    return {
      engine,
      examples: {
        size: 1,
        count: train.length,
        steps: own.trees,
        batches: () => Array.from({ length: own.trees }, () => ({ starts: train })),
        validation,
        test,
      },
      parameters: 0,
      runtime: { device: 'cpu', versions: {} },
      notes: () => pointerNotes(engine, { data, levels, words }),
      export: (to, { version, card, metadata }) =>
        writePointer(
          to,
          {
            forest: engine.forest,
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
        ),
      dispose: () => engine.dispose(),
    };
  },

  predictor: async (folder, options) =>
    pointerPredictor(await readPointer(folder), await loadResourceTable(), options),

  readEncoder: async () => null,
};

const pick = ({ rules, rulesOff }: Pick<PointerSettings, 'rules' | 'rulesOff'>) => ({ rules, rulesOff });

/** Numbers the words of the training lines. */
function countWords(lines: PointerData, { levels }: PointerSettings, train: readonly Segment[]): Words {
  const count = new WordCount();
  for (const level of levels)
    for (const { first, last } of train)
      for (const { role, verb, resource, subresource, facts } of lines.requests
        .get(level)!
        .slice(first, last + 1)) {
        count.add('role', role);
        count.add('verb', verb);
        count.add('resource', resource);
        count.add('subresource', subresource);
        count.add('reason', facts.reason);
      }
  for (const id of ['', ...RULE_IDS]) count.add('rule', id);
  return count.words();
}
