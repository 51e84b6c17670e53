import { AuditweaveError, printable } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import {
  camelCase,
  kebabCase,
  type OptionSpec,
  type Place,
  type PositionalSpec,
  type Usage,
} from './command.js';

/** A word that names an option, and not a value: a lone `-` is standard input, and `-3` a number. */
const OPTION = /^-(?!\d|\.\d|$)/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads the words after a command's name.
 *
 * An option's value is the next word, or stands after `=`; one that takes a value refuses to have none or an empty one, and one
 * that takes a single value refuses to be given twice. After `--` every word is a value by place.
 *
 * @param name The command, for the hints: `train`, `cluster up`.
 * @returns Options and places by their names in camel case, with defaults; what was not given and has no default is not there.
 * @throws {AuditweaveError} Something is unknown, missing, empty, given twice, or of another kind.
 * @example parseOptions('train', usage, [], ['--window', '60', '--no-report']) // { window: 60, report: false, … }
 */
export function parseOptions(
  name: string,
  { options, positionals }: Pick<Usage, 'options' | 'positionals'>,
  places: readonly Place[],
  argv: readonly string[],
): Record<string, unknown> {
  const given = new Map<string, string[]>();
  const words: string[] = [];
  const add = (option: string, ...values: string[]): void => {
    given.set(option, [...(given.get(option) ?? []), ...values]);
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (!OPTION.test(word)) {
      words.push(word);
      continue;
    }
    const { option, spec, value, off } = named(word, options, name);
    if (spec.type === 'boolean') {
      const next = argv[at + 1];
      const follows = value === undefined && !off && (next === 'true' || next === 'false');
      if (follows) at++;
      add(option, truth(option, value ?? (follows ? next : 'true'), off));
      continue;
    }
    const values = value === undefined ? following(argv, at + 1, spec) : [value];
    if (value === undefined) at += values.length;
    if (values.length === 0) throw noValue(option, argv[at + 1]);
    add(option, ...values);
  }
  return { ...readNamed(given, options, name), ...readPlaces(words, places, positionals, name) };
}

/** The option that a word names. */
function named(
  word: string,
  options: ReadonlyMap<string, OptionSpec>,
  command: string,
): { option: string; spec: OptionSpec; value: string | undefined; off: boolean } {
  const [, dashes = '', raw = '', value] = /^(--?)([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  const said = kebabCase(raw);
  const spec = options.get(said);
  if (dashes === '--' && spec) return { option: said, spec, value, off: false };
  const turned = said.startsWith('no-') ? options.get(said.slice(3)) : undefined;
  if (dashes === '--' && turned?.type === 'boolean' && value === undefined)
    return { option: said.slice(3), spec: turned, value, off: true };
  const known = [...options.keys()];
  const near = known.find((own) => said !== '' && own.startsWith(said)) ?? nearestName(said, known);
  throw new AuditweaveError(`cli: expected an option of ${command}, got ${printable(`${dashes}${raw}`)}.`, {
    hint: near === null ? `auditweave ${command} --help` : `Did you mean --${near}?`,
  });
}

function truth(option: string, value: string | undefined, off: boolean): string {
  if (value === 'true' || value === 'false') return String(off ? value === 'false' : value === 'true');
  throw new AuditweaveError(`cli: expected --${option} to have no value, got ${quoted(value ?? '')}.`, {
    hint: `--${option} turns it on, --no-${option} off.`,
  });
}

/** The words from a place on that are values: one, or of an option that takes many all up to the next option. */
function following(argv: readonly string[], from: number, { array, nargs }: OptionSpec): string[] {
  const rest = argv.slice(from);
  const end = rest.findIndex((word) => OPTION.test(word));
  const values = end < 0 ? rest : rest.slice(0, end);
  return array && nargs !== 1 ? values : values.slice(0, 1);
}

function noValue(option: string, next: string | undefined): AuditweaveError {
  return new AuditweaveError(
    `cli: expected a value after --${option}, got ${next === undefined ? 'none' : printable(next)}.`,
    {
      hint:
        next === undefined
          ? `Give one: --${option} VALUE.`
          : `Give one: --${option} VALUE; one that begins with - as --${option}=VALUE.`,
    },
  );
}

function readNamed(
  given: ReadonlyMap<string, readonly string[]>,
  options: ReadonlyMap<string, OptionSpec>,
  command: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [option, spec] of options) {
    const texts = given.get(option);
    if (texts === undefined) {
      if (spec.demandOption)
        throw new AuditweaveError(`cli: expected --${option}, got none.`, {
          hint: `auditweave ${command} --help`,
        });
      if (spec.default !== undefined) read[camelCase(option)] = spec.default;
      continue;
    }
    if (texts.length > 1 && !spec.array)
      throw new AuditweaveError(
        `cli: expected --${option} once, got ${texts.map((text) => printable(text)).join(' and ')}.`,
        { hint: 'Give one value.' },
      );
    const values = texts.map((text) => readValue(`--${option}`, text, spec));
    read[camelCase(option)] = spec.array ? values : values[0];
  }
  return read;
}

function readPlaces(
  words: readonly string[],
  places: readonly Place[],
  positionals: ReadonlyMap<string, PositionalSpec>,
  command: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  let used = 0;
  for (const { name, required, many } of places) {
    const spec = positionals.get(name) ?? {};
    const own = many ? words.slice(used) : words.slice(used, used + 1);
    used += own.length;
    if (own.length > 0) {
      const values = own.map((text) => readValue(`<${name}>`, text, spec));
      read[camelCase(name)] = many ? values : values[0];
    } else if (required)
      throw new AuditweaveError(`cli: expected <${name}> after ${command}, got none.`, {
        hint: `auditweave ${command} --help`,
      });
    else if (spec.default !== undefined) read[camelCase(name)] = spec.default;
  }
  if (used === words.length) return read;
  throw new AuditweaveError(
    `cli: expected ${used === 0 ? `options after ${command}` : `nothing after ${quoted(words[used - 1]!)}`}, got ${quoted(words[used]!)}.`,
    { hint: `auditweave ${command} --help` },
  );
}

function readValue(place: string, text: string, { type, choices }: OptionSpec): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  if (text.trim() === '')
    throw new AuditweaveError(`cli: expected a value for ${place}, got an empty one.`, {
      hint: 'Is a variable of the shell unset?',
    });
  if (text.includes('\0'))
    throw new AuditweaveError(`cli: expected ${place} to have no zero byte, got ${quoted(text)}.`);
  if (choices && !choices.includes(text)) {
    const near = nearestName(text, choices);
    throw new AuditweaveError(
      `cli: expected ${place} to be ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}, got ${quoted(text)}.`,
      near === null ? {} : { hint: `Did you mean ${near}?` },
    );
  }
  if (type !== 'number') return text;
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  throw new AuditweaveError(`cli: expected ${place} to be a number, got ${quoted(text)}.`);
}

const quoted = (text: string): string => `“${printable(text)}”`;
