import type { ValidateFunction } from 'ajv';
import { parseDocument } from 'yaml';
import { AuditweaveError } from '../errors.js';
import { KINDS } from '../model/kinds.js';
import { findExperiment } from './find-file.js';
import { type Settings, settingsSchema } from './schema.js';
import { schemaCompiler } from './schema-compiler.js';
import { demand, describeFaults, plainValue, readYamlFile, setPath, throwFaults } from './yaml-file.js';

const HINT = 'Names, types and defaults are in experiments/paper.config.yaml.';

interface Reader {
  schema: object;
  /** Says whether a value is whole settings, and fills in what has a default. */
  isSettings: ValidateFunction<Settings>;
}

const readers = new Map<string, Reader>();

/** What reads settings with a kind of model; with one that is not known, what says so. */
function readerOf(settings: unknown): Reader {
  const { name } = kindOf(settings) ?? KINDS[0]!;
  const known = readers.get(name);
  if (known) return known;
  const schema = settingsSchema(KINDS.find((kind) => kind.name === name)!);
  const ajv = schemaCompiler({ allErrors: true, useDefaults: true });
  const reader = { schema, isSettings: ajv.compile<Settings>(schema) };
  readers.set(name, reader);
  return reader;
}

const kindOf = (settings: unknown) => {
  const name = (settings as { model?: { name?: unknown } } | null)?.model?.name;
  return KINDS.find((kind) => kind.name === name);
};

/**
 * Changes values by path. Another kind of model takes the place of the one there whole: its own settings, and others that go with it
 * and are not changed too, begin at its defaults.
 *
 * @returns What is wrong with the paths.
 */
function change(
  settings: Record<string, unknown>,
  changes: Readonly<Record<string, unknown>>,
): { path: string; fault: string }[] {
  const kind = kindOf({ model: { name: changes['model.name'] } });
  const all = kind && kind !== kindOf(settings) ? { ...kind.defaults, ...changes } : changes;
  if (all !== changes) settings.model = { name: kind!.name };
  const { schema } = readerOf(
    'model.name' in changes ? { model: { name: changes['model.name'] } } : settings,
  );
  return Object.entries(all).flatMap(([path, value]) =>
    setPath(schema, settings, path, value).map((fault) => ({ path, fault })),
  );
}

/**
 * Settings of a record that may be older than some of the keys: those get their defaults, which mean what was done before.
 *
 * @param file The record, named in the error.
 * @throws {AuditweaveError} The value is no settings.
 */
export function completeSettings(recorded: unknown, file?: string): Settings {
  const settings = structuredClone(recorded);
  const { isSettings } = readerOf(settings);
  if (isSettings(settings)) return settings;
  const [fault] = isSettings.errors ?? [];
  throw new AuditweaveError(
    `studies: ${file === undefined ? '' : `${file}: `}expected recorded settings, got a fault at ${fault?.instancePath.slice(1).replaceAll('/', '.') || 'the top'}: ${fault ? demand(fault) : 'none'}.`,
    { hint: 'The record is broken or from another version; run the same command again.' },
  );
}

/**
 * Reads a settings file and changes some of its values.
 *
 * @param said YAML file, or the name of one in `experiments/`.
 * @param options.beside A folder that is looked into for a name before `experiments/`.
 * @param changes Values by path, as in `{ 'window.size': 10 }`.
 * @throws {AuditweaveError} All faults at once, each with its line or path, unknown keys with the nearest known one.
 * @example await readSettings('experiments/paper.config.yaml', { 'window.size': 10, seed: 3 })
 */
export async function readSettings(
  said: string,
  changes: Record<string, unknown> = {},
  { beside }: { beside?: string } = {},
): Promise<Settings> {
  const file = findExperiment(said, 'config', beside);
  const yaml = await readYamlFile(file, {
    what: 'a settings file',
    missing: 'Is it a file that you may read?',
    root: 'settings',
    hint: HINT,
  });
  const { value: settings } = yaml;
  const faults = change(settings, changes).map(({ path, fault }) => `--set ${path}: ${fault}`);
  const { schema, isSettings } = readerOf(settings);
  if (!isSettings(settings)) faults.push(...describeFaults(isSettings.errors ?? [], yaml, schema, changes));
  throwFaults('settings', faults, HINT);
  return settings as unknown as Settings;
}

/**
 * Whole settings with some values changed.
 *
 * @param changes Values by path, as in `{ 'window.size': 10 }`.
 * @returns The settings, or every fault, each with its path.
 */
export function changeSettings(
  base: Settings,
  changes: Record<string, unknown>,
): { settings: Settings; faults: string[] } {
  const settings = { ...base };
  const faults = change(settings as unknown as Record<string, unknown>, changes).map(
    ({ path, fault }) => `${path}: ${fault}`,
  );
  const { isSettings } = readerOf(settings);
  if (!isSettings(settings))
    for (const error of isSettings.errors ?? [])
      if (error.keyword !== 'anyOf')
        faults.push(`${error.instancePath.slice(1).replaceAll('/', '.')}: ${demand(error)}`);
  return { settings, faults };
}

/**
 * A value as given to `--set path=value`: YAML, so that numbers, booleans and lists are what they look like. No value is an empty text.
 *
 * @example parseChange('window.size=10') // ['window.size', 10]
 */
export function parseChange(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new AuditweaveError(`studies: expected --set path=value, got “${text}”.`, {
      hint: 'As in --set training.batchSize=128.',
    });
  if (text.slice(at + 1).trim() === '') return [text.slice(0, at), ''];
  const value = parseDocument(text.slice(at + 1));
  const broken = value.errors[0];
  if (broken)
    throw new AuditweaveError(
      `studies: --set ${text}: expected a YAML value, got: ${broken.message.split('\n')[0]}`,
    );
  return [text.slice(0, at), plainValue(value, `--set ${text}`)];
}
