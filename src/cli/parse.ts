import { Parser } from 'yargs/helpers';
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

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads the words after a command's name, which yargs' parser takes apart.
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
  const all = [...options];
  const names = (is: (spec: OptionSpec) => boolean): string[] =>
    all.flatMap(([option, spec]) => (is(spec) ? [option] : []));
  const single = names(({ type, array, nargs }) => type !== 'boolean' && (!array || nargs === 1));
  const switches = names(({ type }) => type === 'boolean');
  checkWords(argv, options);
  const lists = names(({ array, nargs }) => array === true && nargs !== 1);
  const { argv: read, error } = Parser.detailed(withInput(argv, lists), {
    boolean: switches.flatMap((option) => [option, `no-${option}`]),
    string: names(({ type }) => type !== 'boolean'),
    array: lists,
    narg: Object.fromEntries(single.map((option) => [option, 1])),
    alias: Object.fromEntries(all.map(([option]) => [option, [camelCase(option)]])),
    configuration: CONFIGURATION,
  });
  const { _: words, '--': rest = [], ...given } = read as { _: string[]; '--'?: string[] } & Given;
  const lacking = error && /following: (.+)$/.exec(error.message)?.[1];
  if (lacking) throw noValue(lacking, wordAfter(argv, lacking));
  const empty = Object.keys(given).find((option) => [given[option]!].flat().length === 0);
  if (empty) throw noValue(empty, wordAfter(argv, empty));
  for (const option of switches) {
    const off = given[`no-${option}`];
    if (off === undefined) continue;
    given[option] = [given[option] ?? [], [off].flat().map((value) => !value)].flat();
    delete given[`no-${option}`];
  }
  checkNames(given, options, name, argv);
  return {
    ...readNamed(given, options, name),
    ...readPlaces([...words, ...rest].map(String), places, positionals, name),
  };
}

/** The words with `-`, which is standard input, joined to an option that takes several values: else it would end them. */
function withInput(argv: readonly string[], lists: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.flatMap((word, at) => {
    const isWithin = end < 0 || at < end;
    const takes = (one: string | undefined): boolean =>
      one !== undefined && lists.some((name) => one === `--${name}`);
    if (isWithin && word === '-' && takes(argv[at - 1])) return [];
    return isWithin && takes(word) && argv[at + 1] === '-' ? [`${word}=-`] : [word];
  });
}

/** Values by option, as yargs' parser gives them. */
type Given = Record<string, string | boolean | (string | boolean)[]>;

/** Names as they are typed, values as text: what they must be is checked here, all in one way. */
const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'flatten-duplicate-arrays': true,
  'nargs-eats-options': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
  'short-option-groups': false,
  'strip-aliased': true,
} as const;

/** Refuses what yargs' parser would take for something else: an empty value, and a value of a switch other than true and false. */
function checkWords(argv: readonly string[], options: ReadonlyMap<string, OptionSpec>): void {
  const end = argv.indexOf('--');
  for (const [at, word] of (end < 0 ? argv : argv.slice(0, end)).entries()) {
    const [, option = '', own] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const spec = options.get(kebabCase(option));
    if (!spec) continue;
    if (spec.type !== 'boolean') {
      if ((own ?? argv[at + 1]) === '') readValue(`--${option}`, '', spec);
    } else if (own !== undefined && own !== 'true' && own !== 'false')
      throw new AuditweaveError(`cli: expected --${option} to have no value, got ${quoted(own)}.`, {
        hint: `--${option} turns it on, --no-${option} off.`,
      });
  }
}

/** Refuses options that there are not, and names the nearest. */
function checkNames(
  given: Given,
  options: ReadonlyMap<string, OptionSpec>,
  command: string,
  argv: readonly string[],
): void {
  const known = [...options.keys()];
  for (const typed of Object.keys(given)) {
    if (options.has(typed)) continue;
    const said = kebabCase(typed);
    const near = known.find((own) => said !== '' && own.startsWith(said)) ?? nearestName(said, known);
    const dashes = argv.some((word) => word.split('=')[0] === `--${typed}`) ? '--' : '-';
    throw new AuditweaveError(
      `cli: expected an option of ${command}, got ${printable(`${dashes}${typed}`)}.`,
      {
        hint: near === null ? `auditweave ${command} --help` : `Did you mean --${near}?`,
      },
    );
  }
}

/** The word after the last place where an option stands without a value of its own. */
function wordAfter(argv: readonly string[], option: string): string | undefined {
  return argv[argv.lastIndexOf(`--${option}`) + 1];
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
  given: Given,
  options: ReadonlyMap<string, OptionSpec>,
  command: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [option, spec] of options) {
    const values = given[option];
    if (values === undefined) {
      if (spec.demandOption)
        throw new AuditweaveError(`cli: expected --${option}, got none.`, {
          hint: `auditweave ${command} --help`,
        });
      if (spec.default !== undefined) read[camelCase(option)] = spec.default;
      continue;
    }
    const texts = [values].flat().map(String);
    if (texts.length > 1 && !spec.array)
      throw new AuditweaveError(
        `cli: expected --${option} once, got ${texts.map((text) => printable(text)).join(' and ')}.`,
        { hint: 'Give one value.' },
      );
    const known = texts.map((text) => readValue(`--${option}`, text, spec));
    read[camelCase(option)] = spec.array ? known : known[0];
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
