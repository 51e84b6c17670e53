import { describe, expect, it } from 'vitest';
import { type Command, type OptionSpec, readLine, Usage } from '../../src/cli/command.js';
import { allCommands } from '../../src/cli/commands.js';
import { parseOptions } from '../../src/cli/parse.js';

const usage = new Usage()
  .option('window', { type: 'number' })
  .option('out', {})
  .option('set', { array: true, default: [] })
  .option('point', { array: true, nargs: 1 })
  .option('mode', { choices: ['one', 'many'] })
  .option('skip-invalid', { type: 'boolean', default: false })
  .option('report', { type: 'boolean', default: true });
const read = (line: string, ...argv: string[]): Record<string, unknown> =>
  parseOptions('try', usage, readLine(line).places, argv);
const DEFAULTS = { set: [], skipInvalid: false, report: true };

describe('parseOptions', () => {
  it('gives values by their names in camel case, and defaults', () => {
    expect(read('try')).toEqual(DEFAULTS);
    expect(read('try', '--window', '60', '--out=a b', '--skip-invalid', '--no-report')).toEqual({
      window: 60,
      out: 'a b',
      set: [],
      skipInvalid: true,
      report: false,
    });
    expect(read('try', '--skipInvalid', 'true', '--report=false')).toMatchObject({
      skipInvalid: true,
      report: false,
    });
  });

  it('takes negative numbers, a lone -, and a value that begins with - after =', () => {
    expect(read('try', '--window', '-3')).toMatchObject({ window: -3 });
    expect(read('try', '--window', '1e3')).toMatchObject({ window: 1000 });
    expect(read('try <file>', '-')).toMatchObject({ file: '-' });
    expect(read('try', '--out=--x')).toMatchObject({ out: '--x' });
  });

  it('takes many values where there may be many', () => {
    expect(read('try', '--set', 'a=1', 'b=2', '--set', 'c=3')).toMatchObject({ set: ['a=1', 'b=2', 'c=3'] });
    expect(read('try <x>', '--point', 'a', 'x', '--point', 'b')).toMatchObject({ point: ['a', 'b'], x: 'x' });
    expect(read('try <files..>', 'a', 'b')).toMatchObject({ files: ['a', 'b'] });
  });

  it('takes every word after -- by place', () => {
    expect(read('try <a> [b]', '--window', '1', '--', '--out', '-x')).toMatchObject({ a: '--out', b: '-x' });
  });

  it.each<[string[], string, string | undefined]>([
    [['--windw', '1'], 'cli: expected an option of try, got --windw.', 'Did you mean --window?'],
    [['--win', '1'], 'cli: expected an option of try, got --win.', 'Did you mean --window?'],
    [['--colour'], 'cli: expected an option of try, got --colour.', 'auditweave try --help'],
    [['-w', '1'], 'cli: expected an option of try, got -w.', 'Did you mean --window?'],
    [['--no-window'], 'cli: expected an option of try, got --no-window.', 'Did you mean --window?'],
    [['--window', '1', '--window', '2'], 'cli: expected --window once, got 1 and 2.', 'Give one value.'],
    [['--mode', 'man'], 'cli: expected --mode to be one of one, many, got “man”.', 'Did you mean many?'],
    [
      ['--report=maybe'],
      'cli: expected --report to have no value, got “maybe”.',
      '--report turns it on, --no-report off.',
    ],
    [['x'], 'cli: expected options after try, got “x”.', 'auditweave try --help'],
    [['--out', 'a\0b'], 'cli: expected --out to have no zero byte, got “a\\u0000b”.', undefined],
  ])('refuses %j', (argv, message, hint) => {
    expect(() => read('try', ...argv)).toThrow(expect.objectContaining({ message, hint }));
  });

  it.each([
    ['try <file>', [], 'cli: expected <file> after try, got none.'],
    ['try <file>', [''], 'cli: expected a value for <file>, got an empty one.'],
    ['try <file>', ['a', 'b'], 'cli: expected nothing after “a”, got “b”.'],
  ])('refuses %s with %j', (line, argv, message) => {
    expect(() => read(line, ...argv)).toThrow(message);
  });
});

/** Every command and the ones below it, with what it declares. */
const flat = (commands: readonly Command[], above = ''): { name: string; command: Command; usage: Usage }[] =>
  commands.flatMap((command) => {
    const declared = command.builder(new Usage());
    const name = `${above}${readLine(command.command).name}`;
    return [{ name, command, usage: declared }, ...flat(declared.commands, `${name} `)];
  });
const commands = flat(await allCommands());
const cases = commands.flatMap(({ name, command, usage: declared }) =>
  [...declared.options]
    .filter(([, { type }]) => type !== 'boolean')
    .map(([option, spec]) => [name, option, spec, declared, command] as const),
);

describe('every option of every command', () => {
  const others = (declared: Usage, own: string): Map<string, OptionSpec> =>
    new Map(
      [...declared.options].map(([name, spec]) => [
        name,
        name === own ? spec : { ...spec, demandOption: false },
      ]),
    );
  const tried = (declared: Usage, { command }: Command, option: string, argv: string[]): unknown => {
    const { places } = readLine(command);
    const words = places.map(({ name }) => declared.positionals.get(name)?.choices?.[0] ?? 'x');
    return parseOptions('it', { ...declared, options: others(declared, option) } as Usage, places, [
      ...words,
      ...argv,
    ]);
  };

  it('is there to be tried', () => {
    expect(commands.length).toBeGreaterThanOrEqual(16);
    expect(cases.length).toBeGreaterThan(60);
  });

  it.each(cases)(
    '%s --%s refuses no value, an empty one and one that it cannot have',
    (_name, option, spec, declared, command) => {
      const good = spec.choices?.[0] ?? (spec.type === 'number' ? '1' : 'x');
      expect(() => tried(declared, command, option, [`--${option}`])).toThrow(
        `expected a value after --${option}, got none.`,
      );
      expect(() => tried(declared, command, option, [`--${option}`, '--json'])).toThrow(
        `expected a value after --${option}, got --json.`,
      );
      for (const empty of ['', ' '])
        for (const argv of [[`--${option}`, empty], [`--${option}=${empty}`]])
          expect(() => tried(declared, command, option, argv)).toThrow(
            `expected a value for --${option}, got an empty one.`,
          );
      if (spec.type === 'number')
        for (const wrong of ['x', '3x', 'NaN', 'Infinity', '1e999', '0x10'])
          expect(() => tried(declared, command, option, [`--${option}`, wrong])).toThrow(
            `expected --${option} to be a number, got “${wrong}”.`,
          );
      if (spec.choices)
        expect(() => tried(declared, command, option, [`--${option}`, 'nonsense'])).toThrow('to be ');
      if (!spec.array)
        expect(() => tried(declared, command, option, [`--${option}`, good, `--${option}`, good])).toThrow(
          `expected --${option} once`,
        );
      expect(() => tried(declared, command, option, [`--${option}`, good])).not.toThrow();
    },
  );

  it('has a name in kebab case and says what it is', () => {
    for (const { usage: declared } of commands)
      for (const [name, { describe: says }] of declared.options) {
        expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(says).toBeTruthy();
      }
  });
});
