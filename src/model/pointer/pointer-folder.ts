import { join } from 'node:path';
import { isRecord, show } from '../../audit/event.js';
import { LEVELS, type Level } from '../../audit/level.js';
import { MismatchError } from '../../errors.js';
import {
  AGAIN,
  CONFIG,
  checkSeal,
  json,
  MOST_CONFIG_BYTES,
  parseJson,
  readModelParts,
  readPart,
  writeModelParts,
} from '../folder.js';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.js';
import { type Forest, forestOf, forestTensors } from '../trees/forest.js';
import { COLUMNS, WIDTH } from './columns.js';
import { RULE_IDS } from './rules/rules.js';
import type { PointerSettings } from './settings.js';
import { Words } from './words.js';

/** All that a trained pointer is. */
export interface PointerModel {
  forest: Forest;
  words: Words;
  /** τ of the confidence. */
  temperature: number;
  /** Confidence below which a line is uncertain, in a log that is written at each level; 0 for a level that it does not name. */
  thresholds: Partial<Record<Level, number>>;
  rules: PointerSettings['rules'];
  rulesOff: string[];
  lines: 'completed' | 'all';
  filter: 'paper' | 'none';
}

/** τ below which scores divided by it may leave the numbers. */
const LEAST_TEMPERATURE = 1e-3;
const FILES = ['trees.safetensors', 'words.json', 'card.md'] as const;

/** What each column holds: a model means these. */
const NAMES = COLUMNS.map(({ name }) => name);

/** Writes the model folder: trees, words, card, and a config with the hash of each. */
export async function writePointer(
  folder: string,
  { forest, words, ...config }: PointerModel,
  { version, card, metadata }: { version: string; card: string; metadata: Record<string, string> },
): Promise<void> {
  await writeModelParts(
    folder,
    { ...{ model: 'pointer', columns: NAMES }, ...config },
    {
      'trees.safetensors': encodeSafetensors(forestTensors(forest), { auditweave: version, ...metadata }),
      'words.json': json(words),
      'card.md': card,
    },
  );
}

/**
 * Reads a model folder and checks all of it.
 *
 * @throws {MismatchError} A file is missing, was changed, or does not fit this version.
 */
export async function readPointer(folder: string): Promise<PointerModel> {
  const path = (file: string): string => join(folder, file);
  const config = parseJson(await readPart(path(CONFIG), MOST_CONFIG_BYTES), path(CONFIG));
  const { files, columns, temperature, thresholds, rules, rulesOff, lines, filter } = isRecord(config)
    ? config
    : {};
  const sound =
    isRecord(files) &&
    FILES.every((file) => typeof files[file] === 'string') &&
    typeof temperature === 'number' &&
    temperature >= LEAST_TEMPERATURE &&
    temperature <= 1 / LEAST_TEMPERATURE &&
    isRecord(thresholds) &&
    Object.entries(thresholds).every(
      ([level, least]) =>
        LEVELS.includes(level as Level) && typeof least === 'number' && least >= 0 && least <= 1,
    ) &&
    ['take', 'weigh', 'off'].includes(String(rules)) &&
    Array.isArray(rulesOff) &&
    rulesOff.every((id) => RULE_IDS.includes(id as (typeof RULE_IDS)[number])) &&
    ['completed', 'all'].includes(String(lines)) &&
    ['paper', 'none'].includes(String(filter));
  if (!sound)
    throw new MismatchError(
      { folder: 'model', file: path(CONFIG), expected: 'the config of a pointer', got: show(config) },
      { hint: AGAIN },
    );
  if (String(columns) !== String(NAMES))
    throw new MismatchError(
      {
        folder: 'model',
        file: path(CONFIG),
        expected: `the ${WIDTH} columns of this version`,
        got: 'others',
      },
      { hint: 'Use the version that trained the model (its card names it), or train again.' },
    );
  const parts = await readModelParts(folder, files as Record<(typeof FILES)[number], string>);
  const { tensors } = decodeSafetensors(parts['trees.safetensors'], path('trees.safetensors'));
  const model: PointerModel = {
    forest: forestOf(tensors, WIDTH, path('trees.safetensors')),
    words: Words.fromJSON(parseJson(parts['words.json'], path('words.json')), path('words.json')),
    temperature,
    thresholds: thresholds as PointerModel['thresholds'],
    rules: rules as PointerModel['rules'],
    rulesOff: rulesOff as string[],
    lines: lines as PointerModel['lines'],
    filter: filter as PointerModel['filter'],
  };
  checkSeal(config, path(CONFIG));
  return model;
}
