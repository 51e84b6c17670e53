import { type Command, type OptionSpec, type PositionalSpec, readLine, type Usage } from './command.js';
import { fold } from './fold.js';

/** Options that every command has. */
export const EVERYWHERE: readonly [string, OptionSpec][] = [
  ['help', { type: 'boolean', describe: 'Show this help' }],
  ['version', { type: 'boolean', describe: 'Show the version' }],
];

/**
 * The help of a command.
 *
 * @param path What is typed before its places: `auditweave cluster up`.
 * @param width Columns at most, where words allow.
 */
export function commandHelp(
  path: string,
  { command, describe }: Pick<Command, 'command' | 'describe'>,
  usage: Usage,
  width: number,
): string {
  const { places } = readLine(command);
  const line = [
    path,
    ...command.split(' ').slice(1),
    ...(usage.commands.length > 0 && !command.includes(' ') ? ['<command>'] : []),
  ];
  const sections = [
    `${line.join(' ')} [options]`,
    fold(describe, width, true).join('\n'),
    section(
      'Arguments:',
      places.map(({ name }) => [name, placeText(usage.positionals.get(name) ?? {})]),
      width,
    ),
    section(
      'Commands:',
      usage.commands.map((own) => [`${path} ${own.command}`, own.describe]),
      width,
    ),
    section(
      'Options:',
      [...usage.options, ...EVERYWHERE].map(([name, spec]) => [flag(name, spec), optionText(spec)]),
      width,
    ),
    section(
      'Examples:',
      usage.examples.map(({ line: example, says }) => [example.replaceAll('$0', 'auditweave'), says]),
      width,
      true,
    ),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** The help of the program: its commands, a line each. */
export function programHelp(
  commands: readonly Pick<Command, 'command' | 'describe'>[],
  width: number,
): string {
  const sections = [
    'auditweave <command> [options]',
    'Turns Kubernetes audit logs into contexts.',
    section(
      'Commands:',
      commands.map(({ command, describe }) => [`auditweave ${command}`, describe]),
      width,
    ),
    section(
      'Options:',
      EVERYWHERE.map(([name, spec]) => [flag(name, spec), optionText(spec)]),
      width,
    ),
    'auditweave <command> --help says more of one.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function flag(name: string, spec: OptionSpec): string {
  if (spec.type === 'boolean') return spec.default === true ? `--no-${name}` : `--${name}`;
  const value = spec.choices ? name : (spec.type ?? 'string') === 'number' ? 'number' : 'value';
  return `--${name} <${value}>${spec.array ? '…' : ''}`;
}

function optionText(spec: OptionSpec): string {
  const value = spec.default;
  const shown = value === undefined || typeof value === 'boolean' || (Array.isArray(value) && !value.length);
  return [
    spec.type === 'boolean' && value === true ? `Do not ${lowered(spec.describe)}` : (spec.describe ?? ''),
    ...(spec.choices ? [`[${spec.choices.join(', ')}]`] : []),
    ...(spec.demandOption ? ['[required]'] : []),
    ...(shown ? [] : [`[default: ${value}]`]),
  ]
    .filter(Boolean)
    .join(' ');
}

const lowered = (text = ''): string => text.charAt(0).toLowerCase() + text.slice(1);

const placeText = ({ describe, choices, default: value }: PositionalSpec): string =>
  [
    describe ?? '',
    ...(choices ? [`[${choices.join(', ')}]`] : []),
    ...(value === undefined ? [] : [`[default: ${value}]`]),
  ]
    .filter(Boolean)
    .join(' ');

/** Names to the left, what they are to the right; with `below` what they are goes under a name that is long. */
function section(
  head: string,
  rows: readonly (readonly [string, string])[],
  width: number,
  below = false,
): string {
  if (rows.length === 0) return '';
  const limit = Math.floor(width * (below ? 0.5 : 0.4));
  const left = Math.min(limit, Math.max(...rows.map(([name]) => name.length)));
  const lines = rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = fold(text, width - left - 4, true);
    const indent = ' '.repeat(left + 4);
    const tail = rest.map((line) => `${indent}${line}`);
    if (name.length > left) return [`  ${name}`, ...[first, ...rest].map((line) => `${indent}${line}`)];
    return [`  ${name.padEnd(left)}  ${first}`.trimEnd(), ...tail];
  });
  return [head, ...lines].join('\n');
}
