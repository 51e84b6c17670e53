import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Command, readLine, Usage } from '../../src/cli/command.js';
import { allCommands } from '../../src/cli/commands.js';
import { EVERYWHERE } from '../../src/cli/help.js';

/** Command lines of other programs, and options of the API server, of the controller manager and of ray. */
const OTHER_PROGRAMS = /\b(git checkout|pip\b|python3 -m|docker build|npm ci)/;
const OTHER_OPTIONS = new Set([
  ...['audit-log-path', 'cluster-signing-cert-file', 'cluster-signing-key-file', 'head', 'no-'],
]);

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
/** Each text of the program that tells what to do: of `hint:` and of constants called HINT, AGAIN or alike. */
const hints = sources.flatMap((file) => {
  const text = readFileSync(join('src', file), 'utf8');
  const found = text.matchAll(
    /(?:\bhint:|\b(?:HINT|AGAIN)\b =|\bhints?\s*=)\s*(?:[\w.?()\s=!<>0]*\?\s*)?([`'"])((?:(?!\1).)+)\1/g,
  );
  return [...found].map(([, , said]) => ({ file, said: said! }));
});

let commands: Map<string, Set<string>>;
beforeAll(async () => {
  commands = new Map();
  const add = (command: Command, above: string): void => {
    const usage = command.builder(new Usage());
    const path = `${above} ${readLine(command.command).name}`.trim();
    commands.set(path, new Set([...usage.options.keys(), ...EVERYWHERE.map(([name]) => name)]));
    for (const below of usage.commands) add(below, path);
  };
  for (const command of await allCommands()) add(command, '');
});

/** What a hint names of a command line: the command where it names one, and the options. */
function named(said: string): { command: string | null; options: string[] } {
  const line = /(?:npm run|(?<!let )auditweave) ([a-z]+)\b/.exec(said);
  return {
    command: line?.[1] === undefined || line[1] === 'run' ? null : line[1],
    options: [...said.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, name]) => name!),
  };
}

describe('hints', () => {
  it('are found', () => {
    expect(hints.length).toBeGreaterThan(100);
  });

  it('name commands that there are', () => {
    const unknown = hints.filter(({ said }) => {
      const { command } = named(said);
      return command !== null && ![...commands.keys()].some((path) => path.split(' ')[0] === command);
    });
    expect(unknown).toEqual([]);
  });

  it('name scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    const names = hints.flatMap(({ said }) =>
      [...said.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!),
    );
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('name options that there are, of the command that they name', () => {
    const wrong = hints.flatMap(({ file, said }) => {
      if (OTHER_PROGRAMS.test(said)) return [];
      const { command, options } = named(said);
      const known = new Set(
        [...commands].flatMap(([path, own]) =>
          command === null || path.split(' ')[0] === command ? [...own] : [],
        ),
      );
      const isKnown = (name: string): boolean =>
        OTHER_OPTIONS.has(name) || known.has(name) || known.has(name.replace(/^no-/, ''));
      return options.filter((name) => !isKnown(name)).map((name) => `${file}: --${name} in “${said}”`);
    });
    expect(wrong).toEqual([]);
  });
});
