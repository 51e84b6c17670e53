/** What a command may be given by name, as in `--window 60`. */
export interface OptionSpec {
  /** How its text is read. Default `string`; a `boolean` takes no value, and `--no-NAME` turns it off. */
  readonly type?: 'string' | 'number' | 'boolean';
  readonly describe?: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
  /** Whether it takes many values: all words up to the next option, and again when it is named again. */
  readonly array?: boolean;
  /** With `array`: one value each time that it is named. */
  readonly nargs?: 1;
  readonly demandOption?: boolean;
  /** What may stand at the path that is its value. Default: it is no path, or either may. */
  readonly path?: 'file' | 'folder';
}

/** What a command may be given by place; whether it must be is said by `<name>` or `[name]` in the command's own line. */
export type PositionalSpec = Omit<OptionSpec, 'array' | 'nargs'>;

/** One subcommand of the program, as a value: what it may be given, and what it does. */
export interface Command<T = object> {
  /** Its name and places, as in `label <file>` or `compare <first> [second]`. */
  readonly command: string;
  /** One line for the list of commands. */
  readonly describe: string;
  /** Declares options, places and examples. It is called for `--help` too, so that nothing heavy is loaded here. */
  builder(usage: Usage): Usage;
  /** Does the work. Names of options are in camel case: `--skip-invalid` is `skipInvalid`. */
  handler(options: T): void | Promise<void>;
}

/** A place in a command's line. */
export interface Place {
  readonly name: string;
  readonly required: boolean;
  /** Whether it takes all words that are left: `<file..>`. */
  readonly many: boolean;
}

/** All that a command may be given: what its builder declared. */
export class Usage {
  readonly options = new Map<string, OptionSpec>();
  readonly positionals = new Map<string, PositionalSpec>();
  readonly examples: { line: string; says: string }[] = [];
  readonly commands: Command[] = [];

  /** @param name In kebab case, as it is typed. */
  option(name: string, spec: OptionSpec): this {
    this.options.set(name, spec);
    return this;
  }

  positional(name: string, spec: PositionalSpec): this {
    this.positionals.set(name, spec);
    return this;
  }

  /** @param line As it is typed; `$0` stands for the program. */
  example(line: string, says: string): this {
    this.examples.push({ line, says });
    return this;
  }

  /** Commands below this one, as `up` of `cluster`; the first word names one. */
  command(commands: readonly Command[]): this {
    this.commands.push(...commands);
    return this;
  }
}

/**
 * The name of a command and its places.
 *
 * @example readLine('compare <first> [second]').places.map(({ name }) => name) // ['first', 'second']
 */
export function readLine(line: string): { name: string; places: Place[] } {
  const [name = '', ...words] = line.split(' ');
  const places = words.map((word) => ({
    name: word.replace(/^[<[]|(\.\.)?[>\]]$/g, ''),
    required: word.startsWith('<'),
    many: word.includes('..'),
  }));
  return { name, places };
}

/** @example camelCase('skip-invalid') // 'skipInvalid' */
export const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** @example kebabCase('skipInvalid') // 'skip-invalid' */
export const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
